package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"parley/casefile"
	"parley/desk"
)

const maxPassphrase = 4096

// homeDir is the desk's folder.
func (a *app) homeDir() (string, error) {
	if a.home != "" {
		return a.home, nil
	}
	if h := a.env("PARLEY_HOME"); h != "" {
		return h, nil
	}
	if d := a.env("XDG_DATA_HOME"); d != "" {
		return filepath.Join(d, "parley"), nil
	}
	user, err := os.UserHomeDir()
	if err != nil {
		return "", usage(fmt.Errorf("no folder for the desk is known: name one with --home"))
	}
	return filepath.Join(user, ".local", "share", "parley"), nil
}

func (a *app) surroundings() desk.Surroundings {
	return desk.Surroundings{Now: a.now, Witness: a.stateDir(), Light: a.light}
}

// stateDir is where it is remembered how a desk's store stood: the user's folder
// for what programs remember, which is not the desk's; "" where none is known.
func (a *app) stateDir() string {
	if d := a.env("XDG_STATE_HOME"); d != "" {
		return filepath.Join(d, "parley")
	}
	if user, err := os.UserHomeDir(); err == nil {
		return filepath.Join(user, ".local", "state", "parley")
	}
	return ""
}

// withDesk opens the desk for one piece of work.
func (a *app) withDesk(ctx context.Context, do func(*desk.Desk) error) error {
	home, pass, err := a.opening(ctx)
	if err != nil {
		return err
	}
	d, err := desk.Open(ctx, home, pass, a.surroundings())
	clear(pass)
	if err != nil {
		return err
	}
	return errors.Join(do(d), d.Close())
}

// deskPassphrase is the desk's own: from a file, from a command that asks the
// system's keyring or a token, or asked for.
func (a *app) deskPassphrase(ctx context.Context, what string, twice bool) ([]byte, error) {
	command := a.passCommand
	if a.passFile == "" && command == "" && a.env("PARLEY_PASSPHRASE_FILE") == "" {
		command = a.env("PARLEY_PASSPHRASE_COMMAND")
	}
	if command != "" {
		return a.passphraseBy(ctx, command)
	}
	return a.passphrase(ctx, what, a.passFile, "PARLEY_PASSPHRASE_FILE", twice)
}

// passphraseBy runs a command, without a shell, and takes the first line that
// it prints. What it says on its standard error goes to ours.
func (a *app) passphraseBy(ctx context.Context, command string) ([]byte, error) {
	words := strings.Fields(command)
	if len(words) == 0 {
		return nil, usage(errors.New("the passphrase command is empty: name a program that prints the passphrase"))
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Stderr = a.err
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, usage(fmt.Errorf("the passphrase command: %w", err))
	}
	out, err := io.ReadAll(io.LimitReader(pipe, maxPassphrase))
	defer clear(out)
	_ = pipe.Close() // who goes on printing is not waited for
	if err = errors.Join(err, cmd.Wait()); err != nil {
		return nil, usage(fmt.Errorf("the passphrase command: %s: %w", words[0], err))
	}
	return firstLine("what the passphrase command "+words[0]+" printed", out)
}

// passphrase reads a passphrase from a file, or asks for it. It is never taken
// from the command line, where every process of the machine could see it.
func (a *app) passphrase(ctx context.Context, what, file, variable string, twice bool) ([]byte, error) {
	if file == "" {
		file = a.env(variable)
	}
	if file != "" {
		return passphraseFrom(file)
	}
	in, ok := a.in.(*os.File)
	if !ok || a.noInput || !term.IsTerminal(int(in.Fd())) {
		return nil, usage(fmt.Errorf("the %s is needed: set %s to a file that holds it", what, variable))
	}
	first, err := a.ask(ctx, in, what)
	if err != nil || !twice {
		return first, err
	}
	second, err := a.ask(ctx, in, what+", once more")
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, second) {
		return nil, usage(fmt.Errorf("the two passphrases differ"))
	}
	return first, nil
}

// ask asks for a passphrase at the terminal, and leaves that as it was.
func (a *app) ask(ctx context.Context, in *os.File, what string) ([]byte, error) {
	before, err := term.GetState(int(in.Fd()))
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(a.err, "%s: ", what)
	pass, err := awaited(ctx, func() ([]byte, error) { return term.ReadPassword(int(in.Fd())) })
	if ctx.Err() != nil {
		err = errors.Join(err, term.Restore(int(in.Fd()), before))
	}
	fmt.Fprintln(a.err)
	if err == nil && len(pass) == 0 {
		err = usage(fmt.Errorf("the passphrase is empty"))
	}
	return pass, err
}

// awaited is what a person types, or the end of the context: a read from a terminal
// does not end by itself when the command is to.
func awaited[T any](ctx context.Context, read func() (T, error)) (typed T, err error) {
	type answer struct {
		typed T
		err   error
	}
	came := make(chan answer, 1)
	go func() {
		typed, err := read()
		came <- answer{typed, err}
	}()
	select {
	case <-ctx.Done():
		return typed, ctx.Err()
	case got := <-came:
		return got.typed, got.err
	}
}

func passphraseFrom(file string) ([]byte, error) {
	data, err := casefile.ReadFile(file, maxPassphrase)
	if err != nil {
		return nil, usage(err)
	}
	return firstLine(file, data)
}

func firstLine(where string, data []byte) ([]byte, error) {
	line, _, _ := bufio.NewReader(bytes.NewReader(data)).ReadLine()
	if len(line) == 0 {
		return nil, usage(fmt.Errorf("%s: its first line is empty: no passphrase", where))
	}
	return bytes.Clone(line), nil
}
