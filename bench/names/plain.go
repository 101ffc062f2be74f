package main

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters transliterates as the common tables do: a letter for a letter, no
// vowels where the script has none.
var letters = func() map[rune]string {
	m := map[rune]string{}
	for _, table := range []string{
		"а a б b в v г g ґ g д d е e ё e є ie ж zh з z и i і i ї i й i к k л l м m н n о o п p р r с s т t у u ў u ф f х kh ц ts ч ch ш sh щ shch ы y э e ю iu я ia",
		"ا a أ a إ a آ a ب b پ p ت t ث th ج j چ ch ح h خ kh د d ذ dh ر r ز z ژ zh س s ش sh ص s ض d ط t ظ z غ gh ف f ق q ك k ک k گ g ل l م m ن n ه h ة h و w ي y ی y ى a ئ y ؤ w",
		"א a ב b ג g ד d ה h ו v ז z ח h ט t י y כ k ך k ל l מ m ם m נ n ן n ס s פ p ף p צ ts ץ ts ק k ר r ש sh ת t",
	} {
		f := strings.Fields(table)
		for i := 0; i+1 < len(f); i += 2 {
			m[[]rune(f[i])[0]] = f[i+1]
		}
	}
	return m
}()

// plainWords transliterates a name and splits it.
func plainWords(s string) []string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch to, ok := letters[r]; {
		case ok:
			b.WriteString(to)
		case r < 128 && unicode.IsLetter(r):
			b.WriteRune(r)
		case unicode.IsSpace(r) || r == '-' || r == ',':
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

// plainScore gives each word of the shorter name its best counterpart and takes
// the mean.
func plainScore(a, b []string) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		return 0
	}
	sum := 0.0
	for _, x := range a {
		best := 0.0
		for _, y := range b {
			best = max(best, jaroWinkler(x, y))
		}
		sum += best
	}
	return sum / float64(len(a))
}

// jaroWinkler is the similarity of Winkler 1990, over bytes.
func jaroWinkler(a, b string) float64 {
	j := jaro(a, b)
	n := 0
	for n < 4 && n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return j + float64(n)*.1*(1-j)
}

func jaro(a, b string) float64 {
	if a == b {
		return 1
	}
	window := max(max(len(a), len(b))/2-1, 0)
	var usedA, usedB [64]bool
	a, b = a[:min(len(a), 64)], b[:min(len(b), 64)]
	common := 0
	for i := range len(a) {
		for j := max(0, i-window); j < min(len(b), i+window+1); j++ {
			if !usedB[j] && a[i] == b[j] {
				usedA[i], usedB[j] = true, true
				common++
				break
			}
		}
	}
	if common == 0 {
		return 0
	}
	swaps, j := 0, 0
	for i := range len(a) {
		if !usedA[i] {
			continue
		}
		for !usedB[j] {
			j++
		}
		if a[i] != b[j] {
			swaps++
		}
		j++
	}
	c := float64(common)
	return (c/float64(len(a)) + c/float64(len(b)) + (c-float64(swaps)/2)/c) / 3
}
