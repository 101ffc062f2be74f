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
	var err error
	if m.Terms != nil {
		err = checkSettleTerms(m.Terms)
	}
	if m.Seat != nil {
		if _, bad := age.ParseHybridRecipient(m.Seat.Key); bad != nil {
			err = first(err, fmt.Errorf("its key for messages is none"))
		}
		if m.Seat.Bound > maxBound {
			err = first(err, fmt.Errorf("its bound is above %d points", maxBound))
		}
	}
	if m.Message != nil && (m.Message.Size == 0 || m.Message.Size > maxBlob || m.Message.Number >= maxMessages) {
		err = first(err, fmt.Errorf("its message has an impossible number or size"))
	}
	return err
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
