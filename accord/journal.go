package accord

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Journal keeps the records of one run at one desk: privately, in order, and
// durably before Keep returns. It holds what the desk puts into the run.
type Journal interface {
	Keep(record []byte) error
	Kept() ([][]byte, error)
}

// record is one line of a journal.
type record struct {
	Kind   string `json:"kind"`
	Run    []byte `json:"run,omitempty"`
	Role   int    `json:"role,omitempty"`
	Number int    `json:"number,omitempty"` // of a message
	Sum    []byte `json:"sum,omitempty"`    // of a message
	Data   []byte `json:"data,omitempty"`   // what of it has to be known later
	Inputs []byte `json:"inputs,omitempty"`
}

// The kinds of record.
const (
	kindStart    = "start"
	kindReceived = "received"
	kindSending  = "sending" // kept before a single byte is sent
	kindSent     = "sent"
	kindDead     = "destroyed"
)

// ErrDestroyed marks a run that is over without a result. It is never taken up
// again: its labels must not serve twice.
var ErrDestroyed = errors.New("the run is destroyed")

// ErrRepeated tells that a message had come before, and was the same, byte for
// byte: what was sent in answer to it may be sent again.
var ErrRepeated = errors.New("the message has come before")

// ErrEarly tells that a message is not due yet: it is to be read again later.
var ErrEarly = errors.New("the message is not due yet")

// ErrRestored marks a journal that doesn't hold what it held: a desk put back to
// an earlier state.
var ErrRestored = errors.New("the journal is not of this run")

func (r *Run) keep(e record) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := r.journal.Keep(text); err != nil {
		return fmt.Errorf("journal of the run: %w", err)
	}
	return nil
}

// begin draws the secret of a new run, or takes up the one of the journal.
func (r *Run) begin(random io.Reader) error {
	r.skip()
	kept, err := r.journal.Kept()
	if err != nil {
		return fmt.Errorf("journal of the run: %w", err)
	}
	inputs, err := json.Marshal(r.in.values())
	if err != nil {
		return err
	}
	if len(kept) == 0 {
		if _, err := io.ReadFull(random, r.secret[:]); err != nil {
			return err
		}
		return r.keep(record{Kind: kindStart, Run: r.plan.id[:], Role: r.role, Data: r.secret[:], Inputs: inputs})
	}
	for i, text := range kept {
		var e record
		if err := json.Unmarshal(text, &e); err != nil {
			return fmt.Errorf("journal of the run: record %d can't be read", i)
		}
		if err := r.replay(i, e, inputs); err != nil {
			return fmt.Errorf("journal of the run: record %d: %w", i, err)
		}
	}
	return nil
}

// replay takes up one record.
func (r *Run) replay(i int, e record, inputs []byte) error {
	if (i == 0) != (e.Kind == kindStart) {
		return ErrRestored
	}
	switch e.Kind {
	case kindStart:
		if !bytes.Equal(e.Run, r.plan.id[:]) || e.Role != r.role || !bytes.Equal(e.Inputs, inputs) || len(e.Data) != len(r.secret) {
			return ErrRestored
		}
		copy(r.secret[:], e.Data)
		return nil
	case kindDead:
		r.dead = ErrDestroyed
		return nil
	}
	if e.Number != r.at || r.at >= len(r.script) || len(e.Sum) > 0 && len(e.Sum) != sumSize {
		return ErrRestored
	}
	switch e.Kind {
	case kindSending:
		r.prepared, r.ready = e.Data, true
	case kindSent:
		r.advance([sumSize]byte(e.Sum), r.prepared)
	case kindReceived:
		if err := r.script[r.at].absorb(r, e.Data); err != nil {
			return err
		}
		r.advance([sumSize]byte(e.Sum), nil)
	default:
		return ErrRestored
	}
	return nil
}

// destroy ends the run for good and gives the reason back.
func (r *Run) destroy(reason error) error {
	if r.dead != nil {
		return r.dead
	}
	r.dead = fmt.Errorf("%w: %w", ErrDestroyed, reason)
	if err := r.keep(record{Kind: kindDead, Number: r.at}); err != nil {
		return errors.Join(r.dead, err)
	}
	return r.dead
}
