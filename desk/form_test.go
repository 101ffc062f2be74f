package desk

import (
	"strings"
	"testing"

	"parley"
	"parley/channel"
)

// TestTextsHaveOneForm: a text that looks like another one and is written
// otherwise is not read, in whatever move it stands.
func TestTextsHaveOneForm(t *testing.T) {
	loose := "Zoe\u0308"
	moves := []parley.Move{
		&parley.Mandate{May: parley.Levels(), Text: loose}, &parley.Note{Text: loose}, &parley.Note{Paper: loose},
		&parley.Request{Text: loose}, &parley.Decline{Text: loose}, &parley.Withdraw{Text: loose}, &parley.Release{Text: loose},
		&parley.Ratify{Text: loose}, &parley.Certify{Text: loose}, &parley.Pen{Text: loose},
		&parley.PublicStatement{Text: loose}, &parley.PublicStatement{When: loose}, &parley.PublicStatement{Credit: loose},
		&parley.ListMove{Text: loose}, &parley.ListMove{Rows: []parley.ListRow{{ID: "1", Name: loose, Also: []string{loose}}}}, &parley.ReplyMove{Answers: []parley.NameAnswer{{Name: parley.NameID{List: "us", ID: loose}, Of: loose, Text: loose}}},
		&parley.CommentMove{Remarks: []parley.Remark{{Name: parley.NameID{List: "us", ID: "1"}, Text: loose, Class: loose}}}, &parley.FinalList{Text: loose}, &parley.SignList{Text: loose},
		&parley.Begin{Of: "g", Text: loose}, &parley.Confirm{Of: "g", Text: loose}, &parley.Halt{Text: loose}, &parley.Resume{Text: loose},
		&parley.Spoken{Of: "g", Text: loose}, &parley.Life{Stage: "asked", Person: "a", Text: loose}, &parley.Received{Text: loose},
		&parley.Received{Items: []parley.ReceivedItem{{Name: loose}}}, &parley.Received{Items: []parley.ReceivedItem{{Note: loose}}},
		&parley.OfferMove{Offer: parley.Offer{From: "us", Text: loose}},
		&parley.OfferMove{Offer: parley.Offer{From: "us", Terms: []parley.Term{{Text: loose}}}},
		&parley.OfferMove{Offer: parley.Offer{From: "us", To: []parley.Destination{{Person: "a", Party: loose}}}},
		&parley.OfferMove{Offer: parley.Offer{From: "us", When: []parley.Phase{{Person: "a", When: loose}}}},
	}
	for _, m := range moves {
		body, err := channel.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeMove(string(m.Kind()), body); err == nil || !strings.Contains(err.Error(), "normal form") {
			t.Errorf("%s: read, or refused for another reason: %v", m.Kind(), err)
		}
		normalise(m)
		if body, err = channel.Marshal(m); err != nil {
			t.Fatal(err)
		}
		if _, err := decodeMove(string(m.Kind()), body); err != nil {
			t.Errorf("%s: refused in normal form: %v", m.Kind(), err)
		}
	}
}
