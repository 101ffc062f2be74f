package relay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Folder is a mailbox in a plain directory: a stick that is carried between
// two desks, or a folder that something else copies. It needs no relay and no
// key. Each envelope is a file named by its number and digest, and what is
// damaged is passed over, so that its sender puts it there again.
type Folder struct{ dir string }

const (
	folderSuffix = ".envelope"
	folderEpoch  = "epoch"
	folderWait   = 10 * time.Second
	maxFiles     = 1 << 20
)

// OpenFolder opens a channel's mailbox below a directory, which must be there:
// a stick that isn't put in is no empty mailbox. shared is the secret of the
// channel's members that [Derive] takes; the mailbox's own folder is named by
// it and made if need be.
func OpenFolder(dir string, shared []byte) (*Folder, error) {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is no folder that can be read: is the stick in?", dir)
	}
	if len(shared) != len(Key{}) {
		return nil, errors.New("a secret for a folder has 32 bytes")
	}
	name := derive(shared, "folder", "mailbox")
	f := &Folder{filepath.Join(dir, fmt.Sprintf("parley-%x", name[:8]))}
	return f, os.MkdirAll(f.dir, 0o700)
}

// State returns the folder's epoch, made with its first use, and the highest
// number.
func (f *Folder) State(ctx context.Context) (epoch string, last uint64, err error) {
	err = f.locked(ctx, func() error {
		files, err := f.list()
		if err != nil {
			return err
		}
		if files, err = f.renumber(files); err != nil {
			return err
		}
		if len(files) > 0 {
			last = files[len(files)-1].number
		}
		epoch, err = f.epoch()
		return err
	})
	return epoch, last, err
}

func (f *Folder) epoch() (string, error) {
	text, err := os.ReadFile(filepath.Join(f.dir, folderEpoch))
	if err == nil && isEpoch(string(text)) {
		return string(text), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	epoch := newEpoch()
	return epoch, f.write(folderEpoch, []byte(epoch))
}

// Append stores an envelope and returns its number once it is on the disk. The
// same bytes again return the same number.
func (f *Folder) Append(ctx context.Context, envelope []byte) (number uint64, err error) {
	if len(envelope) == 0 || len(envelope) > maxFrame {
		return 0, fmt.Errorf("an envelope has 1 to %d bytes, not %d", maxFrame, len(envelope))
	}
	digest := sha256.Sum256(envelope)
	err = f.locked(ctx, func() error {
		files, err := f.list()
		if err != nil {
			return err
		}
		number = 1
		if len(files) > 0 {
			number = files[len(files)-1].number + 1
		}
		for _, file := range files {
			if file.digest != digest {
				continue
			}
			number = file.number
			if stored, err := f.read(file); err == nil && bytes.Equal(stored, envelope) {
				return nil
			}
		}
		return f.write(folderFile{number, digest}.name(), envelope)
	})
	return number, err
}

// Fetch calls each for every whole envelope numbered higher than after, in
// ascending order.
func (f *Folder) Fetch(ctx context.Context, after uint64, each func(number uint64, envelope []byte) error) error {
	files, err := f.list()
	if err != nil {
		return err
	}
	last := after
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if file.number <= last {
			continue
		}
		envelope, err := f.read(file)
		if err != nil {
			continue // damaged, or gone meanwhile
		}
		last = file.number
		if err := each(file.number, envelope); err != nil {
			return err
		}
	}
	return nil
}

// A folderFile is what an envelope's file is called.
type folderFile struct {
	number uint64
	digest [sha256.Size]byte
}

func (f folderFile) name() string { return fmt.Sprintf("%012d-%x%s", f.number, f.digest, folderSuffix) }

// list returns the envelopes' files, ascending. What is called otherwise is not
// ours: sticks gather files.
func (f *Folder) list() ([]folderFile, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, fmt.Errorf("reading the mailbox's folder: %w", err)
	}
	if len(entries) > maxFiles {
		return nil, fmt.Errorf("the mailbox's folder holds %d files: more than any channel has", len(entries))
	}
	var files []folderFile
	for _, e := range entries {
		number, digest, ok := strings.Cut(strings.TrimSuffix(e.Name(), folderSuffix), "-")
		var file folderFile
		file.number, err = strconv.ParseUint(number, 10, 62)
		if ok && err == nil && decodeHex(file.digest[:], digest) && file.name() == e.Name() && file.number > 0 && e.Type().IsRegular() {
			files = append(files, file)
		}
	}
	slices.SortFunc(files, func(a, b folderFile) int { return strings.Compare(a.name(), b.name()) })
	return files, nil
}

// renumber gives a number of its own to each of two files that have the same:
// they were written to two copies of one stick, and copied together.
func (f *Folder) renumber(files []folderFile) ([]folderFile, error) {
	changed := false
	for i := 1; i < len(files); i++ {
		if files[i].number != files[i-1].number {
			continue
		}
		next := folderFile{files[len(files)-1].number + 1, files[i].digest}
		if err := os.Rename(filepath.Join(f.dir, files[i].name()), filepath.Join(f.dir, next.name())); err != nil {
			return nil, err
		}
		files = append(slices.Delete(files, i, i+1), next)
		changed = true
		i--
	}
	if changed {
		return files, syncDir(f.dir)
	}
	return files, nil
}

func (f *Folder) read(file folderFile) ([]byte, error) {
	in, err := os.Open(filepath.Join(f.dir, file.name()))
	if err != nil {
		return nil, err
	}
	defer in.Close()
	envelope, err := io.ReadAll(io.LimitReader(in, maxFrame+1))
	if err != nil {
		return nil, err
	}
	if len(envelope) == 0 || sha256.Sum256(envelope) != file.digest {
		return nil, errors.New("envelope is damaged")
	}
	return envelope, nil
}

// write puts a file there whole or not at all.
func (f *Folder) write(name string, data []byte) error {
	out, err := os.CreateTemp(f.dir, "unfinished-*")
	if err != nil {
		return fmt.Errorf("writing to the mailbox's folder: %w", err)
	}
	_, err = out.Write(data)
	err = errors.Join(err, out.Sync(), out.Close())
	if err == nil {
		err = os.Rename(out.Name(), filepath.Join(f.dir, name))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing to the mailbox's folder: %w", err), os.Remove(out.Name()))
	}
	return syncDir(f.dir)
}

// syncDir makes names last. Not every file system can, and those that can't
// need it least.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}

// locked does something while no other desk of this machine numbers envelopes.
func (f *Folder) locked(ctx context.Context, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, folderWait)
	defer cancel()
	for {
		unlock, err := lockFile(filepath.Join(f.dir, "lock"))
		if err == nil {
			return errors.Join(do(), unlock())
		}
		if !errors.Is(err, errLocked) {
			return fmt.Errorf("locking the mailbox's folder: %w", err)
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("another desk uses the mailbox's folder: %w", ctx.Err())
		}
	}
}
