package accord

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"slices"

	"parley"
	"parley/brief"
)

// committed is what a side binds itself to before a run, in points: the step is
// not known yet.
type committed struct {
	Party    parley.PartyID  `json:"party"`
	WalkAway int64           `json:"walk_away"`
	Worth    []committedItem `json:"worth"` // by id, ascending
}

type committedItem struct {
	ID       parley.PersonID `json:"id"`
	Points   int64           `json:"points"` // tags and all heads included
	Required bool            `json:"required"`
	Barred   bool            `json:"barred"`
}

// Commit is the commitment of a side to its brief, as far as a settlement takes
// it: SHA-256 over the label "parley/v1/accord/inputs", a zero byte, the salt and
// the numbers as JSON. Nothing inside the circuit checks it.
func Commit(c *parley.Case, b brief.Brief, salt [32]byte) (parley.Digest, error) {
	pos := b.Position()
	in := committed{Party: pos.Party, WalkAway: pos.WalkAway, Worth: []committedItem{}}
	required, barred := map[parley.PersonID]bool{}, map[parley.PersonID]bool{}
	for _, rule := range pos.Rules {
		switch rule := rule.(type) {
		case parley.Require:
			mark(required, rule.IDs)
		case parley.Forbid:
			mark(barred, rule.IDs)
		default:
			return parley.Digest{}, unfitRule(pos.Party)
		}
	}
	for _, h := range c.Holdings() {
		if h.Owed || h.HeldBy == "" {
			continue
		}
		n, err := points(pos, h)
		if err != nil {
			return parley.Digest{}, err
		}
		in.Worth = append(in.Worth, committedItem{h.ID, n, required[h.ID], barred[h.ID]})
	}
	slices.SortFunc(in.Worth, func(a, b committedItem) int { return cmp.Compare(a.ID, b.ID) })
	return commitment(in, salt), nil
}

// CommitAnswer is the commitment to the answer to a blind yes.
func CommitAnswer(yes bool, salt [32]byte) parley.Digest { return commitment(yes, salt) }

func commitment(v any, salt [32]byte) parley.Digest {
	text, err := json.Marshal(v)
	if err != nil {
		panic("accord: inputs that can't be written: " + err.Error())
	}
	return sha256.Sum256(slices.Concat([]byte("parley/v1/accord/inputs\x00"), salt[:], text))
}

func mark(on map[parley.PersonID]bool, ids []parley.PersonID) {
	for _, id := range ids {
		on[id] = true
	}
}
