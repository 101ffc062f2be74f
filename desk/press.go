package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"parley"
	"parley/casefile"
	"parley/press"
)

// The public record stays on this desk: the statements of its register in one
// bucket, the texts of dispatches in another, under their digests.
const (
	pressBucket = "press"
	textBucket  = "press/texts"
)

// maxDispatch bounds a dispatch that is kept, in bytes.
const maxDispatch = 1 << 20

// EnterDispatch keeps a dispatch and reads it against the desk's case. What is
// read stands in the register as proposals. The text stays here.
func (d *Desk) EnterDispatch(ctx context.Context, data []byte, on parley.Date, e press.Entered, by string) (uint64, error) {
	if len(data) > maxDispatch {
		return 0, wrong("a dispatch has at most %d bytes", maxDispatch)
	}
	if !press.Quotable(data) {
		return 0, wrong("the dispatch is no text in UTF-8")
	}
	c, err := d.Case(ctx)
	if err != nil && !errors.Is(err, ErrNoCase) {
		return 0, err
	}
	read := press.NewReader(c).Read(data, on).Enter()
	read.Title, read.Outlet, read.Wire = e.Title, e.Outlet, e.Wire
	sum := sha256.Sum256(data)
	read.Digest = hex.EncodeToString(sum[:])
	return d.keepPress(ctx, press.Statement{Act: press.Enter, Entered: read, By: by}, func(tx *casefile.Tx) error {
		return tx.Put(textBucket, read.Digest, data)
	})
}

// Press adds a statement to the register of the public record and gives its
// number.
func (d *Desk) Press(ctx context.Context, s press.Statement) (uint64, error) {
	if s.Act == press.Enter {
		return 0, wrong("a dispatch is entered with its text")
	}
	return d.keepPress(ctx, s, func(*casefile.Tx) error { return nil })
}

func (d *Desk) keepPress(ctx context.Context, s press.Statement, also func(*casefile.Tx) error) (number uint64, err error) {
	if err := checkPress(&s); err != nil {
		return 0, inputError{err}
	}
	s.At = d.around.Now().Unix()
	err = d.update(ctx, func(tx *casefile.Tx) error {
		before, err := pressStatements(tx)
		if err != nil {
			return err
		}
		if err := press.Check(before, s); err != nil {
			return inputError{err}
		}
		if err := also(tx); err != nil {
			return err
		}
		data, err := json.Marshal(s)
		if err != nil {
			return err
		}
		number, err = tx.Append(pressBucket, data)
		return err
	})
	return number, err
}

// checkPress bounds the texts that a person typed.
func checkPress(s *press.Statement) error {
	texts := append([]string{s.A, s.B, s.Field, s.Value, s.By}, s.Reasons...)
	if e := s.Entered; e != nil {
		texts = append(texts, e.Title, e.Outlet, e.Wire)
	}
	if n := s.Noted; n != nil {
		texts = append(texts, n.Speaker, n.Source, n.Side, n.Setting, n.Content)
	}
	for _, t := range texts {
		if err := text(t); err != nil {
			return err
		}
	}
	return nil
}

// PressStatements lists what the register is folded from, oldest first.
func (d *Desk) PressStatements(ctx context.Context) (all []press.Statement, err error) {
	err = d.store.View(ctx, func(tx *casefile.Tx) error {
		all, err = pressStatements(tx)
		return err
	})
	return all, err
}

func pressStatements(tx *casefile.Tx) ([]press.Statement, error) {
	var all []press.Statement
	err := tx.Each(pressBucket, func(_ string, data []byte) error {
		var s press.Statement
		if err := json.Unmarshal(data, &s); err != nil {
			return fmt.Errorf("a statement of the public record can't be read")
		}
		all = append(all, s)
		return nil
	})
	return all, err
}

// PressRegister is what the statements come to.
func (d *Desk) PressRegister(ctx context.Context) (*press.Register, error) {
	all, err := d.PressStatements(ctx)
	if err != nil {
		return nil, err
	}
	return press.NewRegister(all), nil
}

// DispatchText is the text of a dispatch, for this desk's own eyes.
func (d *Desk) DispatchText(ctx context.Context, digest string) (data []byte, err error) {
	err = d.store.View(ctx, func(tx *casefile.Tx) error {
		found := false
		if data, found, err = tx.Get(textBucket, digest); err == nil && !found {
			err = fmt.Errorf("%w: no text of a dispatch %.8s", ErrNotFound, digest)
		}
		return err
	})
	return data, err
}
