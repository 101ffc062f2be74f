package casefile

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// spoolFolder holds, beside the store, what is too large for a record and is
// sealed already to somebody: on its way, nothing else. It is in no backup.
const spoolFolder = "spool"

// OpenSpool opens the spool file of a name, which is made where there is none.
// The store encrypts nothing of it.
func (s *Store) OpenSpool(name [16]byte) (*os.File, error) {
	dir := filepath.Join(s.dir, spoolFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, hex.EncodeToString(name[:])), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return f, nil
}

// RemoveSpool takes a spool file away. That it isn't there is no error.
func (s *Store) RemoveSpool(name [16]byte) error {
	err := os.Remove(filepath.Join(s.dir, spoolFolder, hex.EncodeToString(name[:])))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}
