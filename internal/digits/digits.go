// Package digits writes bytes as decimal digits, to be carried on paper or read
// over the telephone by people who share no language but numbers, and finds what
// was misread.
//
// Two bytes are a group of five digits, so a group above 65535 is misread at
// sight. Eight groups are a row: its number, the groups, and two check digits by
// ISO/IEC 7064, MOD 97-10, over the number in four digits and all groups. One
// wrong digit in a row, and two neighbours swapped, are always found, and so is a
// row in another's place; of other mistakes one in 97 passes its row, and must
// then be found by a digest over the whole.
package digits

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

const (
	groupDigits = 5
	rowGroups   = 8
	rowBytes    = 2 * rowGroups
	lengthBytes = 4

	// Max is how many bytes fit on paper: the rows have numbers of four digits.
	Max = 9999*rowBytes - lengthBytes
)

// Check gives the two check digits of a number in ASCII digits, by ISO/IEC 7064,
// MOD 97-10.
func Check(number string) string { return fmt.Sprintf("%02d", 98-mod97(number+"00")) }

// Fits tells whether a number in ASCII digits ends in its check digits.
func Fits(number string) bool { return mod97(number) == 1 }

func mod97(number string) int {
	n := 0
	for _, d := range number {
		n = (n*10 + int(d-'0')) % 97
	}
	return n
}

// Row is one row on paper.
type Row struct {
	Number int      `json:"row"` // from 1
	Groups []string `json:"groups"`
	Check  string   `json:"check"`
}

func (r Row) String() string {
	return fmt.Sprintf("%4d   %s   %s", r.Number, strings.Join(r.Groups, " "), r.Check)
}

func checkOfRow(number int, groups []string) string {
	return Check(fmt.Sprintf("%04d%s", number, strings.Join(groups, "")))
}

// Rows writes bytes as rows. They begin with how many bytes there are.
func Rows(data []byte) ([]Row, error) {
	if len(data) > Max {
		return nil, fmt.Errorf("%d bytes are too long for paper: at most %d", len(data), Max)
	}
	all := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), data...)
	if len(all)%2 == 1 {
		all = append(all, 0)
	}
	var rows []Row
	for part := range slices.Chunk(all, rowBytes) {
		r := Row{Number: len(rows) + 1}
		for two := range slices.Chunk(part, 2) {
			r.Groups = append(r.Groups, fmt.Sprintf("%0*d", groupDigits, binary.BigEndian.Uint16(two)))
		}
		r.Check = checkOfRow(r.Number, r.Groups)
		rows = append(rows, r)
	}
	return rows, nil
}

// Fault is a row that was misread or is missing.
type Fault struct {
	Row  int    `json:"row"`
	Text string `json:"text"`
}

// Read reads rows that were keyed in, in any order and in the digits of any
// script. Lines with letters in them, as headings have, are passed over. With
// faults there are no bytes.
func Read(text string) (data []byte, faults []Fault) {
	rows := map[int][]byte{}
	for line := range strings.Lines(text) {
		fields, ok := numbers(line)
		if !ok || len(fields) == 0 {
			continue
		}
		number, part, wrong := readRow(fields)
		switch before, twice := rows[number]; {
		case wrong != "":
			faults = append(faults, Fault{number, wrong})
		case twice && !slices.Equal(before, part):
			faults = append(faults, Fault{number, "it stands here twice, and differs"})
		default:
			rows[number] = part
		}
	}
	if len(faults) > 0 {
		return nil, append(faults, gaps(rows, faults)...)
	}
	return join(rows)
}

// numbers parts a line into runs of digits, written in ASCII; ok is false where
// there are letters. Whatever else stands between digits parts them.
func numbers(line string) (fields []string, ok bool) {
	letters := false
	ascii := strings.Map(func(r rune) rune {
		letters = letters || unicode.IsLetter(r)
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		if d, isDigit := value(r); isDigit {
			return '0' + rune(d)
		}
		return ' '
	}, line)
	return strings.Fields(ascii), !letters
}

// value is the value of a decimal digit of any script: Unicode keeps each
// script's ten together, from zero on.
func value(r rune) (int, bool) {
	for _, t := range unicode.Nd.R16 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10, true
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return int(r-rune(t.Lo)) % 10, true
		}
	}
	return 0, false
}

// readRow reads one row: its number first, then digits however they are grouped.
func readRow(fields []string) (number int, part []byte, wrong string) {
	if len(fields[0]) > 4 {
		return 0, nil, fmt.Sprintf("a line that begins with %s has no row number", fields[0])
	}
	for _, d := range fields[0] {
		number = 10*number + int(d-'0')
	}
	all := strings.Join(fields[1:], "")
	n := len(all) - 2
	if number == 0 || n <= 0 || n%groupDigits != 0 || n > rowGroups*groupDigits {
		return number, nil, fmt.Sprintf("%d digits, where a row has %d and its last one may have fewer groups: one was left out or put in", len(all), rowGroups*groupDigits+2)
	}
	var groups []string
	for at := 0; at < n; at += groupDigits {
		groups = append(groups, all[at:at+groupDigits])
	}
	for i, g := range groups {
		var word int
		_, _ = fmt.Sscanf(g, "%d", &word)
		if word > 0xffff {
			return number, nil, fmt.Sprintf("group %d, %s, can't be: none is above 65535", i+1, g)
		}
		part = binary.BigEndian.AppendUint16(part, uint16(word))
	}
	if all[n:] != checkOfRow(number, groups) {
		return number, nil, "the check digits don't fit: have the row read again"
	}
	return number, part, ""
}

// join puts the rows together, or names those that are missing.
func join(rows map[int][]byte) (data []byte, faults []Fault) {
	if len(rows[1]) < lengthBytes {
		first := []Fault{{1, missing}}
		return nil, append(first, gaps(rows, first)...)
	}
	length := int(binary.BigEndian.Uint32(rows[1]))
	last := (lengthBytes + length + rowBytes - 1) / rowBytes
	if length > Max || last < 1 {
		return nil, []Fault{{1, "it tells of more than fits on paper"}}
	}
	for number := 1; number <= last; number++ {
		part, ok := rows[number]
		want := rowBytes
		if number == last {
			want = (lengthBytes+length+1)/2*2 - rowBytes*(last-1)
		}
		switch {
		case !ok:
			faults = append(faults, Fault{number, missing})
		case len(part) != want:
			faults = append(faults, Fault{number, "it has too many groups, or too few"})
		}
		data = append(data, part...)
	}
	if len(rows) > last {
		faults = append(faults, Fault{last + 1, "there are more rows than row 1 tells of"})
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return data[lengthBytes : lengthBytes+length], nil
}

const missing = "it is missing"

// gaps names rows that are missing between those that are there.
func gaps(rows map[int][]byte, known []Fault) (faults []Fault) {
	last := 0
	told := map[int]bool{}
	for number := range rows {
		last = max(last, number)
	}
	for _, f := range known {
		told[f.Row] = true
		last = max(last, f.Row)
	}
	for number := 1; number < last && len(faults) < 100; number++ {
		if _, ok := rows[number]; !ok && !told[number] {
			faults = append(faults, Fault{number, missing})
		}
	}
	return faults
}
