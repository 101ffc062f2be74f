package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// twice builds each target from two copies of the source, each with a cache of
// its own, so that the second compiles everything again, and compares.
func (b build) twice(ctx context.Context, targets []string) error {
	work, err := os.MkdirTemp("", "dist")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for _, t := range targets {
		var found [2]string
		for i := range found {
			if found[i], err = b.once(ctx, filepath.Join(work, fmt.Sprintf("copy-%d-%s", i, filepath.Base(t))), t); err != nil {
				return err
			}
		}
		if found[0] != found[1] {
			return fmt.Errorf("%s: two builds differ: %s and %s", t, found[0], found[1])
		}
		fmt.Fprintf(b.out, "%s  %s, twice\n", found[0], t)
	}
	return nil
}

// once builds one target from a copy of the source in a folder, and takes the
// copy away again.
func (b build) once(ctx context.Context, dir, target string) (string, error) {
	defer os.RemoveAll(dir)
	copied := b
	copied.root, copied.cache = filepath.Join(dir, "source"), filepath.Join(dir, "cache")
	if err := copySource(b.root, copied.root); err != nil {
		return "", err
	}
	name, err := copied.binary(ctx, dir, target)
	if err != nil {
		return "", err
	}
	return digest(filepath.Join(dir, name))
}

// copySource copies what is built from: the tree, without the history, and
// without what an earlier run gave out.
func copySource(from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		source, target := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		switch {
		case e.Name() == ".git" || e.Name() == "dist" || !e.IsDir() && !e.Type().IsRegular():
			continue
		case e.IsDir():
			err = os.CopyFS(target, os.DirFS(source))
		default:
			err = copyFile(source, target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}
