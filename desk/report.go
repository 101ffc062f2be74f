package desk

import (
	"context"
	"slices"
	"strings"

	"parley"
	"parley/casefile"
	"parley/channel"
)

// Report is an act that did not come by the channel: by paper, by telephone, in
// a newspaper. It is reported by us, stays on this desk and binds nobody.
type Report struct {
	_        struct{}          `cbor:",toarray"`
	Number   uint64            `json:"number"`
	Kind     string            `json:"kind"` // one of ReportKinds
	By       string            `json:"by"`   // who said or did it
	Via      string            `json:"via"`  // how it came
	On       parley.Date       `json:"on"`
	Persons  []parley.PersonID `json:"persons"`
	Text     string            `json:"text"`
	Recorded int64             `json:"recorded"` // unix seconds
}

// ReportKinds lists what may be reported. A statement was made in public;
// a receipt says that persons have arrived.
func ReportKinds() []string {
	return []string{"offer", "accept", "decline", "withdraw", "request", "note", "statement", "receipt"}
}

const reportBucket = "reports"

// Report notes an act that came by another way. It works without a channel.
func (d *Desk) Report(ctx context.Context, r Report) (Report, error) {
	if !slices.Contains(ReportKinds(), r.Kind) {
		return r, wrong("a report is no %q but one of %s", r.Kind, strings.Join(ReportKinds(), ", "))
	}
	if strings.TrimSpace(r.Text) == "" {
		return r, wrong("the report is empty")
	}
	if err := first(text(r.Text), text(r.By), text(r.Via), ids(r.Persons...), date(r.On)); err != nil {
		return r, inputError{err}
	}
	r.Recorded = d.around.Now().Unix()
	err := d.update(ctx, func(tx *casefile.Tx) error {
		data, err := channel.Marshal(r)
		if err != nil {
			return err
		}
		r.Number, err = tx.Append(reportBucket, data)
		return err
	})
	return r, err
}

// Reports lists what was reported, oldest first.
func (d *Desk) Reports(ctx context.Context) (out []Report, err error) {
	err = d.store.View(ctx, func(tx *casefile.Tx) error {
		out, err = listed[Report](tx, reportBucket)
		return err
	})
	for i := range out {
		out[i].Number = uint64(i + 1)
	}
	return out, err
}
