package casefile

import (
	"context"
	"fmt"
)

// Step brings what is kept in a store from one version to the next. The first of
// a store's steps leads from version 1 to 2.
type Step struct {
	What string // for whoever is told that it failed
	Do   func(*Tx) error
}

// upgrade takes the steps that a store has not taken yet, in one change. A store
// that has taken more of them than are known here is left alone.
func (s *Store) upgrade(ctx context.Context, steps []Step) error {
	newest := uint64(len(steps)) + 1
	if s.root.version > newest {
		return fmt.Errorf("the store in %s is of version %d, and this program knows up to %d: %w", s.dir, s.root.version, newest, ErrNewer)
	}
	if s.root.version == newest {
		return nil
	}
	return s.update(ctx, func(tx *Tx) error {
		for i, step := range steps[s.root.version-1:] {
			if err := step.Do(tx); err != nil {
				return fmt.Errorf("bringing the store in %s from version %d to %d (%s): %w", s.dir, int(s.root.version)+i, int(s.root.version)+i+1, step.What, err)
			}
		}
		tx.root.version = newest
		return nil
	})
}
