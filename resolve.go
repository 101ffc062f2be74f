package parley

import (
	"fmt"
	"slices"
)

// Resolve leaves nothing of an offer open: drop names the optional entries that
// fall out, named who fills each blank. ref is the offer's entry, version the
// case that it stands on, reg its register.
func (o *Offer) Resolve(ref Ref, version Digest, reg Register, drop []PersonID, named []Naming) (Resolved, error) {
	named = slices.Clone(named)
	slices.SortFunc(named, func(a, b Naming) int { return compareID(a.Blank, b.Blank) })
	r := Resolved{Offer: ref, Case: version, Named: named}
	optional, out := NewExchange(o.Optional...), NewExchange(drop...)
	filled := fillings(named)
	for _, id := range o.Entries() {
		if !out.Has(id) {
			r.Release = append(r.Release, filled.of(id))
		}
	}
	r.Release = NewExchange(r.Release...)
	for _, id := range out {
		if !optional.Has(id) {
			return r, fmt.Errorf("%s can't be dropped: it is not an optional entry of the offer", id)
		}
	}
	return r, o.CheckResolved(r, reg)
}

// fillings say who stands in a blank's place.
type filled map[PersonID]PersonID

func fillings(named []Naming) filled {
	f := filled{}
	for _, n := range named {
		f[n.Blank] = n.Person
	}
	return f
}

func (f filled) of(id PersonID) PersonID {
	if p, ok := f[id]; ok {
		return p
	}
	return id
}

func compareID(a, b PersonID) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// CheckResolved reports why r is not a full resolution of the offer: an
// essential entry missing, a stranger in it, a blank left open or wrongly
// filled, somebody whom nobody holds.
func (o *Offer) CheckResolved(r Resolved, reg Register) error {
	if err := checkNamed(o, r.Named, reg); err != nil {
		return err
	}
	if len(r.Release) == 0 {
		return fmt.Errorf("nobody is released")
	}
	if !slices.Equal(r.Release, NewExchange(r.Release...)) {
		return fmt.Errorf("the released are not listed in order, each once")
	}
	var may Exchange
	filled := fillings(r.Named)
	for _, id := range o.Entries() {
		may = append(may, filled.of(id))
	}
	may = NewExchange(may...)
	for _, id := range r.Release {
		if !may.Has(id) {
			return fmt.Errorf("%s is not in the offer", id)
		}
		if err := checkReleasable(id, reg); err != nil {
			return err
		}
	}
	for _, id := range o.Essential() {
		if !r.Release.Has(filled.of(id)) {
			return fmt.Errorf("%s is essential to the offer and missing", id)
		}
	}
	return nil
}

func checkReleasable(id PersonID, reg Register) error {
	h, ok := reg[id]
	switch {
	case !ok:
		return fmt.Errorf("%s is not in the case", id)
	case h.Blank:
		return fmt.Errorf("%s is a blank: it must be named first", id)
	case h.HeldBy == "":
		return fmt.Errorf("%s is held by nobody in the case", id)
	case h.Owed:
		return fmt.Errorf("%s is owed release by law and stands outside the trade", id)
	}
	return nil
}

// checkNamed checks the namings: ascending, each blank once and in the offer,
// each filled by somebody else whom the same party holds.
func checkNamed(o *Offer, named []Naming, reg Register) error {
	entries := o.Entries()
	seen := map[PersonID]bool{}
	for i, n := range named {
		if i > 0 && named[i-1].Blank >= n.Blank {
			return fmt.Errorf("the namings are not in order, each blank once")
		}
		if !entries.Has(n.Blank) {
			return fmt.Errorf("%s is not in the offer", n.Blank)
		}
		if entries.Has(n.Person) || seen[n.Person] {
			return fmt.Errorf("%s stands in the exchange already", n.Person)
		}
		seen[n.Person] = true
		if err := checkNaming(n, reg); err != nil {
			return err
		}
	}
	return nil
}

func checkNaming(n Naming, reg Register) error {
	blank, ok := reg[n.Blank]
	if !ok || !blank.Blank {
		return fmt.Errorf("%s is not a blank", n.Blank)
	}
	p, ok := reg[n.Person]
	switch {
	case !ok || p.Blank:
		return fmt.Errorf("%s is not a person of the case", n.Person)
	case p.HeldBy != blank.HeldBy:
		return fmt.Errorf("%s is not held by %s, who holds the blank %s", n.Person, blank.HeldBy, n.Blank)
	case len(blank.Candidates) > 0 && !slices.Contains(blank.Candidates, n.Person):
		return fmt.Errorf("%s is not among the candidates for %s", n.Person, n.Blank)
	}
	return nil
}

// MustAccept lists the parties, other than the offeror, without whose own yes a
// resolution can't be sealed: who hold somebody in it, and for whose
// confirmation an entry waits. Ascending.
func (o *Offer) MustAccept(r Resolved, reg Register) []PartyID {
	var out []PartyID
	for _, id := range r.Release {
		out = append(out, reg[id].HeldBy)
	}
	filled := fillings(r.Named)
	for _, w := range o.IfConfirmed {
		if r.Release.Has(filled.of(w.Person)) {
			out = append(out, w.Party)
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(p PartyID) bool { return p == o.From })
}

// concerns tells whether the party has a say in the offer: it holds or seeks
// somebody in it, or an entry waits for it or goes to it.
func (o *Offer) concerns(party PartyID, reg Register) bool {
	for _, id := range o.Entries() {
		if h := reg[id]; h.HeldBy == party || slices.Contains(h.SoughtBy, party) {
			return true
		}
	}
	return slices.ContainsFunc(o.IfConfirmed, func(w Confirmation) bool { return w.Party == party }) ||
		slices.ContainsFunc(o.To, func(d Destination) bool { return d.Party == string(party) })
}
