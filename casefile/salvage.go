package casefile

import (
	"context"
	"errors"
	"fmt"
)

// Salvage reads what can still be read of a store that may be damaged, and
// gives each record that is as it was written to take. It names the others, and
// says how many records are missing altogether. Nothing is changed.
//
// What is read may be less than what was acknowledged, so a desk may read it and
// must not go on signing from it.
func Salvage(ctx context.Context, dir string, passphrase []byte, take func(bucket, key string, value []byte)) (lost []string, err error) {
	l, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	s, err := openUnread(dir, passphrase)
	if err != nil {
		return nil, errors.Join(err, l.release())
	}
	defer func() { err = errors.Join(err, s.closeData(), l.release()) }()
	if err := s.prepare(); err != nil {
		return nil, s.fault(err)
	}
	r := &rescue{s: s, seen: map[[2]string]bool{}, bad: map[[2]string]bool{}, take: take}
	// Each way finds what another may have lost: the index from both of its
	// ends, then the table row by row.
	for _, sql := range []string{
		"SELECT bucket, key, NULL FROM record INDEXED BY place ORDER BY bucket, key",
		"SELECT bucket, key, NULL FROM record INDEXED BY place ORDER BY bucket DESC, key DESC",
		"SELECT bucket, key, value FROM record NOT INDEXED ORDER BY rowid",
		"SELECT bucket, key, value FROM record NOT INDEXED ORDER BY rowid DESC",
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.walk(sql)
	}
	return r.lost(), nil
}

// rescue is a reading of what is left.
type rescue struct {
	s    *Store
	seen map[[2]string]bool // taken
	bad  map[[2]string]bool // named, and not readable so far
	take func(bucket, key string, value []byte)
}

// walk goes through the records one way, as far as that leads.
func (r *rescue) walk(sql string) {
	var stopped error
	defer r.s.guard(&stopped)
	rows, _, err := r.s.conn.Prepare(sql)
	if err != nil {
		return
	}
	defer rows.Close()
	for rows.Step() {
		at := [2]string{string(rows.ColumnRawBlob(0)), string(rows.ColumnRawBlob(1))}
		if !r.seen[at] {
			r.record(at, rows.ColumnBlob(2, nil))
		}
	}
}

// record takes one record, which the index finds where it has not come along.
func (r *rescue) record(at [2]string, sealed []byte) {
	if len(sealed) == 0 {
		tx := &Tx{s: r.s, ctx: context.Background()}
		sealed, _ = tx.sealed(at[0], at[1])
	}
	value, ok := r.s.sealer.open([]byte{}, at[0], at[1], sealed)
	if !ok {
		r.bad[at] = true
		return
	}
	delete(r.bad, at)
	r.seen[at] = true
	if at[0] != countersBucket {
		r.take(at[0], at[1], value)
	}
}

// lost names what was not read, as far as its names can be, and counts the rest.
func (r *rescue) lost() (lost []string) {
	for at := range r.bad {
		lost = append(lost, damagedRecord(at[0], at[1]).(*Damaged).Where)
	}
	want, err := r.s.loadRoot()
	switch missing := int64(want.count) - int64(len(r.seen)+len(r.bad)); {
	case err != nil:
		lost = append(lost, "how many records there were")
	case missing > 0:
		lost = append(lost, fmt.Sprintf("%d records whose names can't be read either", missing))
	}
	return lost
}
