package desk

import (
	"context"

	"parley/casefile"
	"parley/channel"
	"parley/names"
)

const registryBucket = "registry"

// State adds a statement to the desk's registry of persons and gives its
// number. It stays on this desk.
func (d *Desk) State(ctx context.Context, s names.Statement) (uint64, error) {
	if err := first(text(s.A), text(s.B), text(s.Field), text(s.Value), text(s.By)); err != nil {
		return 0, inputError{err}
	}
	for _, r := range s.Reasons {
		if err := text(r); err != nil {
			return 0, inputError{err}
		}
	}
	s.At = d.around.Now().Unix()
	var number uint64
	err := d.update(ctx, func(tx *casefile.Tx) error {
		before, err := listed[names.Statement](tx, registryBucket)
		if err != nil {
			return err
		}
		if err := names.Check(before, s); err != nil {
			return inputError{err}
		}
		data, err := channel.Marshal(s)
		if err != nil {
			return err
		}
		number, err = tx.Append(registryBucket, data)
		return err
	})
	return number, err
}

// Statements lists what the registry is folded from, oldest first.
func (d *Desk) Statements(ctx context.Context) (all []names.Statement, err error) {
	err = d.store.View(ctx, func(tx *casefile.Tx) error {
		all, err = listed[names.Statement](tx, registryBucket)
		return err
	})
	return all, err
}
