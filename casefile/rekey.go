package casefile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// A new passphrase makes new keys, under which everything is sealed once more:
// whoever had the old passphrase, and an old copy of desk.key, opens nothing
// that the store holds afterwards. The new database and its header are made
// under names of their own, the header first, and the header is renamed first.
// So what an interruption leaves is told apart by the header's other name: while
// it is there, the old store stands and what is new is taken away; once it is
// gone, a new database that still has its other name belongs to the header, and
// the next opening brings it to its place.

const coming = ".next"

// ChangePassphrase seals a store anew under another passphrase. At whatever
// point it is interrupted, one of the two opens the store, whole. A guess at the
// new passphrase costs no less than one at the old.
func ChangePassphrase(ctx context.Context, dir string, passphrase, another []byte, o Options) error {
	return changePassphrase(ctx, dir, passphrase, another, o.cost(), o)
}

func changePassphrase(ctx context.Context, dir string, passphrase, another []byte, c cost, o Options) error {
	if len(another) == 0 {
		return errors.New("an empty passphrase")
	}
	s, err := Open(ctx, dir, passphrase, o)
	if err != nil {
		return err
	}
	h, k, err := newHeader(another, c.atLeast(s.cost))
	if err != nil {
		return errors.Join(err, s.Close())
	}
	defer k.wipe()
	if err := s.copyTo(ctx, h, k); err != nil {
		return errors.Join(err, removeComing(dir), s.Close())
	}
	return s.giveWay(ctx, another, o)
}

// giveWay closes a store, puts the one that waits beside it in its place and
// opens that, all under one lock.
func (s *Store) giveWay(ctx context.Context, passphrase []byte, o Options) error {
	l, w, old := s.lock, s.witness, s.sealer
	s.lock, s.witness = nil, nil
	defer func() { _ = w.close() }()
	// Closed in order, the old one leaves a journal without content.
	err := errors.Join(s.Close(), removeAll(s.dir, dataName+"-journal"))
	if err == nil {
		err = takePlace(s.dir)
	}
	if err == nil {
		w.retire(old)
		s, err = openLocked(ctx, s.dir, passphrase, o)
	}
	if err != nil {
		return errors.Join(err, l.release())
	}
	s.lock = l
	return s.Close()
}

// copyTo seals everything for another store, which waits beside this one.
func (s *Store) copyTo(ctx context.Context, h header, k *keys) error {
	if err := WriteFile(filepath.Join(s.dir, keyName+coming), h.encode(), 0o600); err != nil {
		return err
	}
	if err := makeData(s.dir, dataName+coming, k, root{version: s.root.version}); err != nil {
		return err
	}
	to, err := openData(s.dir, dataName+coming, k)
	if err != nil {
		return err
	}
	err = to.fillFrom(ctx, s)
	return errors.Join(err, to.closeData(), removeAll(s.dir, dataName+coming+"-journal"), syncDir(s.dir))
}

// fillFrom copies all records and reads them again.
func (s *Store) fillFrom(ctx context.Context, from *Store) error {
	if err := s.verify(ctx); err != nil {
		return err
	}
	s.root.changes = from.root.changes
	if err := s.Update(ctx, func(tx *Tx) error {
		return from.everything(ctx, func(bucket, key string, value []byte) error { return tx.put(bucket, key, value) })
	}); err != nil {
		return err
	}
	return s.verify(ctx)
}

// everything goes through all records, also those that are this package's own.
func (s *Store) everything(ctx context.Context, do func(bucket, key string, value []byte) error) error {
	all := s.stmts.scan
	defer func() { _ = all.Reset() }()
	for all.Step() {
		if err := ctx.Err(); err != nil {
			return err
		}
		bucket, key := string(all.ColumnRawBlob(0)), string(all.ColumnRawBlob(1))
		value, ok := s.sealer.open([]byte{}, bucket, key, all.ColumnRawBlob(2))
		if !ok {
			return damagedRecord(bucket, key)
		}
		if err := do(bucket, key, value); err != nil {
			return err
		}
		clear(value)
	}
	return s.fault(all.Err())
}

// takePlace makes the new store the store. From the first rename on, only the
// new passphrase opens it.
func takePlace(dir string) error {
	if err := os.Rename(filepath.Join(dir, keyName+coming), filepath.Join(dir, keyName)); err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	return finishRekeying(dir)
}

// finishRekeying brings a change of passphrase to its end, or takes it back.
func finishRekeying(dir string) error {
	switch {
	case there(filepath.Join(dir, keyName+coming)):
		return removeComing(dir)
	case there(filepath.Join(dir, dataName+coming)):
		if err := os.Rename(filepath.Join(dir, dataName+coming), filepath.Join(dir, dataName)); err != nil {
			return err
		}
		return syncDir(dir)
	}
	return nil
}

// removeComing takes away a store that was to come. The header goes last: it
// tells that the database beside it was not finished.
func removeComing(dir string) error {
	err := removeAll(dir, dataName+coming+"-journal", dataName+coming)
	if err != nil {
		return err
	}
	return errors.Join(syncDir(dir), removeAll(dir, keyName+coming), syncDir(dir))
}
