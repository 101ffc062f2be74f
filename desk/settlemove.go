package desk

import (
	"fmt"
	"slices"

	"filippo.io/age"

	"parley"
	"parley/accord"
)

// Bounds of what a step of a settlement may say.
const (
	maxBound    = 1 << 40   // points
	maxBlob     = 256 << 20 // bytes that a carrier takes for one message
	maxMessages = 16        // of a run
)

// checkSettle holds a step of a settlement to its form.
func checkSettle(m *parley.Settle) error {
	if !m.Sound() {
		return fmt.Errorf("it is no step of a settlement")
	}
	for i := range m.Terms {
		if err := checkSettleTerms(&m.Terms[i]); err != nil {
			return err
		}
	}
	for _, seat := range m.Seat {
		if _, err := age.ParseHybridRecipient(seat.Key); err != nil {
			return fmt.Errorf("its key for messages is none")
		}
		if seat.Bound > maxBound {
			return fmt.Errorf("its bound is above %d points", int64(maxBound))
		}
	}
	for _, n := range m.Message {
		if n.Size == 0 || n.Size > maxBlob || n.Number >= maxMessages {
			return fmt.Errorf("its message has an impossible number or size")
		}
	}
	return nil
}

func checkSettleTerms(t *parley.SettleTerms) error {
	if err := first(ids(parley.PersonID(t.With)), ids(t.Asked...)); err != nil {
		return err
	}
	switch accord.Question(t.Question) {
	case accord.Ask:
		if len(t.Asked) == 0 || !slices.Equal(t.Asked, parley.NewExchange(t.Asked...)) || t.Criterion != "" || t.Resolution != 0 || t.Signs {
			return fmt.Errorf("a blind yes names an exchange, ids in order, and no criterion or numbers")
		}
	case accord.Settle:
		if len(t.Asked) != 0 || t.Resolution == 0 || t.Resolution > accord.MaxResolution || t.Criterion != string(accord.Nash) && t.Criterion != string(accord.Maximin) {
			return fmt.Errorf("a settlement names a criterion, a resolution of at most %d, and no exchange", accord.MaxResolution)
		}
	default:
		return fmt.Errorf("it asks neither to settle nor for a blind yes")
	}
	return nil
}
