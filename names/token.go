package names

import (
	"strings"
	"unicode"
)

// kind tells what part a word plays in a name.
type kind uint8

const (
	word     kind = iota // a name
	particle             // al, bin, von: often left out, never telling by itself
	title                // haji, sheikh, dr
	initial              // one letter
)

// token is one word of a name, or what one scribe writes as two and another as
// one (Abd al-Rahman, Salah ad-Din).
type token struct {
	phones []byte
	mass   [situations]int32 // of its phones, as the first of two tokens
	sketch sketch
	script script
	side   uint8 // 1 of an abjad, 0 of an alphabet
	kind   kind
	abd    bool  // servant of: Abd al-X
	al     bool  // bore an article
	sex    uint8 // told by a patronymic or a surname: 0 unknown, 1 female, 2 male
	patro  bool  // a patronymic
	group  uint16
	idf    float32 // how rare in the lists at hand, as a logarithm
	rare   float32 // 0 the commonest names, 1 names never seen
	text   string  // as folded
}

func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

var particles = set(`al el ul il bin ibn ben bint binti binte de da do dos das di du del della la las los le les van von der den ter zu y e oglu ogly oglou ougly kyzy kizi qizi gizi uulu uly ould uld wuld wld ag st
بن ابن بنت آل ال فرزند ولد
בן בת אבן אל ה פון דה די ון ואן לה דל
фон ван де ди да дер аль эль ибн бин бен оглы оглу кызы кизи угли улы уулу огли ель`)

var titles = set(`dr mr mrs ms miss prof professor sheikh shaikh shaykh sheik shaikh cheikh haji hajji hajj haj al-hajj alhaj alhajj elhadj hadji mullah mulla mola moulavi mawlawi maulawi maulavi mawlavi molvi maulana mawlana qari sayyid sayyed sayed seyed syed sayyad saiyed sayid seyyed general gen brigadier colonel col major maj captain capt lieutenant lt sir dame lord lady prince princess king queen imam ayatollah hojatoleslam ing eng ustad ustaz dato datuk hafiz jr sr
حاج حاجی الحاج شیخ الشیخ سید السید ملا ملاء مولوی قاری دکتور دکتر الدکتور عمید عقید لواء مهندس المهندس
רב הרב דר פרופ שייח שיח סר
шейх хаджи мулла доктор генерал полковник майор капитан`)

// kunyas say whose father or mother somebody is.
var kunyas = set(`abu abou abo aboo um umm om oum ابو أبو ام أم אבו אום абу умм`)

// servants begin a name of the form servant of X.
var servants = set(`abd abdul abdel abdal abdol abdoul abdur abder abdar abdus abdes abdoel عبد عبدال עבד абд абдул абдель абдаль абдур абдол`)

var servantPrefixes = []string{
	"abdoul", "abdul", "abdel", "abdal", "abdol", "abdur", "abder", "abdou", "abdus", "abdil", "عبدال", "עבדאל", "עבדול", "абдул", "абдель", "абдаль", "абдур", "абдел", "абдал",
}

// religions end a name of the form X of the faith.
var religions = set(`din deen dine dien eddine eddin uddin aldin addin aldeen uldin udin deyn دین الدین דין אלדין дин эддин аддин уддин`)

// gods end a name of the form X of God.
var gods = set(`allah ullah ollah الله اللة אללה аллах уллах`)

// words splits a folded name. Apostrophes stay within words: in Hebrew they
// make other letters of them, elsewhere they are left out. Of alternatives
// (Khaled/Khalid) the first is taken.
func words(s string) []string {
	var out []string
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool {
		return !unicode.IsLetter(r) && r != '\'' && r != '/' && !unicode.IsDigit(r)
	}) {
		if before, _, ok := strings.Cut(part, "/"); ok {
			part = before
		}
		part = strings.Trim(part, "'\"")
		r := []rune(part)
		if oneScript(r) != hebrewScript {
			part = strings.ReplaceAll(string(r), "'", "")
		}
		if part != "" {
			out = append(out, part)
		}
	}
	return out
}
