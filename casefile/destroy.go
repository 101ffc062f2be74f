package casefile

import (
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Destroy takes a store away: what its keys follow from first, which is written
// over, so that the passphrase opens nothing any more, then the rest, and the
// folder where nothing else is in it. A copy elsewhere, and what a disk keeps of
// a place that was written over, as flash does, are out of its reach.
func Destroy(dir string, o Options) error {
	if !Exists(dir) && !there(filepath.Join(dir, keyName+coming)) {
		return ErrNoStore
	}
	l, err := takeLock(dir)
	if err != nil {
		return err
	}
	ids := []string{}
	for _, name := range []string{keyName, keyName + coming, keyName + unmade} {
		if id, ok := storeID(filepath.Join(dir, name)); ok {
			ids = append(ids, id+witnessEnd)
		}
		if err := writeOver(filepath.Join(dir, name)); err != nil {
			return errors.Join(err, l.release())
		}
	}
	err = removeAll(dir, keyName, keyName+coming, keyName+unmade)
	err = errors.Join(err, syncDir(dir), removeAll(dir, storeFiles()...))
	if o.Witness != "" {
		err = errors.Join(err, removeAll(o.Witness, ids...))
	}
	if err := errors.Join(err, l.release()); err != nil {
		return err
	}
	if err := removeAll(dir, lockName); err != nil {
		return err
	}
	_ = os.Remove(dir) // where it is empty
	return nil
}

// storeFiles are all names that a database of a store may have.
func storeFiles() (names []string) {
	for _, end := range []string{"", coming, unmade} {
		names = append(names, dataName+end, dataName+end+"-journal")
	}
	return names
}

// storeID reads a header's id, which is no secret.
func storeID(path string) (id string, ok bool) {
	data, err := ReadFile(path, 4096)
	if err != nil {
		return "", false
	}
	h, err := parseHeader(data)
	return h.ID, err == nil
}

// writeOver fills a file with random bytes in its place.
func writeOver(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = io.CopyN(f, rand.Reader, max(info.Size(), 512))
	}
	return errors.Join(err, f.Sync(), f.Close())
}
