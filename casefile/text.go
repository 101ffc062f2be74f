package casefile

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// place is a position in a file: an offset in bytes, and line and column as an
// editor shows them.
type place struct{ offset, line, col int }

var beginning = place{0, 1, 1}

// to moves the place on to an offset. "\r\n" ends a line once.
func (p place) to(data []byte, offset int) place {
	for p.offset < offset {
		r, size := utf8.DecodeRune(data[p.offset:])
		p.offset += size
		p.col++
		if r == '\n' {
			p.line, p.col = p.line+1, 1
		}
	}
	return p
}

// checkText finds the first byte that no file of ours may hold: what is not
// UTF-8, a control character, or a line separator that YAML readers disagree
// about. A file full of structure and nothing else is refused before a parser
// spends memory on it.
func checkText(data []byte) *Problem {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return textProblem(data, i, fmt.Sprintf("not UTF-8 at byte %d of the file", i))
		}
		if unwritable(r) {
			return textProblem(data, i, fmt.Sprintf("holds the control character U+%04X", r))
		}
		i += size
	}
	if structure(data) > maxNodes {
		return &Problem{Line: 1, Column: 1, Text: fmt.Sprintf("more than %d entries in one file", maxNodes)}
	}
	return nil
}

func textProblem(data []byte, offset int, text string) *Problem {
	at := beginning.to(data, offset)
	return &Problem{Line: at.line, Column: at.col, Text: text}
}

// unwritable tells a character that may not stand in a file as it is.
func unwritable(r rune) bool {
	if r == '\n' || r == '\r' || r == '\t' {
		return false
	}
	return control(r) || r == '\u2028' || r == '\u2029' || r == '\ufffe' || r == '\uffff'
}

// control tells the control characters, which could steer a terminal.
func control(r rune) bool { return r < 0x20 || r >= 0x7f && r <= 0x9f }

// structure is a bound, from above, on the entries that a file can hold.
func structure(data []byte) int {
	n := 1
	for _, mark := range []string{",", "[", "{", "\n", "- ", "? ", ": ", "-\t", "?\t", ":\t", "\":"} {
		n += bytes.Count(data, []byte(mark))
	}
	return n
}
