// Command parley is a negotiating desk for prisoner exchanges: one side's desk
// on the command line, and the relay between desks.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

func main() { process(&app{}) }

// process carries out the command line of this process, and ends it.
func process(a *app) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// Whoever reads and goes away, a pipe or one browser among many, makes a
	// write fail, and ends nothing else.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	code := a.run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run carries out one command line and gives its exit status.
func (a *app) run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	a.in, a.out, a.err, a.env, a.now = in, out, errOut, os.Getenv, time.Now
	root := a.root()
	root.SetArgs(args)
	c, err := root.ExecuteContextC(ctx)
	if err != nil && !a.started {
		err = usage(misused(c, err))
	}
	if err != nil && ctx.Err() != nil {
		err = context.Canceled
	}
	a.complain(err)
	return exitCode(err)
}

// app is what all commands share: the streams, the clock and the global flags.
type app struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
	now      func() time.Time

	started     bool // the command line was understood
	json        bool
	noInput     bool
	home        string
	passFile    string
	passCommand string
	keyPass     string

	light bool // never but in tests: desk.Surroundings
}

// root is the table of commands, one file each.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "parley",
		Short:         "A negotiating desk for prisoner exchanges",
		Version:       versionText(),
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	f := root.PersistentFlags()
	f.BoolVar(&a.json, "json", false, "print one JSON object")
	f.BoolVar(&a.noInput, "no-input", false, "never ask; fail instead")
	f.StringVar(&a.home, "home", "", "the desk's folder (else PARLEY_HOME, else the user's data folder)")
	f.StringVar(&a.passFile, "passphrase-file", "", "file whose first line opens the desk (else PARLEY_PASSPHRASE_FILE, else asked)")
	f.StringVar(&a.passCommand, "passphrase-command", "", "program, with its arguments, that prints what opens the desk: the system's keyring, a token (else PARLEY_PASSPHRASE_COMMAND)")
	f.StringVar(&a.keyPass, "key-passphrase-file", "", "file whose first line opens a principal's key (else PARLEY_KEY_PASSPHRASE_FILE, else asked)")
	root.AddCommand(
		a.initCommand(), a.deskCommand(), a.doctorCommand(), a.caseCommand(), a.briefCommand(), a.weighCommand(), a.certificateCommand(), a.settleCommand(),
		a.channelCommand(), a.rosterCommand(), a.mandateCommand(), a.penCommand(), a.instructCommand(), a.offerCommand(),
		a.acceptCommand(), a.concurCommand(), a.declineCommand(), a.withdrawCommand(), a.sealCommand(), a.releaseCommand(),
		a.ratifyCommand(), a.certifyCommand(), a.signCommand(), a.noteCommand(), a.requestCommand(), a.nonPaperCommand(), a.reportCommand(),
		a.namesCommand(), a.listCommand(), a.personCommand(), a.handoverCommand(),
		a.mediateCommand(), a.pressCommand(), a.announceCommand(),
		a.backupCommand(), a.restoreCommand(), a.passphraseCommand(), a.destroyCommand(),
		a.syncCommand(), a.tableCommand(), a.logCommand(), a.paperCommand(), a.proofCommand(), a.relayCommand(), a.demoCommand(), a.exerciseCommand(),
	)
	a.mark(root)
	explain(root, pages())
	root.MarkFlagsMutuallyExclusive("passphrase-file", "passphrase-command")
	return root
}

// mark notes, ahead of each command, that its line was understood: what cobra
// refuses before that is wrong usage.
func (a *app) mark(c *cobra.Command) {
	for _, sub := range c.Commands() {
		a.mark(sub)
	}
	if do := c.RunE; do != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			a.started = true
			return do(c, args)
		}
	}
}

// group is a command that only holds others.
func (a *app) group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		_ = c.Usage()
		return usage(fmt.Errorf("parley %s needs one of its commands", use))
	}}
	c.SetOut(a.err)
	c.AddCommand(commands...)
	return c
}

// errUsage marks a wrong command line, or a file that can't be read as what it
// should be.
var errUsage = errors.New("wrong usage")

type usageError struct{ error }

func (e usageError) Unwrap() error        { return e.error }
func (e usageError) Is(target error) bool { return target == errUsage }

func usage(err error) error { return usageError{err} }
