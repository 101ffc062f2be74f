package names

// hebrew reads Hebrew; a geresh after a letter gives a sound of another
// language.
const hebrew = `
א A  ב 2  ג 8  ד d  ה h  ה$ L  ו V  ז z  ח 6  ט t  י I  כ 4  ך x  ל l  מ m  ם m  נ n  ן n  ס s  ע E  פ 3  ף f  צ 7  ץ 7  ק k  ר r  ש 5  ת t
ג' J  ז' Z  צ' C  ץ' C  ד' D  ת' T  ח' x  ר' R  ט' O  וו #  יי I  טש C  דז' J  א$ A  קס ks
`
