package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"parley/casefile"
	"parley/channel"
	"parley/desk"
	"parley/frontier"
	"parley/relay"
)

// Exit statuses, as the contract gives them.
const (
	exitDone       = 0
	exitFailed     = 1
	exitUsage      = 2
	exitFindings   = 3
	exitRefused    = 4
	exitNoCase     = 10
	exitLocked     = 11
	exitPassphrase = 12
	exitDisagrees  = 13
	exitCancelled  = 130
)

// errFindings ends a command that did its work and found faults; it has printed
// them already.
var errFindings = errors.New("findings")

// errDisagrees is the other side's log saying something else than ours.
var errDisagrees = errors.New("the other side's log disagrees")

func exitCode(err error) int {
	var problems *casefile.Problems
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, context.Canceled):
		return exitCancelled
	case errors.Is(err, desk.ErrRefused):
		return exitRefused
	case errors.Is(err, casefile.ErrNoStore), errors.Is(err, desk.ErrNoCase), errors.Is(err, desk.ErrNoChannel):
		return exitNoCase
	case errors.Is(err, casefile.ErrLocked):
		return exitLocked
	case errors.Is(err, casefile.ErrPassphrase), errors.Is(err, desk.ErrKeyPassphrase):
		return exitPassphrase
	case errors.Is(err, errDisagrees):
		return exitDisagrees
	case errors.Is(err, errUsage), errors.Is(err, desk.ErrInput), errors.As(err, &problems), errors.Is(err, fs.ErrNotExist),
		errors.Is(err, desk.ErrNotFound), errors.Is(err, frontier.ErrTooMany):
		return exitUsage
	}
	return exitFailed
}

// complain prints an error and, where there is one, what to do about it.
func (a *app) complain(err error) {
	if err == nil || errors.Is(err, errFindings) {
		return
	}
	text := err.Error()
	if errors.Is(err, context.Canceled) {
		text = "cancelled"
	}
	var problems *casefile.Problems
	if errors.As(err, &problems) {
		fmt.Fprintln(a.err, show(problems.Error()))
		if a.json {
			_ = a.print(problemsView(problems), nil) // what is wrong is the answer
		}
		return
	}
	fmt.Fprintf(a.err, "parley: error: %s\n", show(text))
	if h := hint(err); h != "" {
		fmt.Fprintf(a.err, "parley: hint: %s\n", h)
	}
}

// problemsView is what is wrong with a file, for a program.
func problemsView(p *casefile.Problems) map[string]any {
	list := make([]map[string]any, len(p.List))
	for i, q := range p.List {
		list[i] = map[string]any{"line": q.Line, "column": q.Column, "field": q.Field, "text": q.Text, "hint": q.Hint}
	}
	return map[string]any{"ok": false, "file": p.File, "problems": list, "more": p.More}
}

func hint(err error) string {
	var locked *casefile.Locked
	var line misuse
	var damaged *casefile.Damaged
	switch {
	case errors.As(err, &line):
		return line.hint
	case errors.Is(err, casefile.ErrNoStore):
		return "make a desk with `parley init --party ID`, or name its folder with --home"
	case errors.Is(err, casefile.ErrExists):
		return "name another folder with --home, or work with the desk that is there"
	case errors.Is(err, desk.ErrNoCase):
		return "keep a case with `parley case keep FILE`"
	case errors.Is(err, desk.ErrNoChannel):
		return "found one with `parley channel open`, or join one with `parley channel join CHARTER`"
	case errors.Is(err, casefile.ErrPassphrase), errors.Is(err, desk.ErrKeyPassphrase):
		return "try again; a passphrase that is lost can't be recovered"
	case errors.As(err, &locked) && strings.Contains(locked.Command, " desk"):
		return "the desk is open in a browser: do it there, or stop `parley desk` first"
	case errors.As(err, &locked):
		return "wait until that process ends, or end it"
	case errors.Is(err, relay.ErrUnreachable):
		return "what you wrote waits in the outbox; run `parley sync` when the relay is up"
	case errors.Is(err, channel.ErrRestored):
		return "this desk was put back to an earlier state, or is a copy: it can be read, and a new one signs in its place; `parley backup`, `parley restore`, then have the new desk enrolled and this one revoked"
	case errors.Is(err, casefile.ErrNewer):
		return "use the newer program; nothing was changed"
	case errors.As(err, &damaged) && damaged.Needs != "":
		return withoutFile(damaged.Needs)
	case errors.Is(err, casefile.ErrDamaged):
		return "keep the folder as it is; `parley backup FILE --to RECIPIENT --salvage` takes what can be read, and `parley restore` makes a new desk of it"
	case errors.Is(err, channel.ErrNotSeated):
		return "this desk is not enrolled yet: give its card (parley channel card) to the side's authority, then `parley channel join CHARTER --archive DIR`"
	case errors.Is(err, desk.ErrRefused):
		return "change the brief or ask the principal for another mandate; nothing was signed"
	case errors.Is(err, desk.ErrNotFound) && strings.Contains(err.Error(), "`"):
		return "" // it says where to look
	case errors.Is(err, desk.ErrNotFound):
		return "`parley table` lists what is on the channel; the beginning of an id is enough"
	case errors.Is(err, syscall.EADDRINUSE):
		return "another program listens there, perhaps a relay that runs already: name another address"
	case errors.Is(err, fs.ErrNotExist):
		return "see that the name is right: it is looked for from the folder that you are in"
	case errors.Is(err, fs.ErrExist):
		return "nothing is written over: name another, or move what is there away"
	case errors.Is(err, fs.ErrPermission):
		return "this user may not: see whose it is, and its mode (ls -ld)"
	case errors.Is(err, syscall.ENOSPC):
		return "make room on that disk, then do it again: nothing was half written"
	}
	return ""
}

// withoutFile says what helps where a store lacks a file that nothing of it opens
// without: there is nothing to salvage.
func withoutFile(name string) string {
	copied := ""
	if name == casefile.KeyFile {
		copied = "put back a copy of " + name + " that was made since the passphrase last changed; with none, "
	}
	return copied + "nothing in that folder opens any more. In another (--home), `parley restore` makes a desk of a backup, to be enrolled in the place of this one; without a backup `parley init` makes one that another desk of this side has enrolled (`parley roster enrol`), and where there is no other the channel is founded anew (`parley channel open --adopts`)"
}
