package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley"
	"parley/casefile"
	"parley/frontier"
)

// briefFits refuses a version of the case against which the brief in the store
// can't be read: its red lines would be silent.
func (d *Desk) briefFits(ctx context.Context, c *parley.Case) error {
	var file []byte
	ok, err := d.recall(ctx, "brief", &file)
	if err != nil || !ok {
		return err
	}
	if _, err := casefile.ParseBrief("the brief in the store", file, c); err != nil {
		return fmt.Errorf("the brief does not fit this version of the case; keep one that does first: %w", err)
	}
	return nil
}

// withinBrief refuses an act that crosses a red line or the walk-away of the
// brief in the store. A desk that carries no brief checks nothing.
func (d *Desk) withinBrief(ctx context.Context, act parley.Kind, c *parley.Case, o *parley.Offer) error {
	b, ok, err := d.Brief(ctx)
	if err != nil || !ok {
		return err
	}
	if content := b.Content(); content.Case != c.ID {
		return fmt.Errorf("the brief in the store is for case %q and the channel's is %q", content.Case, c.ID)
	}
	if reasons := frontier.RedLines(c, b.Position(), o.Entries()); reasons != nil {
		return &Refusal{act, conceal(reasons)}
	}
	return nil
}

// conceal keeps what the brief says out of an error, which may be logged: weighing
// tells its owner which line it is.
func conceal(reasons []string) []string {
	out := []string{}
	for _, r := range reasons {
		line := "it crosses a red line of the brief (parley weigh --offer tells which)"
		if strings.HasSuffix(r, "below the walk-away") {
			line = "it is below the walk-away of the brief"
		}
		if !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}
