package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSumsNameEveryFile: what sha256sum -c is given leaves nothing out, in an
// order that does not depend on the disk.
func TestSumsNameEveryFile(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b", "a/z", "a/c"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := sums(dir); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, sumsName))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(got)) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		names = append(names, name)
		if again, err := digest(filepath.Join(dir, name)); err != nil || again != sum {
			t.Errorf("%s: %s, want %s (%v)", name, sum, again, err)
		}
	}
	if strings.Join(names, " ") != "a/c a/z b" {
		t.Errorf("named: %v", names)
	}
}

// TestOnlyItsOwnFolderIsEmptied: a folder that dist did not make stays.
func TestOnlyItsOwnFolderIsEmptied(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine")
	if err := os.WriteFile(mine, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := empty(dir); err == nil {
		t.Fatal("somebody's folder was emptied")
	}
	if err := os.WriteFile(filepath.Join(dir, sumsName), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := empty(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(mine); err == nil {
		t.Error("what an earlier run made is still there")
	}
}

// TestOnlyTheSourceIsBuilt builds a small program with the real compiler from a
// copy of its source, without the history.
func TestOnlyTheSourceIsBuilt(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module small\n\ngo 1.26\n")
	write("cmd/parley/main.go", "package main\n\nvar release string\n\nfunc main() { println(release) }\n")
	write(".git/HEAD", "not to be copied")
	var out strings.Builder
	b := build{root: root, version: "v1", out: &out, err: &strings.Builder{}}
	dir := t.TempDir()
	if err := copySource(root, dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
		t.Error("the history was copied")
	}

	if _, err := b.binary(t.Context(), t.TempDir(), "linux"); err == nil {
		t.Error("half a target was built")
	}
	name, err := b.binary(t.Context(), dir, "windows/arm64")
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Ext(name) != ".exe" {
		t.Errorf("a program for windows is called %s", name)
	}
}
