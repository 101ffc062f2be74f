// Package show makes visible what a text could hide. Text from the other side
// must not be able to move a cursor, turn around what is shown beside it, or
// look like another text: control characters, characters that change the
// direction of a line and characters that can't be seen are written out by their
// number instead.
package show

import (
	"fmt"
	"strings"
	"unicode"
)

// Text writes every hidden character of a text out, as ‹U+202E›.
func Text(s string) string {
	if !strings.ContainsFunc(s, hidden) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			fmt.Fprintf(&b, "‹U+%04X›", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func hidden(r rune) bool {
	return r != '\n' && r != '\t' && (unicode.IsControl(r) || turns(r))
}

// turns tells whether a character changes the direction of the text around it,
// or can't be seen.
func turns(r rune) bool {
	switch r {
	case 0x200C, 0x200D: // joiners, which Persian and the scripts of India need
		return false
	case 0x3164, 0xFFA0, 0x115F, 0x1160: // Hangul fillers
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}
