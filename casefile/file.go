package casefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// OpenStream opens a file, or a pipe, to be read from beginning to end.
func OpenStream(path string) (io.ReadCloser, error) { return os.Open(path) }

// ReadFile reads a regular file of at most max bytes. It opens without waiting,
// so that a pipe without a writer can't hold it up.
func ReadFile(path string, max int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "reading", Path: path, Err: errors.New("not a regular file")}
	}
	data, err := io.ReadAll(io.LimitReader(f, max+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > max {
		return nil, &fs.PathError{Op: "reading", Path: path, Err: fmt.Errorf("longer than %d bytes: see whether it is the right file, or shorten it", max)}
	}
	return data, nil
}

// WriteFile makes a new file that holds all of data, or makes nothing. It
// refuses, with fs.ErrExist, where something stands already. When it returns,
// the file is on the disk.
func WriteFile(path string, data []byte, perm fs.FileMode) error {
	return writeFile(path, data, perm, func(from string) error { return moveNew(from, path) })
}

// moveNew renames, and refuses to replace. A link does that in one step; where
// a filesystem has none (a USB stick's), an empty file holds the name until the
// rename.
func moveNew(from, path string) error {
	err := os.Link(from, path)
	if err == nil {
		return os.Remove(from)
	}
	if errors.Is(err, fs.ErrExist) {
		return fs.ErrExist // without the name of the file that was to be renamed
	}
	return holdAndRename(from, path)
}

func holdAndRename(from, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Close(), os.Rename(from, path)); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// ReplaceFile writes all of data in the place of what stands at path, or
// changes nothing.
func ReplaceFile(path string, data []byte, perm fs.FileMode) error {
	return writeFile(path, data, perm, func(from string) error { return os.Rename(from, path) })
}

// writeFile writes a file beside path and lets place bring it there.
func writeFile(path string, data []byte, perm fs.FileMode, place func(from string) error) error {
	dir := filepath.Dir(path)
	temp, err := tempFile(dir, data, perm)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, cause(err))
	}
	if err := place(temp); err != nil {
		os.Remove(temp)
		return fmt.Errorf("writing %s: %w", path, cause(err))
	}
	return syncDir(dir)
}

// cause is what the system said of a file, without the file's name: nobody but us
// knows what is written under a name of its own until it is whole.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}

// tempFile writes a file under a name of its own, and takes it away again
// where that doesn't succeed.
func tempFile(dir string, data []byte, perm fs.FileMode) (name string, err error) {
	f, err := os.CreateTemp(dir, ".parley-*.tmp")
	if err != nil {
		return "", err
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	return f.Name(), fill(f, data, perm)
}

func fill(f *os.File, data []byte, perm fs.FileMode) error {
	if err := f.Chmod(perm); err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
