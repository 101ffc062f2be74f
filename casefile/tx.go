package casefile

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/ncruces/go-sqlite3"
)

// Bounds of what a store takes.
const (
	MaxKey   = 1024      // bytes of a bucket's or a key's name
	MaxValue = 256 << 20 // bytes of a value
)

// Tx is one look at a store, or one change of it. It ends with the function
// that it was given to.
type Tx struct {
	s      *Store
	ctx    context.Context
	writes bool
	root   root  // of the store with the change
	failed error // of the database; what follows can't be kept
}

// countersBucket holds the last number of each bucket that is appended to. Its
// name is none that a caller may use.
const countersBucket = ""

// Get gives the value under a key. The value is the caller's.
func (tx *Tx) Get(bucket, key string) (value []byte, found bool, err error) {
	if err := tx.check(bucket, key); err != nil {
		return nil, false, err
	}
	return tx.get(bucket, key)
}

// Put sets the value under a key.
func (tx *Tx) Put(bucket, key string, value []byte) error {
	if err := tx.checkWrite(bucket, key, len(value)); err != nil {
		return err
	}
	return tx.put(bucket, key, value)
}

// Delete takes a key away. That it isn't there is no error.
func (tx *Tx) Delete(bucket, key string) error {
	if err := tx.checkWrite(bucket, key, 0); err != nil {
		return err
	}
	if err := tx.forget(bucket, key); err != nil {
		return err
	}
	return tx.run(tx.s.stmts.delete, bucket, key)
}

// Append puts a value behind all that were ever appended to the bucket. Its
// key is its number in 20 digits; the first is 1, and none is used again.
func (tx *Tx) Append(bucket string, value []byte) (number uint64, err error) {
	if err := tx.checkWrite(bucket, "number", len(value)); err != nil {
		return 0, err
	}
	last, _, err := tx.get(countersBucket, bucket)
	if err != nil {
		return 0, err
	}
	if len(last) == 8 {
		number = binary.BigEndian.Uint64(last)
	}
	number++
	key := NumberKey(number)
	if _, taken, err := tx.get(bucket, key); err != nil {
		return 0, err
	} else if taken {
		return 0, fmt.Errorf("appending to %s: the key %s is taken", bucket, key)
	}
	if err := tx.put(countersBucket, bucket, binary.BigEndian.AppendUint64(nil, number)); err != nil {
		return 0, err
	}
	return number, tx.put(bucket, key, value)
}

// NumberKey is the key under which Append keeps a number.
func NumberKey(number uint64) string { return fmt.Sprintf("%020d", number) }

// Each goes through a bucket, keys ascending. The value is do's to keep. do may
// change the bucket: what it puts behind the present key is met, what it takes
// away there is not.
func (tx *Tx) Each(bucket string, do func(key string, value []byte) error) error {
	if err := tx.check(bucket, "key"); err != nil {
		return err
	}
	rows, _, err := tx.s.conn.Prepare(each)
	if err != nil {
		return tx.fail(err)
	}
	defer rows.Close()
	if err := rows.BindBlob(1, []byte(bucket)); err != nil {
		return tx.fail(err)
	}
	for rows.Step() {
		key := string(rows.ColumnRawBlob(0))
		value, ok := tx.s.sealer.open([]byte{}, bucket, key, rows.ColumnRawBlob(1))
		if !ok {
			return tx.fail(damagedRecord(bucket, key))
		}
		if err := do(key, value); err != nil {
			return err
		}
		if err := tx.check(bucket, "key"); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return tx.fail(err)
	}
	return nil
}

var (
	errEnded    = errors.New("this look at the store has ended")
	errReadOnly = errors.New("a view can't change the store")
)

func (tx *Tx) end() { tx.s = nil }

func (tx *Tx) check(bucket, key string) error {
	switch {
	case tx.s == nil:
		return errEnded
	case tx.failed != nil:
		return tx.failed
	case bucket == "" || key == "":
		return errors.New("a bucket or key without a name")
	case len(bucket) > MaxKey || len(key) > MaxKey:
		return fmt.Errorf("a name longer than %d bytes", MaxKey)
	}
	return tx.ctx.Err()
}

func (tx *Tx) checkWrite(bucket, key string, size int) error {
	if err := tx.check(bucket, key); err != nil {
		return err
	}
	if !tx.writes {
		return errReadOnly
	}
	if size > MaxValue {
		return fmt.Errorf("a value longer than %d bytes", MaxValue)
	}
	return nil
}

func (tx *Tx) get(bucket, key string) (value []byte, found bool, err error) {
	sealed, err := tx.sealed(bucket, key)
	if err != nil || sealed == nil {
		return nil, false, err
	}
	value, ok := tx.s.sealer.open([]byte{}, bucket, key, sealed)
	if !ok {
		return nil, false, damagedRecord(bucket, key)
	}
	return value, true, nil
}

// sealed gives what lies under a key as it lies there; nil where nothing does.
func (tx *Tx) sealed(bucket, key string) (sealed []byte, err error) {
	get := tx.s.stmts.get
	defer tx.reset(get, &err)
	if err := bind(get, bucket, key); err != nil {
		return nil, tx.fail(err)
	}
	if get.Step() {
		return get.ColumnBlob(0, []byte{}), nil
	}
	return nil, nil
}

func (tx *Tx) put(bucket, key string, value []byte) error {
	if err := tx.forget(bucket, key); err != nil {
		return err
	}
	sealed, err := tx.s.sealer.seal(bucket, key, value)
	if err != nil {
		return tx.fail(err)
	}
	tx.root.add(tx.s.sealer.mark(bucket, key, sealed))
	return tx.run(tx.s.stmts.put, bucket, key, sealed)
}

// forget takes what lies under a key out of the root.
func (tx *Tx) forget(bucket, key string) error {
	sealed, err := tx.sealed(bucket, key)
	if err != nil || sealed == nil {
		return err
	}
	if _, ok := tx.s.sealer.open(nil, bucket, key, sealed); !ok {
		return tx.fail(damagedRecord(bucket, key))
	}
	tx.root.take(tx.s.sealer.mark(bucket, key, sealed))
	return nil
}

func (tx *Tx) run(stmt *sqlite3.Stmt, bucket, key string, rest ...[]byte) (err error) {
	defer tx.reset(stmt, &err)
	if err := bind(stmt, bucket, key, rest...); err != nil {
		return tx.fail(err)
	}
	for stmt.Step() {
	}
	return nil
}

// reset ends a statement and gives the error that it met.
func (tx *Tx) reset(stmt *sqlite3.Stmt, err *error) {
	met := stmt.Err()
	if e := stmt.Reset(); met == nil {
		met = e
	}
	if met != nil && *err == nil {
		*err = tx.fail(met)
	}
}

// fail remembers an error of the database, so that a caller who goes on after
// it can't commit half a change.
func (tx *Tx) fail(err error) error {
	tx.failed = tx.s.fault(err)
	return tx.failed
}

// commit brings the change to the disk with the root that belongs to it. It is
// not to be interrupted: its answer is the promise.
func (tx *Tx) commit() error {
	if tx.root == tx.s.root {
		return tx.s.conn.Exec("ROLLBACK")
	}
	tx.root.changes = tx.s.witness.next(tx.s.root.changes)
	if err := tx.s.saveRoot(tx.root); err != nil {
		return err
	}
	return tx.s.conn.Exec("COMMIT")
}

func damagedRecord(bucket, key string) error {
	return &Damaged{Where: fmt.Sprintf("the record %q in %q", key, bucket)}
}
