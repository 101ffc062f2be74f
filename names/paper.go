package names

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"parley"
)

// A list travels on paper too. Each row bears five check digits over its number
// and all that stands in it, and the list bears a digest over all rows; who
// keys the list in elsewhere sees at once which row was misread, and in the end
// has the same digest. What paper can't show, or keyboards write differently
// (spaces, the kind of an apostrophe or a dash, the digits of a script, letters
// of two scripts in one word), doesn't count.

// checkDigits is how many digits a row bears: one misread row in 100,000 goes
// unseen by its own digits, and none by the digest.
const checkDigits = 5

// fields gives the columns that a list on paper has, in their order.
func (r *Record) fields() []string {
	return []string{
		r.ID, strings.Join(append([]string{r.Name}, r.Also...), " / "), r.Father, r.Mother, r.Born.String(), r.Sex,
		r.Place, r.Captured.String(), r.Unit, r.Rank, r.Note,
	}
}

// PaperColumns names the columns of a list on paper, as the reader of lists
// knows them.
func PaperColumns() []string {
	return []string{"id", "name", "father", "mother", "born", "sex", "place", "captured", "unit", "rank", "note"}
}

// Paper gives what is printed of a row, in the order of PaperColumns, and its
// check digits. The row stands at a number that counts from 1.
func (r *Record) Paper(number int) (cells []string, check string) {
	cells = r.fields()
	for i := range cells {
		cells[i] = plainText(cells[i])
	}
	return cells, checkOf(number, cells)
}

func checkOf(number int, cells []string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "parley row/1\x1e%d\x1e%s", number, strings.Join(cells, "\x1f")))
	n := new(big.Int).SetBytes(sum[:])
	return fmt.Sprintf("%0*d", checkDigits, n.Mod(n, big.NewInt(100_000)).Int64())
}

// DigestOfList names a list by all that stands in it, whatever file or paper it
// stands on.
func DigestOfList(list []Record) parley.Digest {
	h := sha256.New()
	fmt.Fprintf(h, "parley list/1\x1e%d", len(list))
	for i := range list {
		cells, _ := list[i].Paper(i + 1)
		fmt.Fprintf(h, "\x1e%s", strings.Join(cells, "\x1f"))
	}
	return parley.Digest(h.Sum(nil))
}

// ReadAloud writes a digest as six groups of five digits.
func ReadAloud(d parley.Digest) string {
	n := new(big.Int).SetBytes(d[:])
	n.Mod(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(30), nil))
	s := fmt.Sprintf("%030d", n)
	var groups []string
	for ; s != ""; s = s[5:] {
		groups = append(groups, s[:5])
	}
	return strings.Join(groups, " ")
}

// plainText is a cell as paper shows it.
func plainText(s string) string {
	words := strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && !unicode.IsSpace(r) || r == 'ـ':
			return -1
		case unicode.IsSpace(r):
			return ' '
		case r == '|': // parts the cells on paper
			return '/'
		}
		if to, ok := same[r]; ok && (!unicode.IsLetter(r) || unicode.Is(unicode.Lm, r)) {
			return to
		}
		return r
	}, norm.NFC.String(s)))
	for i, w := range words {
		r := []rune(w)
		oneScript(r)
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// perPage is how many rows stand between two headings on paper.
const perPage = 40

// PaperLines writes a list as it goes on paper: how many rows and the digest, then
// the rows, with their check digits and the columns that are used.
func PaperLines(list []Record) []string {
	columns := PaperColumns()
	used := make([]bool, len(columns))
	for i := range list {
		for k, c := range list[i].fields() {
			used[k] = used[k] || plainText(c) != ""
		}
	}
	kept := func(cells []string) string {
		var out []string
		for k, c := range cells {
			if used[k] {
				out = append(out, c)
			}
		}
		return strings.Join(out, " | ")
	}
	out := []string{fmt.Sprintf("list of %d rows   digest %s", len(list), ReadAloud(DigestOfList(list)))}
	for i := range list {
		if i%perPage == 0 {
			out = append(out, "", "row | check | "+kept(columns))
		}
		cells, check := list[i].Paper(i + 1)
		out = append(out, fmt.Sprintf("%d | %s | %s", i+1, check, kept(cells)))
	}
	return out
}

// Misreading is a row that was keyed in and whose check digits don't fit it.
type Misreading struct {
	Row  int    `json:"row"`
	Text string `json:"text"`
}

// Misread finds the rows of a list that was keyed in which don't fit their check
// digits.
func Misread(list []Record) []Misreading {
	var out []Misreading
	for i := range list {
		r := &list[i]
		_, check := r.Paper(i + 1)
		switch {
		case r.Check == "":
			out = append(out, Misreading{i + 1, "no check digits were keyed in"})
		case r.Check != check:
			out = append(out, Misreading{i + 1, fmt.Sprintf("the check digits %s don't fit: compare each cell, and the row's place, with the paper", r.Check)})
		}
	}
	return out
}
