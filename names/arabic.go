package names

// arabic reads Arabic, Persian, Urdu, Pashto and Kurdish letters. Short vowels
// are not written and taken out before.
const arabic = `
ا A  أ A  إ A  آ A  ٱ A  ب B  پ p  ت t  ث U  ج M  چ C  ح h  خ x  د d  ذ O  ر r  ز z  ژ Z  س s  ش S  ص s  ض O  ط t  ظ O  ع E  غ R  ف F  ڤ v  ق Q  ک N  گ g  ل l  م m  ن n  ه h  ه$ L  ة L  و W  ی I  ئ E  ؤ W  ء E
ٹ t  ڈ d  ڑ r  ں n  ۀ L  ے i  ځ c  څ c  ړ r  ښ S  ڼ n  ې e  ۍ i  ټ t  ډ d  ۆ o  ێ e  ڕ r  ڵ l  تش C  دج J  وو W  یی I  ائی AI  کس Ns
`
