package casefile

import (
	"context"
	"errors"
	"strings"

	"github.com/ncruces/go-sqlite3"
)

// statements are the few things that a store asks of its database. All find
// records by the index, also the scan that checks them: what it has passed,
// the others find too.
type statements struct {
	get, put, delete, scan, root, setRoot *sqlite3.Stmt
}

func (q *statements) prepare(conn *sqlite3.Conn) (err error) {
	for stmt, sql := range map[**sqlite3.Stmt]string{
		&q.get:     "SELECT value FROM record INDEXED BY place WHERE bucket = ? AND key = ?",
		&q.put:     "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT (bucket, key) DO UPDATE SET value = excluded.value",
		&q.delete:  "DELETE FROM record INDEXED BY place WHERE bucket = ? AND key = ?",
		&q.scan:    "SELECT bucket, key, value FROM record INDEXED BY place ORDER BY bucket, key",
		&q.root:    "SELECT value FROM root WHERE one = 1",
		&q.setRoot: "INSERT INTO root VALUES (1, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
	} {
		if *stmt, _, err = conn.Prepare(sql); err != nil {
			return err
		}
	}
	return nil
}

// each is a statement of its own for every walk through a bucket: one walk may
// lie within another.
const each = "SELECT key, value FROM record INDEXED BY place WHERE bucket = ? ORDER BY key"

func (q *statements) close() error {
	var errs []error
	for _, stmt := range []*sqlite3.Stmt{q.get, q.put, q.delete, q.scan, q.root, q.setRoot} {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(errs...)
}

func bind(stmt *sqlite3.Stmt, bucket, key string, rest ...[]byte) error {
	for i, a := range append([][]byte{[]byte(bucket), []byte(key)}, rest...) {
		if err := stmt.BindBlob(i+1, a); err != nil {
			return err
		}
	}
	return nil
}

// The root lies outside the records, sealed for a place that no record has.
const rootBucket, rootKey = "\x00root", ""

func (s *Store) saveRoot(r root) error {
	sealed, err := s.sealer.seal(rootBucket, rootKey, r.encode())
	if err != nil {
		return err
	}
	if err := s.prepare(); err != nil {
		return err
	}
	set := s.stmts.setRoot
	if err := set.BindBlob(1, sealed); err != nil {
		return err
	}
	return errors.Join(set.Exec(), set.Reset())
}

func (s *Store) loadRoot() (r root, err error) {
	if err := s.prepare(); err != nil {
		return r, s.fault(err)
	}
	get := s.stmts.root
	defer func() { _ = get.Reset() }()
	if !get.Step() {
		if err := get.Err(); err != nil {
			return r, s.fault(err)
		}
		return r, &Damaged{Where: dataName + ": its root is missing"}
	}
	b, ok := s.sealer.open(nil, rootBucket, rootKey, get.ColumnRawBlob(0))
	if !ok || !r.decode(b) {
		return r, &Damaged{Where: dataName + ": its root"}
	}
	return r, nil
}

func (s *Store) prepare() error {
	if s.stmts.get != nil {
		return nil
	}
	return s.stmts.prepare(s.conn)
}

// verify opens every value and compares the whole with its root.
func (s *Store) verify(ctx context.Context) (err error) {
	defer s.guard(&err)
	s.conn.SetInterrupt(ctx)
	defer s.conn.SetInterrupt(context.Background())
	want, err := s.loadRoot()
	if err != nil {
		return err
	}
	got, bad, err := s.scan()
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return s.fault(err)
	case len(bad) > 0:
		return &Damaged{Where: strings.Join(bad, ", ")}
	case got.count != want.count || got.sum != want.sum:
		return &Damaged{Where: dataName + ": records are missing, or older ones have come back"}
	}
	s.root = want
	return nil
}

// scan goes through all records and names those that don't open, up to a few.
func (s *Store) scan() (got root, bad []string, err error) {
	all := s.stmts.scan
	var buffer []byte
	for all.Step() {
		bucket, key := string(all.ColumnRawBlob(0)), string(all.ColumnRawBlob(1))
		sealed := all.ColumnRawBlob(2)
		value, ok := s.sealer.open(buffer[:0], bucket, key, sealed)
		if ok {
			buffer = value
			got.add(s.sealer.mark(bucket, key, sealed))
		} else if len(bad) < 10 {
			bad = append(bad, damagedRecord(bucket, key).(*Damaged).Where)
		}
	}
	clear(buffer)
	err = all.Err()
	if e := all.Reset(); err == nil {
		err = e
	}
	return got, bad, err
}
