package digits

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The example of ISO/IEC 7064 as used by ISO 13616: an account number's check
// digits, with letters as numbers.
func TestCheckDigitsOfTheStandard(t *testing.T) {
	// GB82 WEST 1234 5698 7654 32
	if got := Check("3214282912345698765432" + "1611"); got != "82" {
		t.Error(got)
	}
	if !Fits("3214282912345698765432" + "1611" + "82") {
		t.Error("it doesn't fit")
	}
}

func TestRowsByHand(t *testing.T) {
	rows, err := Rows([]byte{0, 1, 0xff, 0xff, 7})
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	want := []string{"00000", "00005", "00001", "65535", "01792"} // 7 and a zero to fill
	if !slices.Equal(rows[0].Groups, want) || !Fits("0001"+strings.Join(want, "")+rows[0].Check) {
		t.Error(rows[0])
	}
}

func paper(t interface{ Fatal(...any) }, data []byte) (lines []string) {
	rows, err := Rows(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		lines = append(lines, r.String())
	}
	return lines
}

func TestWhatIsPrintedIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "data")
		lines := paper(t, data)
		perm := rapid.Permutation(lines).Draw(t, "order")
		// Numerals of some script, headings, and a row keyed in twice.
		zero := rapid.SampledFrom([]rune{'0', '٠', '۰', '०', '০', '０'}).Draw(t, "script")
		text := "entry 5f of Ostland\n" + strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r - '0' + zero
			}
			return r
		}, strings.Join(append(perm, perm[0]), "\n")) + "\n\nإدخال 12\n"
		got, faults := Read(text)
		if len(faults) > 0 || !bytes.Equal(got, data) {
			t.Fatalf("%x is read as %x, %v", data, got, faults)
		}
	})
}

// Every single wrong digit, and every two neighbours swapped, is found in its
// row, in the row's number too.
func TestEveryWrongDigitIsFound(t *testing.T) {
	data := make([]byte, 40)
	for range 20 {
		for i := range data {
			data[i] = byte(rand.IntN(256))
		}
		lines := paper(t, data)
		for at, line := range lines {
			for i, d := range []byte(line) {
				if d < '0' || d > '9' {
					continue
				}
				for other := byte('0'); other <= '9'; other++ {
					if other != d {
						misread(t, lines, at, line[:i]+string(other)+line[i+1:])
					}
				}
				next := i + 1
				for next < len(line) && line[next] == ' ' {
					next++
				}
				if next < len(line) && line[next] != d {
					b := []byte(line)
					b[i], b[next] = b[next], b[i]
					misread(t, lines, at, string(b))
				}
			}
		}
	}
}

func misread(t *testing.T, lines []string, at int, as string) {
	t.Helper()
	keyed := slices.Clone(lines)
	keyed[at] = as
	if _, faults := Read(strings.Join(keyed, "\n")); len(faults) == 0 {
		t.Errorf("%q was keyed in as %q, unseen", lines[at], as)
	}
}

func TestFaultsAreNamed(t *testing.T) {
	lines := paper(t, bytes.Repeat([]byte("some words "), 8))
	for what, c := range map[string]struct {
		keyed []string
		row   int
		text  string
	}{
		"left out":       {append(slices.Clone(lines[:2]), lines[3:]...), 3, "missing"},
		"the first":      {lines[1:], 1, "missing"},
		"the last":       {lines[:len(lines)-1], len(lines), "missing"},
		"two swapped":    {[]string{lines[0], strings.Replace(lines[2], "   3 ", "   2 ", 1), strings.Replace(lines[1], "   2 ", "   3 ", 1)}, 2, "check digits"},
		"a digit short":  {[]string{lines[0], lines[1][:len(lines[1])-1]}, 2, "left out"},
		"too large":      {[]string{"1 70000 00000 12"}, 1, "above 65535"},
		"no row number":  {[]string{"12345 12345"}, 0, "no row number"},
		"differs":        {append(slices.Clone(lines), Row{2, []string{"00001"}, checkOfRow(2, []string{"00001"})}.String()), 2, "differs"},
		"one too many":   {append(slices.Clone(lines), Row{len(lines) + 1, []string{"00001"}, checkOfRow(len(lines)+1, []string{"00001"})}.String()), len(lines) + 1, "more rows"},
		"nothing":        {nil, 1, ""},
		"absurd lengths": {[]string{Row{1, []string{"65535", "65535"}, checkOfRow(1, []string{"65535", "65535"})}.String()}, 1, "more than fits"},
	} {
		data, faults := Read(strings.Join(c.keyed, "\n"))
		if what == "nothing" {
			if data != nil {
				t.Errorf("nothing is read as %x", data)
			}
			continue
		}
		if data != nil || !slices.ContainsFunc(faults, func(f Fault) bool { return f.Row == c.row && strings.Contains(f.Text, c.text) }) {
			t.Errorf("%s: %v", what, faults)
		}
	}
	if _, err := Rows(make([]byte, Max+1)); err == nil {
		t.Error("too long for paper")
	}
	if rows, err := Rows(make([]byte, Max)); err != nil || len(rows) != 9999 {
		t.Error(len(rows), err)
	}
}

func FuzzRead(f *testing.F) {
	rows, _ := Rows([]byte("words"))
	f.Add(fmt.Sprint(rows[0]))
	f.Add("1 65535 65535 00\n")
	f.Fuzz(func(t *testing.T, text string) {
		data, faults := Read(text)
		if (data != nil) && len(faults) > 0 {
			t.Error("bytes in spite of faults")
		}
		if len(faults) == 0 {
			if rows, err := Rows(data); err != nil || len(rows) == 0 {
				t.Error(err)
			}
		}
	})
}
