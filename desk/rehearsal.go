package desk

import (
	"context"

	"parley/casefile"
)

// Rehearsal is this desk as it is now, to try something on: every check is made,
// of the brief, the mandate and the table, and what passes is neither signed nor
// kept. It is thrown away after one trial.
func (d *Desk) Rehearsal() *Desk {
	r := *d
	r.rehearsing = true
	return &r
}

// Rehearsing tells whether this is a rehearsal.
func (d *Desk) Rehearsing() bool { return d.rehearsing }

// update changes the store, unless this is a rehearsal.
func (d *Desk) update(ctx context.Context, do func(*casefile.Tx) error) error {
	if d.rehearsing {
		return ctx.Err()
	}
	return d.store.Update(ctx, do)
}
