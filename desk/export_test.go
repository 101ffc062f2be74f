package desk

import (
	"context"

	"parley"
	"parley/casefile"
)

// Say signs a move as it is: what a desk does that runs other software.
func (d *Desk) Say(ctx context.Context, m parley.Move) (parley.Ref, error) { return d.say(ctx, m) }

// Kept counts what the store still holds of a run, beside how it ended.
func (d *Desk) Kept(ctx context.Context, proposal parley.Ref) (n int, err error) {
	err = d.store.View(ctx, func(tx *casefile.Tx) error {
		for _, b := range []string{journalBucket, sentBucket} {
			if err := tx.Each(b+proposal.String(), func(string, []byte) error { n++; return nil }); err != nil {
				return err
			}
		}
		return nil
	})
	p, err2 := d.part(ctx, proposal)
	if p != nil && p.Identity != "" {
		n++
	}
	return n, first(err, err2)
}

// SealedSize is how long a message is once it is sealed.
func SealedSize(n int64) int64 { return sealedSize(n) }
