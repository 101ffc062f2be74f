package casefile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A store is made under names of its own and then renamed, the database first
// and the header last. So what an interruption leaves is one of three things:
// names that end in ".new", which the next Create takes away; a database with
// its header still named so, which the next Open or Create brings to its end;
// or a store.

const schema = `
BEGIN IMMEDIATE;
CREATE TABLE record (bucket BLOB NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL) STRICT;
CREATE UNIQUE INDEX place ON record (bucket, key);
CREATE TABLE root (one INTEGER PRIMARY KEY CHECK (one = 1), value BLOB NOT NULL) STRICT;
`

func create(ctx context.Context, dir string, passphrase []byte, c cost, o Options) (*Store, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(passphrase) == 0 {
		return nil, errors.New("an empty passphrase")
	}
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	l, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	if err := makeStore(dir, passphrase, c, o.version()); err != nil {
		return nil, errors.Join(err, giveBack(dir, l))
	}
	s, err := openLocked(ctx, dir, passphrase, o)
	if err != nil { // stopped: nobody was told that there is a store
		return nil, errors.Join(err, removeAll(dir, append([]string{keyName}, storeFiles()...)...), giveBack(dir, l))
	}
	s.lock = l
	return s, nil
}

// giveBack leaves a folder in which no store came about as it was, but for one that
// was there and empty. The lock goes while it is held; see takeLock.
func giveBack(dir string, l *lock) error {
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 1 || list[0].Name() != lockName {
		return l.release()
	}
	_ = os.Remove(filepath.Join(dir, lockName)) // not where an open file can't be
	err = l.release()
	_ = os.Remove(dir) // where it is empty
	return err
}

// makeFolder makes the folder of a store. One that is there and empty becomes
// private; one that holds other things keeps its mode.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	list, err := os.ReadDir(dir)
	if err != nil || len(list) > 0 {
		return err
	}
	return os.Chmod(dir, 0o700)
}

func makeStore(dir string, passphrase []byte, c cost, version uint64) error {
	if err := finishMaking(dir); err != nil && !errors.Is(err, ErrNoStore) {
		return err
	}
	if Exists(dir) {
		return ErrExists
	}
	if err := removeUnmade(dir); err != nil {
		return err
	}
	h, k, err := newHeader(passphrase, c)
	if err != nil {
		return err
	}
	defer k.wipe()
	if err := makeData(dir, dataName+unmade, k, root{version: version}); err != nil {
		return errors.Join(err, removeUnmade(dir))
	}
	if err := WriteFile(filepath.Join(dir, keyName+unmade), h.encode(), 0o600); err != nil {
		return errors.Join(err, removeUnmade(dir))
	}
	if err := os.Rename(filepath.Join(dir, dataName+unmade), filepath.Join(dir, dataName)); err != nil {
		return errors.Join(err, removeUnmade(dir))
	}
	return finishMaking(dir)
}

// makeData makes an empty database.
func makeData(dir, name string, k *keys, r root) (err error) {
	if err := newFile(filepath.Join(dir, name), nil); err != nil {
		return err
	}
	s, err := openData(dir, name, k)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, s.closeData(), os.Remove(filepath.Join(dir, name+"-journal")))
	}()
	if err := s.conn.Exec(schema); err != nil {
		return s.fault(err)
	}
	if err := s.saveRoot(r); err != nil {
		return s.fault(err)
	}
	if err := s.conn.Exec("COMMIT"); err != nil {
		return s.fault(err)
	}
	return nil
}

// removeUnmade takes away what an interrupted making left. Nobody was ever told
// that it is a store.
func removeUnmade(dir string) error {
	return removeAll(dir, keyName+unmade, dataName+unmade, dataName+unmade+"-journal")
}

// removeAll takes away those of the files that are there, in this order.
func removeAll(dir string, names ...string) error {
	var errs []error
	for _, name := range names {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// finishMaking gives the header its name, where that is all that a making has
// left to do. A database without any header is damage: with the header its
// salt is lost, and nothing may be written over it.
func finishMaking(dir string) error {
	key, data := filepath.Join(dir, keyName), filepath.Join(dir, dataName)
	if there(key) {
		return nil
	}
	if !there(data) {
		return ErrNoStore
	}
	if !there(key + unmade) {
		return &Damaged{Where: fmt.Sprintf("%s is missing, and without it %s can't be opened", keyName, dataName), Needs: keyName}
	}
	if err := os.Rename(key+unmade, key); err != nil {
		return err
	}
	return syncDir(dir)
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
