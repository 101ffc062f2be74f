package names

// latin reads Latin letters after English, French, German, Polish, Czech,
// Turkish and the official Ukrainian, Russian and Belarusian schools at once;
// where they differ the phone has several readings. The longest spelling wins.
// "^" stands for the beginning of a word, "$" for its end.
const latin = `
a a  b b  c K  d d  e e  f f  g !  h $  i i  j P  k k  l l  m m  n n  o o  p p  q q  r r  s 0  t t  u u  v %  w #  x ks  y Y  z 1
sh S  ch H  zh Z  kh x  gh R  ph f  th "  dh &  ts c  tz c  tch C  tsch C  sch ,  sz S  cz C  dzh J  dj J  dsch J  dsh J  ck k  cq k
shch ;  szcz ;  schtsch ;  schtch ;  chtch ;  chtsch ;  štš ;  šč ;  shtsh ;  shsh S
ou u  oo u  ee i  ie i  eau o  ay ai  ey ei  aw au  iy i  yy i  yi i  ii i  ij i  yj i  iyi i  ue u  oe o
que$ k  qui ki  que ke  qu kw  ight ait  ^kn n  ^wr r  ^mc mk  wh #  ^x X  ^ps 0  cci Ci  ya ja  yu ju  yo jo  ye je  aye aje  eye eje  oye oje  uye uje
á a  à a  â a  ã a  ä e  å o  ā a  ă a  ą on  æ e  é e  è e  ê e  ë :  ē e  ė e  ę en  ě e  í i  ì i  î i  ï i  ī i  ı i  į i  ó o  ò o  ô o  õ o  ö o  ø o  ō o  ő o  œ o  ú u  ù u  û u  ü u  ū u  ů u  ű u  ŭ w  ų u  ý i  ÿ i
š S  ś S  ş S  ș S  ŝ S  č C  ć C  ĉ C  ç ?  ž Z  ź z  ż Z  đ J  ď d  ð D  þ T  ł l  ľ l  ĺ l  ļ l  ñ n  ń n  ň n  ņ n  ŕ r  ř r  ß s  ť t  ţ c  ț c  ģ g  ķ k  ğ ~  ġ R  ḥ h  ẖ x  ḫ x  ḵ x  ṭ t  ḍ O  ṣ s  ẓ O  ẕ O  ṯ U  ḏ O  ə e  ň n  ĝ J  ĵ Z  ĥ x  ȟ x
`
