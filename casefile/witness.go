package casefile

import (
	"encoding/hex"
	"errors"
	"math"
	"os"
	"path/filepath"
)

// A store that was put back to an earlier state is whole, and nothing in it
// shows that it is old. So a file outside of its folder remembers how often the
// store was changed, and the sum over its values then. It is sealed with the
// store's own key. Whoever puts back both, as a snapshot of the whole machine
// does, or takes the file away, is not noticed by this.
//
// The file is written after each change, and follows it by one at most: a store
// that is ahead of it was interrupted in between.

// witness is the open file; nil where there is none.
type witness struct {
	file     *os.File
	changes  uint64 // the most that it ever saw
	rolled   bool   // the store was found to be older, or another
	silenced bool   // by something that could not be written
}

const (
	witnessBucket = "\x00witness"
	witnessKey    = ""
	witnessEnd    = ".seen"
	// closedFor is the count of a store that another has taken the place of.
	closedFor = math.MaxUint64
)

func witnessName(id []byte) string { return hex.EncodeToString(id) + witnessEnd }

// openWitness compares a store with what is remembered of it, and remembers it
// from now on. A witness that can't be kept is none: it never keeps anybody from
// work.
func openWitness(folder string, s *sealer, r root) *witness {
	if folder == "" || os.MkdirAll(folder, 0o700) != nil {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(folder, witnessName(s.id)), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil
	}
	w := &witness{file: f}
	if seen, ok := w.read(s); ok {
		w.changes = seen.changes
		w.rolled = r.changes < seen.changes || r.changes == seen.changes && r != seen
	}
	if !w.rolled {
		w.note(s, r)
	}
	return w
}

func (w *witness) read(s *sealer) (r root, ok bool) {
	b := make([]byte, s.sealedSize(rootSize))
	if _, err := w.file.ReadAt(b, 0); err != nil {
		return r, false
	}
	b, ok = s.open(nil, witnessBucket, witnessKey, b)
	return r, ok && r.decode(b)
}

// note remembers a state. It is not synced: a process that is killed leaves what
// it wrote, and after a power failure the file only knows less.
func (w *witness) note(s *sealer, r root) {
	if w == nil || w.silenced || r.changes < w.changes {
		return
	}
	sealed, err := s.seal(witnessBucket, witnessKey, r.encode())
	if err == nil {
		_, err = w.file.WriteAt(sealed, 0)
	}
	w.changes, w.silenced = r.changes, err != nil
}

// retire remembers that a store is no more: whoever opens a copy of it later is
// told.
func (w *witness) retire(s *sealer) { w.note(s, root{changes: closedFor}) }

// next is the count after another change. One that follows a rollback is above
// all that was seen, so that the same old state is noticed once more.
func (w *witness) next(changes uint64) uint64 {
	if w != nil && w.changes != closedFor {
		changes = max(changes, w.changes)
	}
	return changes + 1
}

func (w *witness) close() error {
	if w == nil {
		return nil
	}
	return errors.Join(w.file.Sync(), w.file.Close())
}

// RolledBack reports whether this store was, when it was opened, an earlier
// state of itself, or one that went on elsewhere.
func (s *Store) RolledBack() bool { return s.witness != nil && s.witness.rolled }

// Witnessed reports whether anything outside of the store's folder remembers its
// state, without which RolledBack can't tell.
func (s *Store) Witnessed() bool { return s.witness != nil && !s.witness.silenced }
