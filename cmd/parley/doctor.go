package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/casefile"
	"parley/channel"
	"parley/desk"
	"parley/relay"
)

// check is one thing that doctor looked at.
type check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Hint   string `json:"hint,omitempty"`
}

func (a *app) doctorCommand() *cobra.Command {
	var keys []string
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Look for what is wrong with this installation and this desk, and say how to mend it",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			checks := append([]check{version(), a.terminal()}, a.keyFiles(keys)...)
			home, err := a.homeDir()
			if err != nil {
				return err
			}
			if !casefile.Exists(home) {
				checks = append(checks, check{"desk", true, "none in " + home, "`parley init --party ID` makes one"})
				return a.diagnosis(checks)
			}
			checks = append(checks, permissions(home), space(home), a.passphraseFile())
			err = a.withDesk(c.Context(), func(d *desk.Desk) error {
				more, err := a.examine(c.Context(), d)
				checks = append(checks, more...)
				return err
			})
			if err != nil && c.Context().Err() != nil {
				return err
			}
			if err != nil {
				checks = append(checks, check{"store", false, err.Error(), hint(err)})
			}
			return a.diagnosis(checks)
		},
	}
	c.Flags().StringSliceVar(&keys, "key", nil, "a principal's key file, to be looked at too")
	return c
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
	us := d.Device().String()
	out = append(out, channelCheck(s), outboxCheck(s, a.now()), prekeyCheck(s, us, a.now()), datesCheck(s, us, a.now()))
	return append(out, a.relayChecks(ctx, d, s)...), nil
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
	c := check{Name: "channel", OK: true, Detail: fmt.Sprintf("%d entries", s.Entries)}
	switch {
	case len(s.Forked) > 0:
		c.OK, c.Detail, c.Hint = false, fmt.Sprintf("%d members signed two entries under one number", len(s.Forked)), "`parley table` names them; agree nothing that rests on them"
	case len(s.Missing) > 0:
		c.OK, c.Detail, c.Hint = false, fmt.Sprintf("%d entries were named and have not come", len(s.Missing)), "ask the other side to sync"
	case len(s.Contested) > 0:
		c.OK, c.Detail, c.Hint = false, fmt.Sprintf("the rosters of %d sides have two changes that contradict each other", len(s.Contested)), "their authority signs a third that names both: `parley roster`"
	}
	return c
}

// stuck is how long an entry may wait before that is worth a word: talks go on
// by the day.
const stuck = 3 * 24 * time.Hour

// outboxCheck looks whether the other sides confirm what we write.
func outboxCheck(s desk.State, now time.Time) check {
	c := check{Name: "outbox", OK: true, Detail: "nothing of ours waits"}
	if s.Waiting > 0 {
		c.Detail = fmt.Sprintf("%d of ours not confirmed by all yet", s.Waiting)
	}
	if age := now.Sub(s.Waits); s.Waiting > 0 && age > stuck {
		c.OK, c.Detail = false, fmt.Sprintf("%d of ours not confirmed by all yet, the oldest for %d days", s.Waiting, int(age.Hours())/24)
		c.Hint = "`parley sync --again`, and ask the other side to sync; where that changes nothing, take another relay: `parley channel relay URL` on both desks"
	}
	return c
}

// prekeyCheck looks how long what is sealed to a device could be opened by
// whoever takes it.
func prekeyCheck(s desk.State, us string, now time.Time) check {
	c := check{Name: "keys", OK: true, Detail: "sealing keys are renewed"}
	var old []string
	for _, m := range s.Members {
		if m.Gone || m.Prekey.IsZero() || now.Sub(m.Prekey) < channel.PrekeyLife {
			continue
		}
		if m.ID == us {
			c.OK, c.Detail, c.Hint = false, "this desk's sealing key is older than 30 days", "`parley sync` gives a fresh one out; whoever takes this machine can read what was sealed to the old one"
			return c
		}
		old = append(old, short(m.ID))
	}
	if len(old) > 0 {
		c.Detail, c.Hint = fmt.Sprintf("not heard from for 30 days: %s", strings.Join(old, ", ")), "ask them to sync; what is sealed to them rests on old keys"
	}
	return c
}

func (a *app) relayChecks(ctx context.Context, d *desk.Desk, s desk.State) []check {
	if s.Relay == "" {
		return []check{{"relay", false, "none is known", "`parley channel relay URL`, or `parley sync --dir` with a stick"}}
	}
	seen, err := d.LookAtRelay(ctx)
	if err != nil {
		return append(certificateCheck(err, a.now()), relayFault(err))
	}
	out := []check{{"relay", true, s.Relay + " answers", ""}, lineCheck(s.Relay, seen), clockCheck(seen)}
	by, err := d.Carrier(ctx, "")
	if err == nil {
		_, _, err = by.State(ctx)
	}
	if err != nil { // a clock that is wrong is refused, too
		out[0] = relayFault(err)
	}
	return out
}

func relayFault(err error) check {
	return check{"relay", false, err.Error(), cmp.Or(hint(err), "what you write waits in the outbox")}
}

// lineCheck looks how the line to the relay is protected. Envelopes are sealed
// in any case; the line hides who asks for them.
func lineCheck(address string, seen relay.Seen) check {
	switch {
	case seen.Group == "" && !isHere(address):
		return check{"line", false, "without TLS: who watches the line sees which mailbox is asked for", "have the relay's operator give it a certificate, and name it with https: `parley channel relay URL`"}
	case seen.Group == "":
		return check{"line", true, "without TLS, to this machine", ""}
	case seen.Group != tls.X25519MLKEM768.String():
		return check{"line", true, "TLS 1.3, " + seen.Group, "the relay, or a proxy before it, knows no key exchange that holds against a quantum computer (X25519MLKEM768)"}
	}
	return check{"line", true, "TLS 1.3, " + seen.Group, ""}
}

// isHere holds for an address on this machine.
func isHere(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
