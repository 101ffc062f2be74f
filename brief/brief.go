// Package brief is what one party keeps to itself: what each release is worth
// to it, its red lines, its walk-away, and what it believes of the others.
//
// A brief never leaves its desk. The packages that send or publish may not
// import this one (a test holds them to it), and a Brief hides itself from
// fmt in every verb, from logs and from every encoder, also where it lies in a
// field of something else that is printed: what it holds is behind a function,
// which reflection prints as an address, whatever the verb.
package brief

import (
	"cmp"
	"slices"

	"parley"
)

// Content is what a brief says. It hides itself as a Brief does, but for two
// holes that fmt leaves: %p of a bare struct, which no type can answer, and a
// value in an unexported field. So hand Briefs on, not Contents.
type Content struct {
	Case         string
	Party        parley.PartyID
	WalkAway     int64 // reservation value: below this no exchange is better
	Tiers        map[parley.PersonID]Tier
	TierPoints   map[Tier]int64             // overrides of DefaultPoints
	Worth        map[parley.PersonID]int64  // wins over the points of a tier
	Tags         map[string]int64           // added for each released person who bears the tag
	Because      map[parley.PersonID]string // why, for our own memory
	Rules        []parley.Rule              // red lines, and Bonuses
	Estimates    []Estimate                 // in file order
	DestroyAfter parley.Date
}

// Estimate is what we believe of another party.
type Estimate struct {
	Party    parley.PartyID
	WalkAway Range
	Worth    map[parley.PersonID]Range
	Tags     map[string]Range
	Rules    []parley.Rule
}

// Range is a number or a range of numbers, both ends included.
type Range struct{ Low, High int64 }

// Middle is the mid-point, rounded down.
func (r Range) Middle() int64 { return r.Low + (r.High-r.Low)>>1 }

// Tier is worth in words.
type Tier string

// The tiers. Must and Never are rules, not points.
const (
	Must     Tier = "must"
	Want     Tier = "want"
	Welcome  Tier = "welcome"
	Neutral  Tier = "neutral"
	Bearable Tier = "bearable"
	Painful  Tier = "painful"
	Never    Tier = "never"
)

// Tiers lists the tiers from best to worst.
func Tiers() []Tier { return []Tier{Must, Want, Welcome, Neutral, Bearable, Painful, Never} }

// DefaultPoints are the points of the tiers that bear points.
func DefaultPoints() map[Tier]int64 {
	return map[Tier]int64{Want: 50, Welcome: 20, Neutral: 0, Bearable: -15, Painful: -40}
}

// Brief holds a Content out of sight. The zero Brief is empty.
type Brief struct{ hidden func() Content }

// New wraps a content, which must not be changed afterwards.
func New(c Content) Brief { return Brief{func() Content { return c }} }

// Content is what the brief says, for weighing and for its owner's eyes.
func (b Brief) Content() Content {
	if b.hidden == nil {
		return Content{}
	}
	return b.hidden()
}

// Party is whose brief it is.
func (b Brief) Party() parley.PartyID { return b.Content().Party }

// Position is a brief, or an estimate of one, as numbers and rules alone: what
// weighing works on.
type Position struct {
	Party    parley.PartyID
	WalkAway int64
	Worth    map[parley.PersonID]int64
	Tags     map[string]int64
	Rules    []parley.Rule // tiers must and never included, as Require and Forbid of one person each
}

// Position turns tiers into points and rules.
func (b Brief) Position() Position {
	c := b.Content()
	p := Position{Party: c.Party, WalkAway: c.WalkAway, Worth: map[parley.PersonID]int64{}, Tags: c.Tags, Rules: slices.Clone(c.Rules)}
	points := DefaultPoints()
	for t, n := range c.TierPoints {
		points[t] = n
	}
	for _, id := range sortedKeys(c.Tiers) {
		switch t := c.Tiers[id]; t {
		case Must:
			p.Rules = append(p.Rules, parley.Require{IDs: []parley.PersonID{id}})
		case Never:
			p.Rules = append(p.Rules, parley.Forbid{IDs: []parley.PersonID{id}})
		default:
			p.Worth[id] = points[t]
		}
	}
	for id, n := range c.Worth {
		p.Worth[id] = n
	}
	return p
}

// Estimated is the position that we believe another party to have: mid-points
// of ranges, rounded down.
func (e Estimate) Estimated() Position { return e.position(Range.Middle, Range.Middle) }

// Worst is the position where every range turns out worst for the party: least
// worth, highest walk-away.
func (e Estimate) Worst() Position {
	return e.position(func(r Range) int64 { return r.Low }, func(r Range) int64 { return r.High })
}

// Best is the position where every range turns out best for the party.
func (e Estimate) Best() Position {
	return e.position(func(r Range) int64 { return r.High }, func(r Range) int64 { return r.Low })
}

func (e Estimate) position(worth, walkAway func(Range) int64) Position {
	p := Position{Party: e.Party, WalkAway: walkAway(e.WalkAway), Worth: map[parley.PersonID]int64{}, Tags: map[string]int64{}, Rules: e.Rules}
	for id, r := range e.Worth {
		p.Worth[id] = worth(r)
	}
	for tag, r := range e.Tags {
		p.Tags[tag] = worth(r)
	}
	return p
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
