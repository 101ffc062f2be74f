package desk_test

import (
	"path/filepath"
	"slices"
	"testing"

	"parley"
	"parley/channel"
	"parley/desk"
)

// briefs of two that can agree: alma and huda for peter.
var settleBriefs = map[string]string{
	"east": `parley: brief/1
case: swap
party: east
walk_away: 5
worth: {alma: 40, huda: 30, peter: -35, ivo: -90}
rules: [{forbid: [another, far]}]
`,
	"west": `parley: brief/1
case: swap
party: west
walk_away: 10
worth: {alma: -12, huda: -8, peter: 60, ivo: 20}
`,
}

// settling is a world with briefs, and with a neutral who mediates.
type settling struct {
	*world
	neutral *desk.Desk
}

func newSettling(t *testing.T, limit uint64, mediated bool) *settling {
	t.Helper()
	w := newBareWorld(t)
	s := &settling{world: w}
	f := desk.Foundation{Title: "special channel", Settlements: limit}
	card, err := w.west.Card()
	w.check(err)
	f.Cards = [][]byte{card}
	desks := []*desk.Desk{w.east, w.west}
	if mediated {
		home := filepath.Join(t.TempDir(), "neutral")
		s.neutral, err = desk.Create(t.Context(), home, []byte("pass"), desk.Founding{Capabilities: []string{"mediator"}, Name: "Swiss", Delegate: "mediator", Office: "FDFA"}, w.around())
		w.check(err)
		t.Cleanup(func() { _ = s.neutral.Close() })
		card, err = s.neutral.Card()
		w.check(err)
		f.Cards = append(f.Cards, card)
		desks = append(desks, s.neutral)
	}
	charter, err := w.east.DraftCharter(t.Context(), f)
	w.check(err)
	for _, d := range []*desk.Desk{w.east, w.west} {
		p, err := desk.ReadPaper(charter)
		w.check(err)
		charter, err = p.Sign(w.keys[d])
		w.check(err)
	}
	for _, d := range desks {
		w.check(d.Join(t.Context(), charter, w.url, nil))
	}
	for _, d := range []*desk.Desk{w.east, w.west} {
		w.mandate(d, parley.Date{}, nil, parley.Levels()...)
		_, err := d.KeepBrief(t.Context(), "brief.yaml", []byte(settleBriefs[string(d.Party())]))
		w.check(err)
	}
	for range 2 {
		for _, d := range desks {
			w.sync(d)
		}
	}
	return s
}

func (s *settling) by(d *desk.Desk) channel.Carrier {
	by, err := d.Carrier(s.t.Context(), "")
	s.check(err)
	return by
}

// online brings one desk on the line for a moment.
func (s *settling) online(d *desk.Desk) {
	s.t.Helper()
	_, err := d.Sync(s.t.Context(), s.by(d))
	s.check(err)
}

// everybody comes on the line, one after the other, so many times.
func (s *settling) rounds(n int) {
	s.t.Helper()
	for range n {
		for _, d := range s.desks() {
			s.online(d)
		}
	}
}

func (s *settling) desks() []*desk.Desk {
	if s.neutral != nil {
		return []*desk.Desk{s.east, s.west, s.neutral}
	}
	return []*desk.Desk{s.east, s.west}
}

func (s *settling) status(d *desk.Desk) *desk.SettlementView {
	s.t.Helper()
	v, err := d.Settlement(s.t.Context(), "last")
	s.check(err)
	return v
}

func (s *settling) wantRelease(release ...parley.PersonID) {
	s.t.Helper()
	for _, d := range []*desk.Desk{s.east, s.west} {
		v := s.status(d)
		if v.Status != desk.StatusDone || v.Result == nil || v.Result.Agreeable != (len(release) > 0) || !slices.Equal(v.Result.Release, release) {
			s.t.Errorf("%s: %+v %+v, want %v", d.Party(), v, v.Result, release)
		}
	}
}

func TestSettlementByCorrespondence(t *testing.T) {
	for name, mediated := range map[string]bool{"semi-honest": false, "mediated": true} {
		t.Run(name, func(t *testing.T) {
			s := newSettling(t, 5, mediated)
			ref, err := s.east.ProposeSettlement(t.Context(), desk.SettleProposal{SemiHonest: !mediated})
			s.check(err)
			s.rounds(1)
			_, err = s.west.JoinSettlement(t.Context(), ref.String(), desk.SettleConsent{SemiHonest: !mediated})
			s.check(err)
			if mediated {
				_, err = s.neutral.JoinSettlement(t.Context(), "last", desk.SettleConsent{})
				s.check(err)
			}
			s.rounds(5)
			for _, d := range s.desks() {
				t.Logf("%+v", s.status(d))
			}
			s.wantRelease("alma", "huda", "peter")
		})
	}
}
