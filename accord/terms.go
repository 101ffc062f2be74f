package accord

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"parley"
)

// Mode says against whom a run holds.
type Mode string

// The modes.
const (
	// SemiHonest is two desks alone: it holds against who reads along, not
	// against who runs other software. For exercise, or trusted software on both
	// sides.
	SemiHonest Mode = "semi-honest"
	// Mediated has a neutral evaluate what both garble: it holds against any one
	// of the three, not against the neutral together with one party.
	Mediated Mode = "mediated"
)

// Criterion says which agreeable exchange is the answer.
type Criterion string

// The criteria.
const (
	Nash    Criterion = "nash"    // the largest product of gains
	Maximin Criterion = "maximin" // the largest smallest gain: only on an agreed scale
)

// Question says what is asked.
type Question string

// The questions.
const (
	Settle Question = "settle" // which exchange is best
	Ask    Question = "ask"    // do both say yes to one named exchange: the blind yes
)

// Limits of terms.
const (
	MaxResolution = 255
	MaxTraded     = 1024    // persons and groups in trade
	MaxStream     = 1 << 30 // bytes of ciphertexts in one run
)

// Terms are what both sides agree on in public before a run. Every length and
// every step of the run follows from them and from the case.
type Terms struct {
	Form       string            `json:"parley"` // "accord/1"
	Question   Question          `json:"question"`
	Case       string            `json:"case"`
	Version    parley.Digest     `json:"version"` // of the case
	Parties    [2]parley.PartyID `json:"parties"`
	Neutral    string            `json:"neutral,omitempty"` // who mediates, in mediated mode
	Mode       Mode              `json:"mode"`
	Criterion  Criterion         `json:"criterion,omitempty"`
	Resolution int               `json:"resolution,omitempty"` // steps that one release may be worth, at most
	Step       int64             `json:"step,omitempty"`       // points to a step
	Signs      bool              `json:"signs,omitempty"`      // private signs: whom a release serves is not known
	Asked      parley.Exchange   `json:"asked,omitempty"`
	Nonce      [32]byte          `json:"nonce"` // random: a run is made once
}

// Form is the version of the protocol.
const Form = "accord/1"

// RunID names a run: the digest of its terms.
type RunID [32]byte

// ID is SHA-256 over the label "parley/v1/accord/terms", a zero byte, and the
// terms as JSON.
func (t *Terms) ID() RunID {
	text, err := json.Marshal(t)
	if err != nil {
		panic("accord: terms that can't be written: " + err.Error())
	}
	return sha256.Sum256(append([]byte("parley/v1/accord/terms\x00"), text...))
}

// ParseTerms reads terms as they are written, and nothing that is written
// otherwise.
func ParseTerms(text []byte) (*Terms, error) {
	if len(text) > 1<<20 {
		return nil, fmt.Errorf("terms of %d bytes are too long", len(text))
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	t := new(Terms)
	if err := d.Decode(t); err != nil {
		return nil, fmt.Errorf("terms: %w", err)
	}
	again, err := json.Marshal(t)
	if err != nil || !bytes.Equal(again, text) {
		return nil, fmt.Errorf("terms: not written as terms are")
	}
	return t, t.check()
}

// check reports what is wrong with terms, whatever the case.
func (t *Terms) check() error {
	switch {
	case t.Form != Form:
		return fmt.Errorf("terms: %q is not %q", t.Form, Form)
	case t.Parties[0] == t.Parties[1] || t.Parties[0] == "" || t.Parties[1] == "":
		return fmt.Errorf("terms: a settlement is between two parties")
	case t.Mode != SemiHonest && t.Mode != Mediated:
		return fmt.Errorf("terms: no mode %q: it is semi-honest or mediated", t.Mode)
	case (t.Mode == Mediated) != (t.Neutral != ""):
		return fmt.Errorf("terms: mediated mode names a neutral, and no other mode does")
	case t.Neutral == string(t.Parties[0]) || t.Neutral == string(t.Parties[1]):
		return fmt.Errorf("terms: the neutral can't be a party")
	}
	switch t.Question {
	case Ask:
		return t.checkAsk()
	case Settle:
		return t.checkSettle()
	}
	return fmt.Errorf("terms: no question %q: it is settle or ask", t.Question)
}

func (t *Terms) checkAsk() error {
	if len(t.Asked) == 0 || !slices.Equal(t.Asked, parley.NewExchange(t.Asked...)) {
		return fmt.Errorf("terms: to ask names an exchange, ids in order, each once")
	}
	if t.Criterion != "" || t.Resolution != 0 || t.Step != 0 || t.Signs {
		return fmt.Errorf("terms: to ask has no criterion and no numbers")
	}
	return nil
}

func (t *Terms) checkSettle() error {
	switch {
	case len(t.Asked) != 0:
		return fmt.Errorf("terms: to settle names no exchange")
	case t.Criterion != Nash && t.Criterion != Maximin:
		return fmt.Errorf("terms: no criterion %q: it is nash or maximin", t.Criterion)
	case t.Resolution < 1 || t.Resolution > MaxResolution:
		return fmt.Errorf("terms: the resolution is from 1 to %d", MaxResolution)
	case t.Step < 1 || t.Step > maxPoints:
		return fmt.Errorf("terms: the step is from 1 on")
	}
	return nil
}
