package names

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// script is the writing of one token.
type script uint8

const (
	otherScript script = iota
	latinScript
	cyrillicScript
	arabicScript
	hebrewScript
)

func (s script) abjad() bool { return s == arabicScript || s == hebrewScript }

func scriptOf(r rune) script {
	switch {
	case unicode.Is(unicode.Latin, r):
		return latinScript
	case unicode.Is(unicode.Cyrillic, r):
		return cyrillicScript
	case unicode.Is(unicode.Arabic, r):
		return arabicScript
	case unicode.Is(unicode.Hebrew, r):
		return hebrewScript
	}
	return otherScript
}

// alike are letters of one script that stand in words of another, by a slip of
// the keyboard or on purpose.
var alike = map[script]map[rune]rune{
	cyrillicScript: pairs("aаcсeеoоpрxхyуiіjјkкmмhнtтbвsѕ"),
	latinScript:    pairs("аaсcеeоoрpхxуyіiјjкkмmнhтtвbѕs"),
}

func pairs(s string) map[rune]rune {
	m := map[rune]rune{}
	r := []rune(s)
	for i := 0; i+1 < len(r); i += 2 {
		m[r[i]] = r[i+1]
	}
	return m
}

// same are letters and marks that stand for one another.
var same = map[rune]rune{
	'ي': 'ی', 'ى': 'ی', 'ك': 'ک', 'ھ': 'ه', 'ہ': 'ه', 'ە': 'ه', 'ۃ': 'ة', 'ۂ': 'ۀ',
	'’': '\'', '‘': '\'', 'ʼ': '\'', '׳': '\'', '`': '\'', '´': '\'', 'ʹ': '\'', 'ʻ': '\'', 'ʿ': '\'', 'ʾ': '\'', '′': '\'', '״': '"',
	'–': '-', '—': '-', '־': '-', '‐': '-', '‑': '-', '−': '-',
}

// fold brings a name to the letters that the tables know: compatibility forms
// composed, lower case, marks of vowels taken out, one apostrophe and one
// hyphen. Characters without width, which turn or hide text, go.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(s) {
		if to, ok := same[r]; ok {
			r = to
		}
		switch {
		case r == 'ـ' || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && !unicode.IsSpace(r):
		case unicode.Is(unicode.Mn, r):
		case r == 'İ':
			b.WriteRune('i')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// oneScript puts a word whose letters are of two scripts into one of them: the
// one that all its letters have a likeness in, else the one of most letters.
func oneScript(word []rune) script {
	var count [hebrewScript + 1]int
	for _, r := range word {
		if unicode.IsLetter(r) {
			count[scriptOf(r)]++
		}
	}
	most := otherScript
	for s := latinScript; s <= hebrewScript; s++ {
		if count[s] > count[most] {
			most = s
		}
	}
	if count[latinScript] > 0 && count[cyrillicScript] > 0 {
		if other := latinScript + cyrillicScript - most; fits(word, other) && !fits(word, most) {
			most = other
		}
	}
	if likeness := alike[most]; likeness != nil {
		for i, r := range word {
			if to, ok := likeness[r]; ok && scriptOf(r) != most {
				word[i] = to
			}
		}
	}
	return most
}

// fits tells whether every letter is of a script or has a likeness in it.
func fits(word []rune, s script) bool {
	for _, r := range word {
		if _, ok := alike[s][r]; !ok && unicode.IsLetter(r) && scriptOf(r) != s {
			return false
		}
	}
	return true
}

// bare is a letter without its marks.
func bare(r rune) rune {
	for _, b := range norm.NFD.String(string(r)) {
		return b
	}
	return r
}
