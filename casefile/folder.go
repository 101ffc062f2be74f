package casefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// WriteFolder makes a new folder that holds these files, or makes nothing. It
// refuses, with fs.ErrExist, where something other than an empty folder stands
// already. Names are plain, or lie one or more folders down ("entries/1"); the
// files are readable by their owner alone.
func WriteFolder(dir string, files map[string][]byte) error {
	for name := range files {
		if !fs.ValidPath(name) || name == "." || strings.ContainsRune(name, '\\') {
			return fmt.Errorf("writing %s: %q is no name for a file in it", dir, name)
		}
	}
	if err := vacant(dir); err != nil {
		return fmt.Errorf("writing %s: %w", dir, err)
	}
	parent := filepath.Dir(filepath.Clean(dir))
	temp, err := os.MkdirTemp(parent, ".parley-*.tmp")
	if err != nil {
		return fmt.Errorf("writing %s: %w", dir, cause(err))
	}
	err = fillFolder(filepath.Clean(temp), files)
	if err == nil {
		err = moveFolder(temp, dir)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", dir, cause(err)), os.RemoveAll(temp))
	}
	return syncDir(parent)
}

// vacant tells whether a new folder can stand at dir.
func vacant(dir string) error {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && len(list) > 0 {
		return fmt.Errorf("%w and is not empty", fs.ErrExist)
	}
	return err
}

// moveFolder puts a folder in the place of an empty one, or of none. A folder
// that was filled in the meantime can't be removed, and stays.
func moveFolder(from, to string) error {
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(from, to)
}

func fillFolder(dir string, files map[string][]byte) error {
	made := map[string]bool{dir: true}
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		for d := filepath.Dir(path); d != dir; d = filepath.Dir(d) {
			made[d] = true
		}
		if err := newFile(path, data); err != nil {
			return err
		}
	}
	for d := range made {
		if err := syncDir(d); err != nil {
			return err
		}
	}
	return nil
}

func newFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(fill(f, data, 0o600), f.Close())
}
