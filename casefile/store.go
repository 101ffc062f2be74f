package casefile

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/ncruces/go-sqlite3"
)

// Errors of the store that a caller may test for.
var (
	ErrNoStore    = errors.New("no store here")
	ErrExists     = errors.New("a store is here already")
	ErrPassphrase = errors.New("wrong passphrase")
	ErrClosed     = errors.New("the store is closed")
	ErrNewer      = errors.New("made by a newer version of this program")
	ErrDamaged    = errors.New("damaged") // what every *Damaged is
)

// Damaged names what of a store is not as it was written.
type Damaged struct {
	Where string
	// Needs is the file without which nothing of the store opens, where that is
	// gone or damaged: there is nothing to salvage then. "" else.
	Needs string
}

func (d *Damaged) Error() string { return "damaged: " + d.Where }

// Is makes every *Damaged an ErrDamaged.
func (d *Damaged) Is(target error) bool { return target == ErrDamaged }

// Store is a desk's encrypted memory: values under keys in buckets, changed all
// at once or not at all. It may be used by several goroutines; one has its turn
// at a time. It hides itself from fmt.
type Store struct {
	dir     string
	lock    *lock
	conn    *sqlite3.Conn
	stmts   statements
	sealer  *sealer
	cost    cost          // of a guess at its passphrase
	root    root          // of what is on the disk
	witness *witness      // nil for none
	turn    chan struct{} // holds one token; closed stores have none to give
	broken  error         // set where nobody knows what is on the disk
}

// Options are what a store takes from its surroundings. The zero value is a
// store of version 1 without a witness.
type Options struct {
	// Witness is a folder, outside of the store's and not put back with it, for
	// a small file that remembers how often the store was changed; "" for none.
	Witness string
	// Steps bring a store from each version to the next.
	Steps []Step
	// Light lets a guess at the passphrase of a store that is made with it cost
	// next to nothing. It is for tests, which make many, and nothing that is
	// given out sets it. A store that cost more goes on to.
	Light bool
}

// version is what the steps lead to.
func (o Options) version() uint64 { return uint64(len(o.Steps)) + 1 }

// Format hides the store from fmt in every verb.
func (Store) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "store (hidden)") }

// Create makes a store in a folder, which is made too where there is none, and
// opens it. It never overwrites: ErrExists where a store is already.
func Create(ctx context.Context, dir string, passphrase []byte, o Options) (*Store, error) {
	return create(ctx, dir, passphrase, o.cost(), o)
}

// Exists tells whether a store is in the folder, whole or not.
func Exists(dir string) bool {
	for _, name := range []string{keyName, dataName} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// Open opens a store and checks every value in it: what it then gives is what
// was written last, or it gives *Damaged. ErrNoStore, ErrPassphrase, ErrNewer
// and *Locked tell the other ways in which it may not open. A store of an older
// version is brought to the newest, all at once or not at all.
func Open(ctx context.Context, dir string, passphrase []byte, o Options) (*Store, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) || err == nil && !Exists(dir) {
		return nil, ErrNoStore
	}
	l, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	s, err := openLocked(ctx, dir, passphrase, o)
	if err != nil {
		return nil, errors.Join(err, l.release())
	}
	s.lock = l
	return s, nil
}

// openLocked opens a store whose lock is held.
func openLocked(ctx context.Context, dir string, passphrase []byte, o Options) (*Store, error) {
	s, err := openUnread(dir, passphrase)
	if err != nil {
		return nil, err
	}
	if err := s.ready(ctx, o); err != nil {
		return nil, errors.Join(err, s.closeData())
	}
	return s, nil
}

// openUnread opens a store in which nothing was looked at yet.
func openUnread(dir string, passphrase []byte) (*Store, error) {
	if err := errors.Join(finishMaking(dir), finishRekeying(dir)); err != nil {
		return nil, err
	}
	data, err := ReadFile(filepath.Join(dir, keyName), 4096)
	if err != nil {
		return nil, err
	}
	h, err := parseHeader(data)
	if err != nil {
		return nil, err
	}
	k, err := h.open(passphrase)
	if err != nil {
		return nil, err
	}
	defer k.wipe()
	if _, err := os.Stat(filepath.Join(dir, dataName)); errors.Is(err, fs.ErrNotExist) {
		return nil, &Damaged{Where: dataName + " is missing", Needs: dataName}
	}
	s, err := openData(dir, dataName, k)
	if err != nil {
		return nil, err
	}
	s.cost = h.cost
	return s, nil
}

// ready checks everything, asks the witness and takes the steps to the newest
// version.
func (s *Store) ready(ctx context.Context, o Options) error {
	if err := s.verify(ctx); err != nil {
		return err
	}
	s.witness = openWitness(o.Witness, s.sealer, s.root)
	return s.upgrade(ctx, o.Steps)
}

