package web

import (
	"slices"

	"parley"
	"parley/desk"
)

// step is something that waits for somebody: whose turn it is, and until when.
type step struct {
	Key    string // turn.KEY
	Who    []string
	Until  parley.Date
	To     string // the page where it is done
	ID     string // the act that it is about
	Status string
}

// steps lists what waits for us, then what waits for others, newest first.
func (r *reading) steps() (ours, theirs []step) {
	take := func(s step, mine bool) {
		if mine {
			ours = append(ours, s)
			return
		}
		theirs = append(theirs, s)
	}
	for _, g := range slices.Backward(r.View.Agreements) {
		r.agreementStep(g, take)
	}
	for _, o := range slices.Backward(r.View.Offers) {
		r.offerStep(o, take)
	}
	for _, s := range slices.Backward(r.View.Settlements) {
		if s.Open {
			take(step{Key: "settlement", Who: []string{r.PartyName(s.By)}, ID: s.ID, To: "/settlement"}, true)
		}
	}
	for _, l := range slices.Backward(r.View.Rounds) {
		r.listStep(l, take)
	}
	for _, c := range r.View.Versions {
		if !slices.Contains(c.Adopted, r.Party) && c.Replaces != "" && r.Party != "" {
			take(step{Key: "version", Who: []string{r.PartyName(c.By)}, ID: c.Digest, To: "/people"}, true)
		}
	}
	for _, q := range slices.Backward(r.View.Requests) {
		if len(q.WaitsFor) > 0 {
			take(step{Key: "request", Who: r.Sides(q.WaitsFor), ID: q.ID, To: "/offers"}, false)
		}
	}
	return ours, theirs
}

func (r *reading) agreementStep(g desk.AgreementView, take func(step, bool)) {
	if g.Status != parley.AdReferendum {
		return
	}
	waits := slices.DeleteFunc(slices.Clone(g.Signatories), func(p parley.PartyID) bool { return slices.Contains(g.Ratified, p) })
	s := step{ID: g.ID, To: "/agreements/" + g.ID}
	if len(waits) == 0 {
		s.Key = "certify"
		take(s, r.certifies())
		return
	}
	if slices.Contains(waits, r.Party) {
		s.Key = "ratify"
		take(s, true)
	}
	if waits = slices.DeleteFunc(waits, r.Ours); len(waits) > 0 {
		s.Key, s.Who = "ratification", r.Sides(waits)
		take(s, false)
	}
}

// listStep is what a round of lists waits for: a list, answers, a signature.
func (r *reading) listStep(l desk.RoundView, take func(step, bool)) {
	if r.Party == "" || !slices.Contains(l.Between, r.Party) {
		return
	}
	s := step{ID: l.ID, To: "/lists/rounds/" + l.ID}
	for _, f := range l.Finals {
		switch {
		case f.Status == parley.FinalSigned:
			return
		case f.Status == parley.FinalPut && !slices.Contains(f.Signed, r.Party):
			s.Key, s.ID = "signlist", f.ID
			take(s, true)
			return
		}
	}
	switch {
	case !slices.ContainsFunc(l.Lists, func(x desk.ListView) bool { return x.By == r.Party }):
		s.Key, s.To = "putlist", "/lists"
		take(s, true)
	case l.Waits[r.Party] > 0:
		s.Key = "answerlist"
		take(s, true)
	}
}

// certifies tells whether this is the depositary's desk.
func (r *reading) certifies() bool {
	return r.Party == "" && r.State != nil && slices.ContainsFunc(r.State.Members, func(m desk.MemberState) bool {
		return m.Role == parley.Depositary && !m.Gone
	})
}

func (r *reading) offerStep(o desk.OfferView, take func(step, bool)) {
	s := step{ID: o.ID, To: "/offers/" + o.ID, Who: []string{r.PartyName(o.By)}, Until: o.Until}
	replied := slices.ContainsFunc(o.Replies, func(a desk.ReplyView) bool { return a.By == r.Party })
	switch {
	case o.Status == parley.Open && r.Ours(o.By):
		s.Key, s.Who = "answered", r.Sides(r.holders(o))
		take(s, false)
	case o.Status == parley.Open && o.Past:
	case (o.Status == parley.Open || o.Status == parley.Accepted) && !r.Ours(o.By) && !replied && r.Party != "":
		s.Key = "answer"
		take(s, true)
	case o.Status == parley.Accepted:
		s.Key = "seal"
		take(s, r.Ours(o.By))
	}
}

// holders are the others who hold somebody in an offer: they are to answer it.
func (r *reading) holders(o desk.OfferView) []parley.PartyID {
	var out []parley.PartyID
	for _, id := range o.Offer.Entries() {
		if h, _ := r.holding(id); h.HeldBy != "" && h.HeldBy != o.By && !slices.Contains(out, h.HeldBy) {
			out = append(out, h.HeldBy)
		}
	}
	return out
}

// standing is what has become of a person on the table.
type standing struct {
	Status string // standing.STATUS
	Next   string // next.NEXT: who acts next; "" where nobody must
	Who    []string
	To     string
}

// standings tells of each person in an offer or agreement what the newest says;
// an agreement counts more than an offer.
func (r *reading) standings() map[parley.PersonID]standing {
	out := map[parley.PersonID]standing{}
	for _, q := range r.View.Requests {
		for _, id := range q.Persons {
			out[id] = standing{Status: "asked", Who: r.Sides([]parley.PartyID{q.By}), To: "/offers"}
		}
	}
	for _, o := range r.View.Offers {
		if o.Status == parley.Declined || o.Status == parley.Withdrawn || o.Status == parley.Sealed {
			continue
		}
		s := standing{Status: "offered", Next: "answer", Who: r.Sides(r.holders(o)), To: "/offers/" + o.ID}
		if !r.Ours(o.By) && slices.Contains(r.holders(o), r.Party) {
			s.Next = "ours"
		}
		if o.Status == parley.Accepted {
			s.Status, s.Next, s.Who = "accepted", "seal", r.Sides([]parley.PartyID{o.By})
		}
		for _, id := range o.Offer.Entries() {
			out[id] = s
		}
	}
	for _, g := range r.View.Agreements {
		s := standing{Status: "sealed", Next: "ratify", To: "/agreements/" + g.ID}
		for _, p := range g.Signatories {
			if !slices.Contains(g.Ratified, p) {
				s.Who = append(s.Who, r.PartyName(p))
			}
		}
		switch g.Status {
		case parley.InForce:
			s.Status, s.Next = "force", "handover"
		case parley.Refused, parley.Lapsed:
			continue
		}
		for _, id := range g.Release {
			out[id] = s
		}
	}
	return out
}
