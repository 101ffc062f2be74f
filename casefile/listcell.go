package casefile

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	people "parley/names"
)

// rawRow is what of a row needs the others to be read.
type rawRow struct {
	family, given, patronymic string
	born, captured            string
	beside                    people.Beside
}

// dayOrder keeps the dates of a row as they stand until the order of day and
// month in their column is known.
type dayOrder struct{ born, captured string }

// cell takes one cell of a row.
func (t *table) cell(r *people.Record, raw *rawRow, c column, s string) {
	s = t.clean(r.Row, c, s)
	if s == "" {
		return
	}
	switch c.field {
	case "id":
		r.ID = s
	case "name":
		r.Name = s
	case "family":
		raw.family = s
	case "given":
		raw.given = s
	case "patronymic":
		raw.patronymic = s
	case "father":
		r.Father = s
	case "mother":
		r.Mother = s
	case "born":
		raw.born = s
	case "captured":
		raw.captured = s
	case "sex":
		r.Sex = t.sex(r.Row, c, s)
	case "place":
		r.Place = s
	case "unit":
		r.Unit = s
	case "rank":
		r.Rank = s
	case "note":
		r.Note = s
	case "list":
		raw.beside.List = s
	case "answer":
		raw.beside.Answer = s
	case "on":
		raw.beside.On = s
	case "of":
		raw.beside.Of = s
	case "words":
		raw.beside.Words = s
	case "check":
		r.Check = strings.Join(numbers(s), "")
	}
}

// clean takes out what can't be seen, and bounds what is kept. Whatever it
// takes out is noted.
func (t *table) clean(row int, c column, s string) string {
	if !utf8.ValidString(s) {
		t.note(row, c.header, "letters that are not of the file's coding")
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	if strings.ContainsFunc(s, turns) {
		t.note(row, c.header, "characters that turn the direction of the text; taken out, look at what it says without them")
	}
	if strings.HasPrefix(s, "=") {
		t.note(row, c.header, "a formula, as text; nothing is computed")
	}
	hidden := false
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case turns(r) || r == 0x200e || r == 0x200f || r == 0x200c || r == 0x200d || r == 0xfeff || r == 0xad:
			return -1
		case unicode.Is(unicode.Cf, r), unicode.IsControl(r):
			hidden = true
			return -1
		}
		return r
	}, s)
	if hidden {
		t.note(row, c.header, "characters that can't be seen; taken out")
	}
	if utf8.RuneCountInString(s) > maxCell {
		t.note(row, c.header, "longer than %d characters; not read", maxCell)
		return ""
	}
	return strings.Join(strings.Fields(s), " ")
}

// headerText is a header as it may be shown.
func headerText(s string) string {
	s = strings.Map(func(r rune) rune {
		if turns(r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return s
}

var sexes = map[string]string{
	"f": "f", "female": "f", "woman": "f", "w": "f", "ж": "f", "жен": "f", "женский": "f", "жін": "f", "жіноча": "f", "انثى": "f", "أنثى": "f", "امراة": "f", "امرأة": "f", "נ": "f", "נקבה": "f", "אישה": "f",
	"m": "m", "male": "m", "man": "m", "м": "m", "муж": "m", "мужской": "m", "чол": "m", "чоловіча": "m", "ч": "m", "ذكر": "m", "رجل": "m", "ז": "m", "זכר": "m", "גבר": "m",
}

func (t *table) sex(row int, c column, s string) string {
	x, ok := sexes[strings.Trim(strings.ToLower(s), ". ")]
	if !ok {
		t.note(row, c.header, "neither male nor female as this reader knows them; not compared")
	}
	return x
}

// finish puts a row together once all its cells are read.
func (t *table) finish(r *people.Record, raw *rawRow) {
	parts := strings.Join(strings.Fields(strings.Join([]string{raw.family, raw.given, raw.patronymic}, " ")), " ")
	switch {
	case r.Name == "":
		r.Name = parts
	case parts != "" && !strings.Contains(r.Name, parts):
		r.Name = strings.TrimSpace(r.Name + " " + raw.family + " " + raw.patronymic)
	}
	if r.Name == "" {
		t.note(r.Row, "", "no name: the row is kept and can't be compared")
		return
	}
	if runs := scriptRuns(r.Name); len(runs) > 1 {
		r.Name, r.Also = runs[0], runs[1:]
		t.note(r.Row, "", "a name in %d scripts in one cell: read as %d spellings", len(runs), len(runs))
	}
}

// scriptRuns splits a name that is written in several scripts, one after the
// other, into its spellings; one run where each word but one is of one script.
func scriptRuns(s string) []string {
	var runs []string
	var last string
	for w := range strings.FieldsSeq(strings.Map(func(r rune) rune {
		if r == '/' || r == '(' || r == ')' || r == '|' || r == '[' || r == ']' {
			return ' '
		}
		return r
	}, s)) {
		script := scriptOfWord(w)
		if len(runs) > 0 && (script == last || script == "") {
			runs[len(runs)-1] += " " + w
			continue
		}
		runs, last = append(runs, w), script
	}
	for _, r := range runs {
		if !strings.Contains(r, " ") { // one strange word makes no second spelling
			return []string{s}
		}
	}
	if len(runs) < 2 {
		return []string{s}
	}
	slices.SortStableFunc(runs, func(a, b string) int { return strings.Count(b, " ") - strings.Count(a, " ") })
	return runs
}

// scriptOfWord is the script that most letters of a word are of; "" where it
// has none.
func scriptOfWord(w string) string {
	best, count := "", map[string]int{}
	for _, r := range w {
		for name, script := range map[string]*unicode.RangeTable{"latin": unicode.Latin, "cyrillic": unicode.Cyrillic, "arabic": unicode.Arabic, "hebrew": unicode.Hebrew} {
			if unicode.IsLetter(r) && unicode.Is(script, r) {
				if count[name]++; count[name] > count[best] {
					best = name
				}
			}
		}
	}
	return best
}
