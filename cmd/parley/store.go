package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"parley/casefile"
	"parley/desk"
)

func (a *app) passphraseCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "passphrase",
		Short: "Change the passphrase of this desk",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			home, pass, err := a.opening(c.Context())
			if err != nil {
				return err
			}
			defer clear(pass)
			another, err := a.passphrase(c.Context(), "new passphrase for the desk", file, "PARLEY_NEW_PASSPHRASE_FILE", true)
			if err != nil {
				return err
			}
			defer clear(another)
			a.warnOfShort(another)
			if err := desk.ChangePassphrase(c.Context(), home, pass, another, a.surroundings()); err != nil {
				return err
			}
			return a.print(map[string]string{"home": home}, func(w *words) { w.line("The desk in %s opens with the new passphrase alone.", home) })
		},
	}
	c.Flags().StringVar(&file, "new-passphrase-file", "", "file whose first line is the new passphrase (else PARLEY_NEW_PASSPHRASE_FILE, else asked)")
	return c
}

// warnOfShort says so where a passphrase can be tried out.
func (a *app) warnOfShort(pass []byte) {
	if len(pass) < 12 {
		a.tell("parley: warning: the passphrase is shorter than 12 characters: whoever takes this machine can try them all")
	}
}

// consent is what is typed to destroy a desk.
const consent = "destroy"

func (a *app) destroyCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "destroy",
		Short: "Destroy this desk: its keys first, then all that it holds",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			home, err := a.homeDir()
			if err != nil {
				return err
			}
			if err := a.consents(c.Context(), home, yes); err != nil {
				return err
			}
			if err := desk.Destroy(home, a.surroundings()); err != nil {
				return fmt.Errorf("%s: %w", home, err)
			}
			return a.print(map[string]string{"destroyed": home}, func(w *words) {
				w.line("The desk in %s is destroyed. A disk may keep copies of what was written over, flash above all.", home)
			})
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (a *app) consents(ctx context.Context, home string, yes bool) error {
	if yes {
		return nil
	}
	in, ok := a.in.(*os.File)
	if !ok || a.noInput || !term.IsTerminal(int(in.Fd())) {
		return usage(fmt.Errorf("destroying a desk is asked for: say --yes where nobody can be asked"))
	}
	fmt.Fprintf(a.err, "%s: type %s to destroy this desk, for good: ", show(home), consent)
	line, err := awaited(ctx, func() (string, error) { return bufio.NewReader(in).ReadString('\n') })
	if ctx.Err() != nil {
		fmt.Fprintln(a.err) // what comes next stands on a line of its own
		return ctx.Err()
	}
	if err != nil || strings.TrimSpace(line) != consent {
		return usage(fmt.Errorf("not confirmed: nothing was destroyed"))
	}
	return nil
}

// opening is what a desk is opened with.
func (a *app) opening(ctx context.Context) (home string, pass []byte, err error) {
	if home, err = a.homeDir(); err != nil {
		return "", nil, err
	}
	if !casefile.Exists(home) {
		return "", nil, fmt.Errorf("%s: %w", home, casefile.ErrNoStore)
	}
	pass, err = a.deskPassphrase(ctx, "passphrase of the desk", false)
	return home, pass, err
}
