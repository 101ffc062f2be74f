package killpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Copies are the states that a folder was in, each kept once as a folder of its
// own, numbered from 1 in the order of their coming.
type Copies struct {
	from, to string
	last     string // digest of the newest
	n        int
}

// NewCopies keeps copies of one folder in another.
func NewCopies(from, to string) *Copies { return &Copies{from: from, to: to} }

// Take keeps a copy of the folder as it is now, unless it is as it was the last
// time, and reports whether it did. A folder that isn't there is none.
func (c *Copies) Take() (taken bool, err error) {
	h := sha256.New()
	err = filepath.WalkDir(c.from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%q %v\n", path, d.Type())
		if !d.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(h, "%d\n%s", len(data), data)
		return err
	})
	if os.IsNotExist(err) {
		return false, nil
	}
	digest := hex.EncodeToString(h.Sum(nil))
	if err != nil || digest == c.last {
		return false, err
	}
	c.last = digest
	c.n++
	return true, os.CopyFS(c.Folder(c.n), os.DirFS(c.from))
}

// Count is how many copies there are.
func (c *Copies) Count() int { return c.n }

// Folder is where a copy is kept.
func (c *Copies) Folder(number int) string {
	return filepath.Join(c.to, fmt.Sprintf("%04d", number))
}