// openData opens the database file. The key goes by PRAGMA: in the name of the
// file others could read it.
func openData(dir, name string, k *keys) (s *Store, err error) {
	sealer, err := newSealer(k)
	if err != nil {
		return nil, err
	}
	path, err := filepath.Abs(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	registerVFS()
	s = &Store{dir: dir, sealer: sealer, turn: make(chan struct{}, 1)}
	defer s.guard(&err)
	s.conn, err = sqlite3.OpenFlags(uri(path), sqlite3.OPEN_READWRITE|sqlite3.OPEN_URI)
	if err != nil {
		return nil, s.fault(err)
	}
	if err := s.conn.Exec("PRAGMA hexkey='" + hex.EncodeToString(k.data[:]) + "'; " + pragmas); err != nil {
		return nil, errors.Join(s.fault(err), s.conn.Close())
	}
	s.turn <- struct{}{}
	return s, nil
}

// uri names the database file in the way that SQLite reads. Its journal gets
// the mode of the file itself.
func uri(path string) string {
	name := strings.ReplaceAll(url.QueryEscape(filepath.ToSlash(path)), "+", "%20")
	return "file:" + strings.ReplaceAll(name, "%2F", "/") + "?vfs=" + vfsName + "&modeof=" + name
}

// pragmas: a rollback journal, not a write-ahead log, because SQLite drops a
// log's damaged end without a word, and an acknowledged change with it.
const pragmas = `
PRAGMA locking_mode = exclusive;
PRAGMA journal_mode = truncate;
PRAGMA synchronous = full;
PRAGMA temp_store = memory;
PRAGMA secure_delete = on;
PRAGMA cell_size_check = on;
PRAGMA trusted_schema = off;
`

// Close gives the store back. Using it afterwards is ErrClosed.
func (s *Store) Close() error {
	if _, ok := <-s.turn; !ok {
		return ErrClosed
	}
	close(s.turn)
	err := s.closeData()
	if s.lock != nil {
		err = errors.Join(err, s.lock.release())
	}
	return err
}

func (s *Store) closeData() error {
	s.sealer = nil
	return errors.Join(s.stmts.close(), s.conn.Close(), s.witness.close())
}

// Update lets do change the store. When Update returns without an error, all
// that do did is on the disk; when it returns with one, nothing is.
func (s *Store) Update(ctx context.Context, do func(*Tx) error) error {
	return s.inTurn(ctx, func() error { return s.update(ctx, do) })
}

// View lets do read the store.
func (s *Store) View(ctx context.Context, do func(*Tx) error) error {
	return s.inTurn(ctx, func() error {
		tx := &Tx{s: s, ctx: ctx}
		defer tx.end()
		return do(tx)
	})
}

// inTurn waits for the turn, which do must not wait for again.
func (s *Store) inTurn(ctx context.Context, do func() error) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case _, ok := <-s.turn:
		if !ok {
			return ErrClosed
		}
	}
	defer func() { s.turn <- struct{}{} }()
	if s.broken != nil {
		return fmt.Errorf("the store must be opened again: %w", s.broken)
	}
	return do()
}

func (s *Store) update(ctx context.Context, do func(*Tx) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.conn.Exec("BEGIN IMMEDIATE"); err != nil {
		return s.fault(err)
	}
	tx := &Tx{s: s, ctx: ctx, writes: true, root: s.root}
	committed := false
	defer func() { // also where do panics
		tx.end()
		if !committed {
			s.rollBack()
		}
	}()
	if err := do(tx); err != nil {
		return err
	}
	if err := errors.Join(tx.failed, ctx.Err()); err != nil {
		return err
	}
	if err := tx.commit(); err != nil {
		return s.fault(err)
	}
	committed, s.root = true, tx.root
	s.witness.note(s.sealer, s.root)
	return nil
}

// rollBack undoes an unfinished change. Where a commit failed halfway, the disk
// itself says whether it took place.
func (s *Store) rollBack() {
	if !s.conn.GetAutocommit() {
		if err := s.conn.Exec("ROLLBACK"); err != nil {
			s.broken = s.fault(err)
			return
		}
	}
	s.root, s.broken = s.loadRoot()
}

// fault puts an error of the database in words: damage as *Damaged, everything
// else as the system's own error, which a caller can test for.
func (s *Store) fault(err error) error {
	var code sqlite3.ErrorCode
	var more sqlite3.ExtendedErrorCode
	if !errors.As(err, &code) && !errors.As(err, &more) {
		return err
	}
	if code == 0 {
		code = more.Code()
	}
	switch {
	case code == sqlite3.NOTADB, code == sqlite3.CORRUPT, code == sqlite3.ERROR:
		return &Damaged{Where: dataName}
	case errors.Is(err, sqlite3.IOERR_SHORT_READ), errors.Is(err, sqlite3.IOERR_DATA):
		return &Damaged{Where: dataName}
	case code == sqlite3.BUSY:
		return &Locked{Home: s.dir}
	case code == sqlite3.FULL:
		return fmt.Errorf("the store in %s: %w", s.dir, syscall.ENOSPC)
	}
	return fmt.Errorf("the store in %s: %w", s.dir, err)
}

// guard turns a panic within the database engine, which only a damaged file
// could cause, into an error.
func (s *Store) guard(err *error) {
	if p := recover(); p != nil {
		*err = &Damaged{Where: fmt.Sprintf("%s: the database engine stopped at it", dataName)}
	}
}
