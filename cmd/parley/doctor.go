package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"parley/casefile"
	"parley/desk"
)

// check is one thing that doctor looked at.
type check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Hint   string `json:"hint,omitempty"`
}

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Look for what is wrong with this installation and this desk",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			checks := []check{version()}
			home, err := a.homeDir()
			if err != nil {
				return err
			}
			if !casefile.Exists(home) {
				checks = append(checks, check{"desk", true, "none in " + home, "`parley init --party ID` makes one"})
				return a.diagnosis(checks)
			}
			checks = append(checks, permissions(home))
			err = a.withDesk(c.Context(), func(d *desk.Desk) error {
				more, err := a.examine(c.Context(), d)
				checks = append(checks, more...)
				return err
			})
			if errors.Is(err, casefile.ErrDamaged) {
				checks = append(checks, check{"store", false, err.Error(), "keep the folder as it is; `parley backup FILE --to RECIPIENT --salvage` takes what can be read, and `parley restore` makes a new desk of it"})
			} else if err != nil {
				return err
			}
			return a.diagnosis(checks)
		},
	}
}

func (a *app) diagnosis(checks []check) error {
	sound := true
	for _, c := range checks {
		sound = sound && c.OK
	}
	if err := a.print(map[string]any{"ok": sound, "checks": checks}, func(w *words) {
		for _, c := range checks {
			mark := "ok   "
			if !c.OK {
				mark = "FAULT"
			}
			w.line("%s %s: %s", mark, c.Name, c.Detail)
			if c.Hint != "" {
				w.line("      %s", c.Hint)
			}
		}
	}); err != nil {
		return err
	}
	if !sound {
		return errFindings
	}
	return nil
}

// release is the version that a build for others tells, set by the linker
// (tools/dist); else what the Go tool wrote into the program is told.
var release string

func versionText() string {
	v := release
	if info, ok := debug.ReadBuildInfo(); v == "" && ok {
		v = info.Main.Version
	}
	if v == "" {
		v = "(devel)"
	}
	return v
}

func version() check {
	return check{Name: "program", OK: true, Detail: fmt.Sprintf("parley %s, %s, %s/%s", versionText(), runtime.Version(), runtime.GOOS, runtime.GOARCH)}
}

// permissions looks whether others on this machine may read the desk's folder.
func permissions(home string) check {
	c := check{Name: "folder", OK: true, Detail: home}
	info, err := os.Stat(home)
	if err != nil || runtime.GOOS == "windows" {
		return c
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		c.OK, c.Detail = false, fmt.Sprintf("%s may be read by others (mode %o)", home, mode)
		c.Hint = "chmod 700 " + home
	}
	return c
}

func (a *app) examine(ctx context.Context, d *desk.Desk) ([]check, error) {
	out := []check{{Name: "store", OK: true, Detail: "opens, desk of " + party(d)}, rollbackCheck(ctx, d)}
	b, ok, err := d.Brief(ctx)
	switch {
	case err != nil:
		out = append(out, check{"brief", false, "the brief in the store can't be read against the case", "`parley brief check FILE --case CASE` tells where; keep it again with `parley brief keep`"})
	case !ok:
		out = append(out, check{"brief", true, "none: acts are held to no red lines", ""})
	case b.Content().DestroyAfter.Past(a.now()):
		out = append(out, check{"brief", false, "it was to be destroyed after " + b.Content().DestroyAfter.String(), "keep another, or make a new desk"})
	default:
		out = append(out, check{"brief", true, "kept", ""})
	}
	s, err := d.Status(ctx)
	if err != nil {
		return append(out, check{"channel", true, "none joined", ""}), nil
	}
	out = append(out, channelCheck(s))
	return append(out, a.relayCheck(ctx, d, s)), nil
}

// rollbackCheck looks whether the desk is an earlier state of itself, and whether
// that would be noticed.
func rollbackCheck(ctx context.Context, d *desk.Desk) check {
	old, err := d.Restored(ctx)
	switch {
	case err != nil:
		return check{"age", false, err.Error(), ""}
	case old:
		return check{"age", false, "this desk was put back to an earlier state, or is a copy", "it signs nothing any more: `parley backup`, `parley restore`, and have the new desk enrolled"}
	case d.Awaits():
		return check{"age", true, "restored from a backup, not enrolled yet: it signs nothing", "`parley channel card`, then `parley channel join CHARTER --archive DIR`"}
	case !d.Witnessed():
		return check{"age", true, "nothing outside of its folder remembers this store: an older copy of it would not be noticed", "set XDG_STATE_HOME to a folder that can be written"}
	}
	return check{"age", true, "the newest that this machine has seen", ""}
}

func channelCheck(s desk.State) check {
	c := check{Name: "channel", OK: true, Detail: fmt.Sprintf("%d entries, %d of ours waiting", s.Entries, s.Waiting)}
	switch {
	case len(s.Forked) > 0:
		c.OK, c.Detail, c.Hint = false, fmt.Sprintf("%d members signed two entries under one number", len(s.Forked)), "`parley table` names them; agree nothing that rests on them"
	case len(s.Missing) > 0:
		c.OK, c.Detail, c.Hint = false, fmt.Sprintf("%d entries were named and have not come", len(s.Missing)), "ask the other side to sync"
	}
	return c
}

func (a *app) relayCheck(ctx context.Context, d *desk.Desk, s desk.State) check {
	if s.Relay == "" {
		return check{"relay", false, "none is known", "`parley channel relay URL`"}
	}
	by, err := d.Carrier(ctx, "")
	if err == nil {
		_, _, err = by.State(ctx)
	}
	if err != nil {
		return check{"relay", false, err.Error(), "what you write waits in the outbox"}
	}
	return check{"relay", true, s.Relay + " answers", ""}
}
