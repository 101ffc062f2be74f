package desk

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"parley"
)

// lookalikes are the scripts whose letters pass for each other's.
var lookalikes = []struct {
	name  string
	table *unicode.RangeTable
}{
	{"Latin", unicode.Latin},
	{"Cyrillic", unicode.Cyrillic},
	{"Greek", unicode.Greek},
	{"Armenian", unicode.Armenian},
	{"Cherokee", unicode.Cherokee},
}

// mixedScripts lists the words of a text that mix letters of scripts that look
// alike: a name with one letter of another script is another name, and nobody
// sees it.
func mixedScripts(text string) []string {
	var out []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		var in []string
		for _, script := range lookalikes {
			if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(script.table, r) }) {
				in = append(in, script.name)
			}
		}
		if len(in) > 1 {
			out = append(out, fmt.Sprintf("%q mixes %s letters", word, strings.Join(in, " and ")))
		}
	}
	return out
}

// normalForm refuses a text that has another one which looks the same: what the
// signer sees must be what is signed.
func normalForm(s string) error {
	if !norm.NFC.IsNormalString(s) {
		return fmt.Errorf("a text in it is not in normal form (NFC)")
	}
	return nil
}

// normalise brings the texts that this desk's own people typed to normal form.
func normalise(m parley.Move) {
	for _, s := range texts(m) {
		*s = norm.NFC.String(*s)
	}
}

// texts are the free texts of a move.
func texts(m parley.Move) []*string {
	switch m := m.(type) {
	case *parley.Mandate:
		return []*string{&m.Text}
	case *parley.Note:
		return []*string{&m.Text, &m.Paper}
	case *parley.Request:
		return []*string{&m.Text}
	case *parley.Decline:
		return []*string{&m.Text}
	case *parley.Withdraw:
		return []*string{&m.Text}
	case *parley.Release:
		return []*string{&m.Text}
	case *parley.Ratify:
		return []*string{&m.Text}
	case *parley.Certify:
		return []*string{&m.Text}
	case *parley.Pen:
		return []*string{&m.Text}
	case *parley.PublicStatement:
		return []*string{&m.Text, &m.When, &m.Credit}
	case *parley.OfferMove:
		return offerTexts(&m.Offer)
	case *parley.ListMove:
		return listTexts(m)
	case *parley.ReplyMove:
		return replyTexts(m)
	case *parley.CommentMove:
		return commentTexts(m)
	case *parley.FinalList:
		return []*string{&m.Text}
	case *parley.SignList:
		return []*string{&m.Text}
	}
	return executionTexts(m)
}

func offerTexts(o *parley.Offer) []*string {
	out := []*string{&o.Text}
	for i := range o.Terms {
		out = append(out, &o.Terms[i].Text)
	}
	for i := range o.To {
		out = append(out, &o.To[i].Party)
	}
	for i := range o.When {
		out = append(out, &o.When[i].When)
	}
	return out
}
