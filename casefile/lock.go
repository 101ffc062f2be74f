package casefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrLocked is what every *Locked is.
var ErrLocked = errors.New("locked by another process")

// Locked says who has the store in a folder open. PID is 0 where that could not
// be read.
type Locked struct {
	Home    string    `json:"home"`
	PID     int       `json:"pid"`
	Since   time.Time `json:"since"`
	Command string    `json:"command"`
}

func (l *Locked) Error() string {
	if l.PID == 0 {
		return fmt.Sprintf("the desk in %s: %v", l.Home, ErrLocked)
	}
	return fmt.Sprintf("the desk in %s: %v: %s (process %d) since %s", l.Home, ErrLocked, l.Command, l.PID, l.Since.Local().Format("2006-01-02 15:04:05"))
}

// Is makes every *Locked an ErrLocked.
func (l *Locked) Is(target error) bool { return target == ErrLocked }

// lock is a lock of the operating system on a file, which ends with the process
// that holds it, however that dies. What stands in the file only tells others
// who it is.
type lock struct{ file *os.File }

// takeLock takes the lock of a store, or tells who has it.
func takeLock(dir string) (*lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	free, err := flock(f)
	if err == nil && free && !named(f) { // whoever had it took the file away
		if err := f.Close(); err != nil {
			return nil, err
		}
		return takeLock(dir)
	}
	if err == nil && free {
		signLock(f)
		return &lock{f}, nil
	}
	defer f.Close()
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", f.Name(), err)
	}
	who := holder(f)
	who.Home = dir
	return nil, who
}

// named tells whether a file that is open still stands under its name: a lock on
// one that was taken away keeps nobody out.
func named(f *os.File) bool {
	ours, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(f.Name())
	return err == nil && os.SameFile(ours, there)
}

// signLock writes who we are: of the command line the program and its first
// word, and nothing that may be private. It is a courtesy: on a full disk the
// lock holds without it.
func signLock(f *os.File) {
	words := []string{filepath.Base(os.Args[0])}
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		words = append(words, os.Args[1])
	}
	me, err := json.Marshal(Locked{PID: os.Getpid(), Since: time.Now().UTC().Truncate(time.Second), Command: strings.Join(words, " ")})
	if err == nil && f.Truncate(0) == nil {
		_, _ = f.WriteAt(append(me, '\n'), 0)
	}
}

// holder reads who has the lock. A holder that is just writing its name is
// told without it.
func holder(f *os.File) *Locked {
	data, err := io.ReadAll(io.NewSectionReader(f, 0, 4096))
	var l Locked
	if err != nil || json.Unmarshal(data, &l) != nil {
		return &Locked{}
	}
	if !printable(l.Command) {
		l.Command = "a program"
	}
	return &l
}

// release gives the lock back. The file stays: taking it away could take a lock
// from the next one.
func (l *lock) release() error {
	return errors.Join(l.file.Truncate(0), l.file.Close())
}
