package desk

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"parley/casefile"
	"parley/channel"
	"parley/names"
)

// Two lists lie on the desk at a time, with what was found when they were
// compared and what was decided about their pairs. They stay on this desk, in the
// encrypted store. Decisions are kept by the digests of the files: lists that are
// brought back find theirs again.

const matchBucket = "list-match"

// Compared are two lists that were compared, before they are kept.
type Compared struct {
	NameA, NameB string // of the files
	A, B         *names.List
	Found        *names.Matching

	fileA, fileB []byte
}

// Reviewed are the two lists on the desk, and what was decided.
type Reviewed struct {
	Compared
	Decisions *names.Decisions
}

// matchKept is how the files are called; they, and what was found, in JSON,
// stand beside it.
type matchKept struct {
	_            struct{} `cbor:",toarray"`
	NameA, NameB string
}

// CompareLists reads two lists and compares them. It needs no desk: 15,000 rows
// each take seconds.
func CompareLists(ctx context.Context, nameA string, fileA []byte, nameB string, fileB []byte) (*Compared, error) {
	c := &Compared{NameA: nameA, NameB: nameB, fileA: fileA, fileB: fileB}
	err := c.read()
	if err != nil {
		return nil, inputError{err}
	}
	c.Found, err = names.New().Match(ctx, c.A.Records, c.B.Records, nil)
	return c, err
}

func (c *Compared) read() (err error) {
	if c.A, err = casefile.ParseList(c.fileA); err != nil {
		return fmt.Errorf("the first list: %w", err)
	}
	if c.B, err = casefile.ParseList(c.fileB); err != nil {
		return fmt.Errorf("the second list: %w", err)
	}
	return nil
}

// KeepCompared puts two lists on the desk in the place of those that lie there.
func (d *Desk) KeepCompared(ctx context.Context, c *Compared) error {
	if err := first(word(c.NameA), word(c.NameB)); err != nil {
		return inputError{err}
	}
	found, err := json.Marshal(c.Found)
	if err != nil {
		return err
	}
	kept, err := channel.Marshal(matchKept{NameA: c.NameA, NameB: c.NameB})
	if err != nil {
		return err
	}
	d.lists = nil
	return d.update(ctx, func(tx *casefile.Tx) error {
		for key, value := range map[string][]byte{"a": c.fileA, "b": c.fileB, "found": found, "names": kept} {
			if err := tx.Put(matchBucket, key, value); err != nil {
				return err
			}
		}
		return nil
	})
}

// Reviewed gives the two lists on the desk; nil where there are none.
func (d *Desk) Reviewed(ctx context.Context) (*Reviewed, error) {
	if d.lists != nil {
		return d.lists, nil
	}
	var r Reviewed
	ok := false
	err := d.store.View(ctx, func(tx *casefile.Tx) (err error) {
		ok, err = r.load(tx)
		return err
	})
	if err != nil || !ok {
		return nil, err
	}
	d.lists = &r
	return &r, nil
}

func (r *Reviewed) load(tx *casefile.Tx) (bool, error) {
	data, ok, err := tx.Get(matchBucket, "names")
	if err != nil || !ok {
		return false, err
	}
	var kept matchKept
	if err := channel.Unmarshal(data, &kept); err != nil {
		return false, err
	}
	if r.fileA, _, err = tx.Get(matchBucket, "a"); err != nil {
		return false, err
	}
	if r.fileB, _, err = tx.Get(matchBucket, "b"); err != nil {
		return false, err
	}
	if err := r.read(); err != nil {
		return false, err
	}
	r.NameA, r.NameB = kept.NameA, kept.NameB
	found, _, err := tx.Get(matchBucket, "found")
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(found, &r.Found); err != nil {
		return false, err
	}
	all, err := listed[names.Statement](tx, r.bucket())
	r.Decisions = names.NewDecisions(all)
	return true, err
}

// bucket is where the decisions about these two lists stand.
func (r *Reviewed) bucket() string {
	h := sha256.New()
	for _, file := range [][]byte{r.fileA, r.fileB} {
		d := sha256.Sum256(file)
		h.Write(d[:])
	}
	return fmt.Sprintf("%s/%x", matchBucket, h.Sum(nil)[:16])
}

// DecideMatch adds a statement to the review of the two lists on the desk: that
// two rows are one person, are two, or are left open, or that an earlier
// statement counts no longer.
func (d *Desk) DecideMatch(ctx context.Context, s names.Statement) error {
	r, err := d.Reviewed(ctx)
	if err != nil {
		return err
	}
	if r == nil {
		return fmt.Errorf("%w: there are no two lists on this desk", ErrNotFound)
	}
	s.At = d.around.Now().Unix()
	if err := first(word(s.By), cell(s.A), cell(s.B)); err != nil {
		return inputError{err}
	}
	for _, why := range s.Reasons {
		if err := text(why); err != nil {
			return inputError{err}
		}
	}
	if err := r.Decisions.Check(s, r.areCopies); err != nil {
		return inputError{err}
	}
	all := append(slices.Clone(r.Decisions.Statements), s)
	if err := names.CheckDecisions(all); err != nil {
		return inputError{err}
	}
	data, err := channel.Marshal(s)
	if err != nil {
		return err
	}
	if err := d.update(ctx, func(tx *casefile.Tx) error {
		_, err := tx.Append(r.bucket(), data)
		return err
	}); err != nil {
		return err
	}
	if !d.rehearsing {
		r.Decisions = names.NewDecisions(all)
	}
	return nil
}

// areCopies tells whether two rows of one list are proposed as one person.
func (r *Reviewed) areCopies(x, y string) bool {
	for _, groups := range [][][]string{r.Found.DuplicatesA, r.Found.DuplicatesB} {
		for _, g := range groups {
			if slices.Contains(g, x) && slices.Contains(g, y) {
				return true
			}
		}
	}
	return false
}
