package desk

import (
	"bytes"
	"strings"
	"testing"

	"filippo.io/age"

	"parley"
)

// steps are one sound move of each step.
func settleSteps(t testing.TB) map[string]*parley.Settle {
	t.Helper()
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	seat := []parley.SettleSeat{{Key: id.Recipient().String(), Bound: 100, Commit: parley.Digest{1}}}
	p, j := parley.Ref{1}, parley.Ref{2}
	settle := parley.SettleTerms{Question: "settle", With: "ru", Version: parley.Digest{3}, Criterion: "nash", Resolution: 15, Signs: true}
	ask := parley.SettleTerms{Question: "ask", With: "ru", Version: parley.Digest{3}, Asked: []parley.PersonID{"bout", "griner"}}
	return map[string]*parley.Settle{
		"propose": {Step: parley.SettlePropose, Terms: []parley.SettleTerms{settle}, Seat: seat},
		"ask":     {Step: parley.SettlePropose, Terms: []parley.SettleTerms{ask}, Seat: seat},
		"join":    {Step: parley.SettleJoin, Proposal: p, Seat: seat},
		"mediate": {Step: parley.SettleMediate, Proposal: p, Seat: seat},
		"send":    {Step: parley.SettleSend, Proposal: p, Join: j, Message: []parley.SettleMessage{{Number: 1, To: parley.MemberID{4}, Digest: parley.Digest{5}, Size: 6}}},
		"end":     {Step: parley.SettleEnd, Proposal: p, Join: j},
		"abort":   {Step: parley.SettleAbort, Proposal: p},
	}
}

func TestStepsHaveOneForm(t *testing.T) {
	for name, m := range settleSteps(t) {
		body, err := encodeMove(m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodeMove("settle", body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again, _ := encodeMove(back); !bytes.Equal(again, body) {
			t.Errorf("%s is written in two ways", name)
		}
	}
}

// What no desk writes is refused, each for itself.
func TestStepsOutOfForm(t *testing.T) {
	for name, change := range map[string]func(all map[string]*parley.Settle) *parley.Settle{
		"no step": func(a map[string]*parley.Settle) *parley.Settle { a["end"].Step = "finish"; return a["end"] },
		"terms twice": func(a map[string]*parley.Settle) *parley.Settle {
			m := a["propose"]
			m.Terms = append(m.Terms, m.Terms...)
			return m
		},
		"a join with terms": func(a map[string]*parley.Settle) *parley.Settle { a["join"].Terms = a["ask"].Terms; return a["join"] },
		"a proposal of one": func(a map[string]*parley.Settle) *parley.Settle {
			a["propose"].Proposal = parley.Ref{1}
			return a["propose"]
		},
		"an abort of a join": func(a map[string]*parley.Settle) *parley.Settle { a["abort"].Join = parley.Ref{1}; return a["abort"] },
		"a key that is none": func(a map[string]*parley.Settle) *parley.Settle { a["join"].Seat[0].Key = "age1pq"; return a["join"] },
		"a classical key": func(a map[string]*parley.Settle) *parley.Settle {
			a["join"].Seat[0].Key = classical()
			return a["join"]
		},
		"a bound beyond all": func(a map[string]*parley.Settle) *parley.Settle {
			a["join"].Seat[0].Bound = maxBound + 1
			return a["join"]
		},
		"an empty message": func(a map[string]*parley.Settle) *parley.Settle { a["send"].Message[0].Size = 0; return a["send"] },
		"a message too large": func(a map[string]*parley.Settle) *parley.Settle {
			a["send"].Message[0].Size = maxBlob + 1
			return a["send"]
		},
		"a message's number": func(a map[string]*parley.Settle) *parley.Settle {
			a["send"].Message[0].Number = maxMessages
			return a["send"]
		},
		"no such question":   func(a map[string]*parley.Settle) *parley.Settle { a["ask"].Terms[0].Question = "tell"; return a["ask"] },
		"nobody asked about": func(a map[string]*parley.Settle) *parley.Settle { a["ask"].Terms[0].Asked = nil; return a["ask"] },
		"asked out of order": func(a map[string]*parley.Settle) *parley.Settle {
			a["ask"].Terms[0].Asked = []parley.PersonID{"griner", "bout"}
			return a["ask"]
		},
		"asked with signs": func(a map[string]*parley.Settle) *parley.Settle { a["ask"].Terms[0].Signs = true; return a["ask"] },
		"settled with persons": func(a map[string]*parley.Settle) *parley.Settle {
			a["propose"].Terms[0].Asked = []parley.PersonID{"bout"}
			return a["propose"]
		},
		"another criterion": func(a map[string]*parley.Settle) *parley.Settle {
			a["propose"].Terms[0].Criterion = "ks"
			return a["propose"]
		},
		"no resolution": func(a map[string]*parley.Settle) *parley.Settle {
			a["propose"].Terms[0].Resolution = 0
			return a["propose"]
		},
		"too fine": func(a map[string]*parley.Settle) *parley.Settle {
			a["propose"].Terms[0].Resolution = 256
			return a["propose"]
		},
		"no id of a party": func(a map[string]*parley.Settle) *parley.Settle {
			a["propose"].Terms[0].With = "R U"
			return a["propose"]
		},
	} {
		body, err := encodeMove(change(settleSteps(t)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeMove("settle", body); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func classical() string {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		panic(err)
	}
	return id.Recipient().String()
}

func FuzzSettleBody(f *testing.F) {
	for _, m := range settleSteps(f) {
		body, err := encodeMove(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := decodeMove("settle", body)
		if err != nil {
			return
		}
		s := m.(*parley.Settle)
		if again, err := encodeMove(m); err != nil || !bytes.Equal(again, body) || !s.Sound() {
			t.Errorf("taken, and written otherwise: %v", err)
		}
		if len(s.Seat) > 0 && !strings.HasPrefix(s.Seat[0].Key, "age1pq1") {
			t.Errorf("a key %q is taken", s.Seat[0].Key)
		}
	})
}
