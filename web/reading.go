package web

import (
	"context"
	"errors"

	"parley"
	"parley/desk"
	"parley/names"
)

// reading is what the desk said, read once for all pages until something
// changes: a large case is not parsed for every page. It changes with the day
// too, when dates run out.
type reading struct {
	Party parley.PartyID
	Whose string // the party's name
	View  *desk.View
	State *desk.State  // nil without a channel
	Case  *parley.Case // nil without a case

	day      int
	holdings []parley.Holding
	at       map[parley.PersonID]int32 // in holdings
	parties  map[parley.PartyID]string
	index    *names.Index // of all names; nil until somebody is looked for, and when the desk is idle
}

// reads gives what the desk says now. The caller has the desk's turn.
func (s *Server) reads(ctx context.Context) (*reading, error) {
	today := s.now().UTC().YearDay()
	if s.read != nil && s.read.day == today {
		return s.read, nil
	}
	r := &reading{Party: s.desk.Party(), day: today}
	r.Whose, _, _ = s.desk.Whose()
	var err error
	if r.View, err = s.desk.View(ctx); err != nil {
		return nil, err
	}
	state, err := s.desk.Status(ctx)
	switch {
	case err == nil:
		r.State = &state
	case !errors.Is(err, desk.ErrNoChannel):
		return nil, err
	}
	if r.View.Case != nil {
		r.of(r.View.Case.Case)
	}
	s.read = r
	return r, nil
}

func (r *reading) of(c *parley.Case) {
	r.Case, r.holdings = c, c.Holdings()
	r.at, r.parties = make(map[parley.PersonID]int32, len(r.holdings)), map[parley.PartyID]string{}
	for i := range r.holdings {
		r.at[r.holdings[i].ID] = int32(i)
	}
	for _, p := range c.Parties {
		r.parties[p.ID] = p.Name
	}
}

// holding finds a person or group of the case.
func (r *reading) holding(id parley.PersonID) (parley.Holding, bool) {
	i, ok := r.at[id]
	if !ok {
		return parley.Holding{}, false
	}
	return r.holdings[i], true
}

// Person is what somebody is called, else the id.
func (r *reading) Person(id parley.PersonID) string {
	h, _ := r.holding(id)
	return orElse(h.Name, string(id))
}

// PartyName is what a side is called, else the id.
func (r *reading) PartyName(id parley.PartyID) string {
	return orElse(r.parties[id], string(id))
}

// People are what some persons are called.
func (r *reading) People(ids []parley.PersonID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = r.Person(id)
	}
	return out
}

// Sides are what some parties are called.
func (r *reading) Sides(ids []parley.PartyID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = r.PartyName(id)
	}
	return out
}

// Ours tells whether a party is the one whose desk this is.
func (r *reading) Ours(p parley.PartyID) bool { return r.Party != "" && p == r.Party }

func orElse(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// Short is enough of an id to name an act.
func (r *reading) Short(id string) string { return id[:min(len(id), 8)] }
