package frontier

import (
	"bytes"
	"encoding/json"
	"strconv"

	"parley"
)

// Answer is what weighing found. Its JSON is that of `parley weigh`.
type Answer struct {
	Case      string                             `json:"case"`
	Parties   []parley.PartyID                   `json:"parties"` // that have spoken, in file order
	Criterion Criterion                          `json:"criterion"`
	Estimated []parley.PartyID                   `json:"estimated"` // those of Parties known by an estimate only
	WaitsFor  map[parley.PartyID]parley.Exchange `json:"waits_for"` // parties that have not spoken, and all in trade that they hold

	Agreeable bool             `json:"agreeable"`          // an agreeable exchange was found
	Proved    bool             `json:"proved"`             // false only where the context ended the search
	Tied      bool             `json:"tied"`               // the last tie-breaks stayed open; never up to Decided in trade
	LeftOut   []parley.PartyID `json:"left_out,omitempty"` // can gain nothing: no part in nash and ks
	Best      *Point           `json:"best"`               // nil: nothing agreeable was found
	Frontier  *Frontier        `json:"frontier,omitempty"`
	Offer     *Judgement       `json:"offer,omitempty"`
	Why       []string         `json:"why,omitempty"`     // nothing is agreeable: what can't all hold
	Bound     *Bound           `json:"bound,omitempty"`   // not proved: what is still possible
	Balance   *Balance         `json:"balance,omitempty"` // of Best, where the case has a scale
	Counter   []Change         `json:"counter,omitempty"`
	End       *CounterEnd      `json:"counter_end,omitempty"` // where answers were asked for: why there are no more of them

	Seconds float64 `json:"seconds"` // the caller's to fill: this package keeps no time
}

// Point is an exchange with what it gains the parties that have spoken.
type Point struct {
	Release parley.Exchange `json:"release,omitempty"`
	Named   []parley.Naming `json:"-"` // who fills the blanks of Release that have candidates
	Gains   Gains           `json:"gains"`
}

// MarshalJSON writes the blanks that are filled as an object, where there are
// any.
func (p Point) MarshalJSON() ([]byte, error) {
	type plain Point
	return json.Marshal(struct {
		plain
		Named map[parley.PersonID]parley.PersonID `json:"named,omitempty"`
	}{plain(p), fillings(p.Named)})
}

// fillings are namings by blank; nil for none.
func fillings(named []parley.Naming) map[parley.PersonID]parley.PersonID {
	var out map[parley.PersonID]parley.PersonID
	for _, n := range named {
		if out == nil {
			out = map[parley.PersonID]parley.PersonID{}
		}
		out[n.Blank] = n.Person
	}
	return out
}

// Frontier is the points that no agreeable exchange beats, ascending by the
// gain of the first party, then of the second, and so on; one exchange for each.
type Frontier struct {
	Complete bool    `json:"complete"`       // false where the context ended the search, or all points would take too long
	Band     int64   `json:"band,omitempty"` // not complete, two parties: by how much at most an exchange that is not listed gains the second party more than a listed one that gains the first as much
	Points   []Point `json:"points"`         // Release is nil in all if there are more than ReleasesShown and they were not asked for
}

// ReleasesShown is how many points a frontier can have and still tell the
// exchange of each without being asked to.
const ReleasesShown = 1000

// Judgement is what weighing says of one offer, all its entries together.
type Judgement struct {
	Gains       Gains    `json:"gains"`
	Agreeable   bool     `json:"agreeable"`
	DominatedBy []Point  `json:"dominated_by"`      // the first few by the criterion of those on the frontier that beat it
	Why         []string `json:"why"`               // all that stands against it or is still open
	Changes     []Change `json:"changes,omitempty"` // where asked for: the smallest that make it agreeable
	Balance     *Balance `json:"balance,omitempty"` // where the case has a scale
}

// DominatorsShown is how many exchanges that beat an offer are listed.
const DominatorsShown = 10

// Bound is what a stopped search left possible: no agreeable exchange has a
// greater value of the criterion. The value is exact, an integer or a fraction
// in lowest terms: the product for nash, the smallest ratio for ks, the smallest
// gain for maximin, the sum for total, the heads for home.
type Bound struct {
	Value string `json:"value"`
}

// Gains is one gain for each party that has spoken, in file order. In JSON it is
// an object.
type Gains []Gain

// Gain is what one party gains.
type Gain struct {
	Party  parley.PartyID
	Points int64
}

// Of is what the party gains; false if it has not spoken.
func (g Gains) Of(party parley.PartyID) (int64, bool) {
	for _, x := range g {
		if x.Party == party {
			return x.Points, true
		}
	}
	return 0, false
}

// MarshalJSON writes an object, parties in file order.
func (g Gains) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, x := range g {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(x.Party)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(strconv.AppendInt(nil, x.Points, 10))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
