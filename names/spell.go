package names

import (
	"strings"
)

// spelling is the table of one script: what letters sound like.
type spelling struct {
	sounds  map[string]string
	longest map[rune]int // letters of the longest entry that begins with this one
}

func newSpelling(table string) spelling {
	s := spelling{sounds: map[string]string{}, longest: map[rune]int{}}
	f := strings.Fields(table)
	for i := 0; i+1 < len(f); i += 2 {
		s.sounds[f[i]] = strings.Trim(f[i+1], "-")
		entry := []rune(strings.Trim(f[i], "^$"))
		s.longest[entry[0]] = max(s.longest[entry[0]], len(entry))
	}
	return s
}

// sound reads a word. Letters that the table doesn't know are tried without
// their marks, and left out otherwise; sounds that follow themselves count once.
func (s spelling) sound(word []rune) []byte {
	out := make([]byte, 0, len(word)+2)
	for i := 0; i < len(word); {
		sounds, n := s.longestAt(word, i)
		for _, c := range []byte(sounds) {
			if len(out) == 0 || out[len(out)-1] != c {
				out = append(out, c)
			}
		}
		i += n
	}
	return out
}

// longestAt finds the longest entry at a place and how many letters it takes.
func (s spelling) longestAt(word []rune, i int) (string, int) {
	for n := min(s.longest[word[i]], len(word)-i); n > 0; n-- {
		w := string(word[i : i+n])
		if i == 0 {
			if to, ok := s.sounds["^"+w]; ok {
				return to, n
			}
		}
		if i+n == len(word) {
			if to, ok := s.sounds[w+"$"]; ok && i > 0 {
				return to, n
			}
		}
		if to, ok := s.sounds[w]; ok {
			return to, n
		}
	}
	if base := bare(word[i]); base != word[i] {
		return s.sounds[string(base)], 1
	}
	return "", 1
}
