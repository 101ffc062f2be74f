//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package relay

import (
	"errors"
	"io/fs"
	"os"
)

// lockFile creates the file at path, which must not be there yet. After a crash
// the operator removes it by hand.
func lockFile(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, errLocked
	}
	if err != nil {
		return nil, err
	}
	return func() error { return errors.Join(f.Close(), os.Remove(path)) }, nil
}
