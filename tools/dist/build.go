package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// build is one tree of source and how it is built.
type build struct {
	root, version string
	cache         string // for the compiler's results; "" for the usual one
	out, err      io.Writer
}

// all makes the whole folder that is given out.
func (b build) all(ctx context.Context, to string, targets []string) error {
	to, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	if err := empty(to); err != nil {
		return err
	}
	for _, t := range targets {
		name, err := b.binary(ctx, to, t)
		if err != nil {
			return err
		}
		if err := b.parts(ctx, filepath.Join(to, name)); err != nil {
			return err
		}
	}
	if err := b.beside(ctx, to); err != nil {
		return err
	}
	return sums(to)
}

// empty makes the folder, without anything of an earlier run. It takes away only
// a folder that looks like one, also like one that was not finished: until the
// end the digests are an empty file.
func empty(to string) error {
	if old, err := os.ReadDir(to); err == nil && len(old) > 0 {
		if _, err := os.Stat(filepath.Join(to, sumsName)); err != nil {
			return fmt.Errorf("%s: not empty, and not made by dist: name another folder", to)
		}
		if err := os.RemoveAll(to); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, sumsName), nil, 0o644)
}

// binary builds for one target, without C, and gives the file's name.
func (b build) binary(ctx context.Context, to, target string) (string, error) {
	goos, arch, ok := strings.Cut(target, "/")
	if !ok {
		return "", fmt.Errorf("%q: a target is OS/ARCH", target)
	}
	name := "parley-" + goos + "-" + arch
	if goos == "windows" {
		name += ".exe"
	}
	fmt.Fprintln(b.err, "building", name)
	return name, b.run(ctx, []string{"GOOS=" + goos, "GOARCH=" + arch}, nil, "go", "build",
		"-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid= -X main.release="+b.version,
		"-o", filepath.Join(to, name), "./cmd/parley")
}

// parts writes down what a binary consists of, as the binary itself tells it.
// The list names the digest of the tool that made it, which must not depend on
// where the tool was built.
func (b build) parts(ctx context.Context, binary string) error {
	return b.run(ctx, []string{"GOFLAGS=-trimpath"}, nil, "go", "tool", "-modfile=tools/go.mod", "cyclonedx-gomod", "bin",
		"-json", "-noserial", "-notimestamp", "-std", "-version", b.version, "-output", binary+".cdx.json", binary)
}

// beside adds what is no binary.
func (b build) beside(ctx context.Context, to string) error {
	man := filepath.Join(to, "man")
	if err := b.run(ctx, []string{"PARLEY_MAN=" + man}, nil, "go", "test", "-count=1", "-run", "^TestManual$", "./cmd/parley"); err != nil {
		return err
	}
	shells := filepath.Join(to, "completions")
	if err := os.MkdirAll(shells, 0o755); err != nil {
		return err
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		var script bytes.Buffer
		if err := b.run(ctx, nil, &script, "go", "run", "./cmd/parley", "completion", shell); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(shells, "parley."+shell), script.Bytes(), 0o644); err != nil {
			return err
		}
	}
	for _, file := range []string{"LICENSE", "packaging/parley-relay.service"} {
		data, err := os.ReadFile(filepath.Join(b.root, file))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(file)), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// run runs a command in the source's folder, in an environment that adds nothing
// of this machine to what is built.
func (b build) run(ctx context.Context, env []string, out io.Writer, name string, args ...string) error {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Stdout, c.Stderr = b.root, out, b.err
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0")
	if b.cache != "" {
		c.Env = append(c.Env, "GOCACHE="+b.cache)
	}
	c.Env = append(c.Env, env...)
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}

const sumsName = "SHA256SUMS"

// sums writes the digest of every file, as sha256sum -c reads them.
func sums(dir string) error {
	var lines []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == filepath.Join(dir, sumsName) {
			return err
		}
		sum, err := digest(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		lines = append(lines, sum+"  "+filepath.ToSlash(rel)+"\n")
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[66:], b[66:]) })
	return os.WriteFile(filepath.Join(dir, sumsName), []byte(strings.Join(lines, "")), 0o644)
}

func digest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}
