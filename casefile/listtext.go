package casefile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	utf16 "golang.org/x/text/encoding/unicode"

	people "parley/names"
)

// readText reads CSV, or text with tabs, semicolons or bars between the cells.
func readText(data []byte) (*people.List, error) {
	text, coding, err := decode(data)
	if err != nil {
		return nil, err
	}
	t := &table{list: &people.List{Coding: coding}}
	comma := delimiter(text)
	if n := widest(text, comma); n > 10*maxColumns {
		return nil, fmt.Errorf("%w: a line of %d cells", ErrList, n)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = comma
	r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = true, -1, true
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t.done()
		}
		if err != nil {
			line := 0
			if p := new(csv.ParseError); errors.As(err, &p) {
				line = p.Line
			}
			t.note(len(t.list.Records), "", "line %d can't be read: its quotation marks don't fit", line)
			continue
		}
		t.swallowed(r, cells)
		if err := t.add(cells); err != nil {
			return nil, err
		}
	}
}

// swallowed notes a cell that runs over several lines: a quotation mark that
// isn't closed takes in the rows below it.
func (t *table) swallowed(r *csv.Reader, cells []string) {
	for i, c := range cells {
		if n := strings.Count(c, "\n"); n > 2 {
			line, _ := r.FieldPos(i)
			t.note(len(t.list.Records)+1, "", "a quotation mark in line %d isn't closed until line %d: the rows between were not read", line, line+n)
		}
	}
}

// widest is the most cells that a line may have.
func widest(text string, comma rune) int {
	most, n := 0, 1
	for _, r := range text {
		switch r {
		case '\n':
			n = 1
		case comma:
			n++
			most = max(most, n)
		}
	}
	return most
}

// delimiter is what stands between the cells: what splits the upper lines into
// the most columns that are known, or else into the most.
func delimiter(text string) rune {
	best, most := ',', -1
	for _, d := range []rune{',', ';', '\t', '|'} {
		rest := text
		for range headerRows {
			line, after, more := strings.Cut(rest, "\n")
			line = line[:min(len(line), 1<<14)]
			score := 0
			for c := range strings.SplitSeq(line, string(d)) {
				if score < 10*maxColumns && knownHeaders[headerKey(strings.Trim(c, "\" \r"))] != "" {
					score += 10
				}
			}
			if n := strings.Count(line, string(d)); score > 0 && n > 0 {
				score += min(n, 9)
			}
			if score > most {
				best, most = d, score
			}
			if rest = after; !more {
				break
			}
		}
	}
	return best
}

// decode tells the coding of a text and gives it in UTF-8.
func decode(data []byte) (text, coding string, err error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return string(data[3:]), "UTF-8", nil
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return decoded(data, "UTF-16LE", utf16.UTF16(utf16.LittleEndian, utf16.ExpectBOM))
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decoded(data, "UTF-16BE", utf16.UTF16(utf16.BigEndian, utf16.ExpectBOM))
	}
	if even, odd := zeros(data); odd > len(data)/20 || even > len(data)/20 {
		if odd >= even {
			return decoded(data, "UTF-16LE", utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM))
		}
		return decoded(data, "UTF-16BE", utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM))
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", "", fmt.Errorf("%w: neither text nor a workbook", ErrList)
	}
	if mostlyUTF8(data) {
		return string(data), "UTF-8", nil
	}
	return oneByte(data)
}

func decoded(data []byte, name string, e encoding.Encoding) (string, string, error) {
	out, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return "", "", fmt.Errorf("%w: not %s as it begins", ErrList, name)
	}
	return string(out), name, nil
}

// zeros counts the zero bytes at even and at odd places: in UTF-16, the digits,
// commas and line ends have one.
func zeros(data []byte) (even, odd int) {
	for i, b := range data {
		if b == 0 {
			if i%2 == 0 {
				even++
			} else {
				odd++
			}
		}
	}
	return even, odd
}

// mostlyUTF8 allows for a few broken letters: the cells that have them are
// noted.
func mostlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(data); {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		i += n
	}
	return bad == 0 || bad*20 < good
}

// oneByte tells the codings with one byte a letter apart: by the headers that
// they make known, then by words that mix scripts or have capitals inside.
func oneByte(data []byte) (text, coding string, err error) {
	bestKnown, bestOdd := -1, 0
	for _, c := range []struct {
		name string
		*charmap.Charmap
	}{{"windows-1251", charmap.Windows1251}, {"windows-1256", charmap.Windows1256}, {"windows-1255", charmap.Windows1255}} {
		sample, err := c.NewDecoder().Bytes(data[:min(len(data), 1<<16)])
		if err != nil {
			continue
		}
		known, odd := headersKnown(string(sample)), oddWords(string(sample))
		if known > bestKnown || known == bestKnown && odd < bestOdd {
			bestKnown, bestOdd, coding = known, odd, c.name
		}
	}
	switch coding {
	case "windows-1256":
		return decoded(data, coding, charmap.Windows1256)
	case "windows-1255":
		return decoded(data, coding, charmap.Windows1255)
	}
	return decoded(data, "windows-1251", charmap.Windows1251)
}

// headersKnown counts the known headers that aren't ASCII in the upper lines.
func headersKnown(text string) int {
	n := 0
	for range headerRows {
		line, rest, more := strings.Cut(text, "\n")
		line = line[:min(len(line), 1<<14)]
		for c := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune(",;\t|\"\r", r) }) {
			if k := headerKey(c); knownHeaders[k] != "" && len([]rune(k)) > 1 && k[0] >= utf8.RuneSelf {
				n++
			}
		}
		if text = rest; !more {
			break
		}
	}
	return n
}

// oddWords counts words that nobody writes so.
func oddWords(text string) int {
	n := 0
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != utf8.RuneError }) {
		if odd(w) {
			n++
		}
	}
	return n
}

// odd tells a word with letters of two scripts, with a capital after a small
// letter, or with a letter that the coding doesn't have.
func odd(w string) bool {
	scripts := map[string]bool{}
	small := false
	for _, r := range w {
		switch {
		case r == utf8.RuneError, small && unicode.IsUpper(r):
			return true
		case unicode.IsLower(r):
			small = true
		}
		for name, s := range map[string]*unicode.RangeTable{"l": unicode.Latin, "c": unicode.Cyrillic, "a": unicode.Arabic, "h": unicode.Hebrew} {
			if unicode.Is(s, r) && unicode.IsLetter(r) {
				scripts[name] = true
			}
		}
	}
	return len(scripts) > 1
}
