// Dist builds what is given out: static binaries, what each consists of
// (CycloneDX), manual pages, completions, the relay's systemd unit, and the
// digests of all of them. The same source gives the same bytes in any folder, on
// any machine with the same Go: nothing of the folder, the clock, the user or
// the history of versions goes in.
//
//	go run -C tools ./dist --root .. --out ../dist
//	go run -C tools ./dist --root .. --check linux/amd64
//
// The second builds twice, in two folders, with nothing kept from one build for
// the other, and compares the digests.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// usual is what is built where no target is named.
const usual = "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	b := build{out: out, err: errOut}
	f := flag.NewFlagSet("dist", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.StringVar(&b.root, "root", ".", "the module's folder")
	f.StringVar(&b.version, "version", "", "the version that the binaries tell")
	to := f.String("out", "dist", "folder to write to")
	targets := f.String("targets", usual, "what to build for, as OS/ARCH, separated by commas")
	check := f.String("check", "", "build for these targets twice, in two folders, and compare")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%q: no arguments are taken", f.Args())
	}
	root, err := filepath.Abs(b.root)
	if err != nil {
		return err
	}
	b.root = root
	if *check != "" {
		return b.twice(ctx, split(*check))
	}
	return b.all(ctx, *to, split(*targets))
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
