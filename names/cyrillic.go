package names

// cyrillic reads Russian, Ukrainian, Belarusian, and what the languages of the
// region write beyond them.
const cyrillic = `
а a  б b  в v  г 9  ґ g  д d  е e  ё :  є je  ж Z  з z  и i  і i  ї i  й j  к k  л l  м m  н n  о o  п p  р r  с s  т t  у u  ў w  ф f  х x  ц c  ч C  ш S  щ ;  ъ -  ы i  ь -  э e  ю ju  я ja
ий i  ый i  ій i  иі i  ії i  дж J  тч C  кс ks  шч ;  сч ;  сэ se  ое oe  ье je  ьё jo  ьо o  йо jo  ією ju
ј j  љ l  њ n  ћ C  ђ J  џ J  қ q  ғ R  ү u  ұ u  ө o  ә e  ң n  һ h  ӣ i  ӯ u  ҳ h  ҷ J  ѣ e
`
