package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"testing"
	"time"

	"parley/desk"
	"parley/relay"
)

// TestDoctorOnTheChannel holds what is said of a channel, an outbox, keys and a
// line to the states in which they may be.
func TestDoctorOnTheChannel(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	keys := func(us, them time.Duration) desk.State {
		return desk.State{Members: []desk.MemberState{
			{ID: fmt.Sprintf("%064d", 1), Prekey: now.Add(-us)},
			{ID: fmt.Sprintf("%064d", 2), Prekey: now.Add(-them)},
			{ID: fmt.Sprintf("%064d", 3), Gone: true, Prekey: now.Add(-99 * day)},
			{ID: fmt.Sprintf("%064d", 4)},
		}}
	}
	ours := fmt.Sprintf("%064d", 1)
	dates := func(us, them, answered time.Duration) desk.State {
		return desk.State{Members: []desk.MemberState{
			{ID: fmt.Sprintf("%064d", 1), Said: now.Add(us), Answers: now.Add(-9 * day)},
			{ID: fmt.Sprintf("%064d", 2), Said: now.Add(them), Answers: now.Add(answered)},
			{ID: fmt.Sprintf("%064d", 3), Gone: true, Said: now.Add(99 * day)},
			{ID: fmt.Sprintf("%064d", 4)},
		}}
	}
	expired := func(now, from, until time.Time) check {
		bad := x509.CertificateInvalidError{Cert: &x509.Certificate{NotBefore: from, NotAfter: until}, Reason: x509.Expired}
		return certificateCheck(fmt.Errorf("%w: %w", relay.ErrUnreachable, &tls.CertificateVerificationError{Err: bad}), now)[0]
	}
	for name, c := range map[string]struct {
		got      check
		ok, hint bool
	}{
		"sound":               {channelCheck(desk.State{Entries: 3}), true, false},
		"two truths":          {channelCheck(desk.State{Forked: []string{"a"}}), false, true},
		"a gap":               {channelCheck(desk.State{Missing: []string{"a"}}), false, true},
		"contested":           {channelCheck(desk.State{Contested: []string{"east"}}), false, true},
		"nothing waits":       {outboxCheck(desk.State{}, now), true, false},
		"waits a day":         {outboxCheck(desk.State{Waiting: 1, Waits: now.Add(-day)}, now), true, false},
		"waits a week":        {outboxCheck(desk.State{Waiting: 1, Waits: now.Add(-7 * day)}, now), false, true},
		"fresh keys":          {prekeyCheck(keys(day, day), ours, now), true, false},
		"our key is old":      {prekeyCheck(keys(40*day, 40*day), ours, now), false, true},
		"theirs is old":       {prekeyCheck(keys(day, 40*day), ours, now), true, true},
		"no TLS, far away":    {lineCheck("http://relay.example", relay.Seen{}), false, true},
		"no TLS, here":        {lineCheck("http://127.0.0.1:7400", relay.Seen{}), true, false},
		"no TLS, here, IPv6":  {lineCheck("http://[::1]:7400", relay.Seen{}), true, false},
		"TLS":                 {lineCheck("https://relay.example", relay.Seen{Group: "X25519MLKEM768"}), true, false},
		"TLS of before":       {lineCheck("https://relay.example", relay.Seen{Group: "X25519"}), true, true},
		"dated in order":      {datesCheck(dates(-2*time.Hour, -time.Hour, -2*time.Hour), ours, now), true, false},
		"ours is ahead":       {datesCheck(dates(time.Hour, 0, -time.Hour), ours, now), false, true},
		"theirs is ahead":     {datesCheck(dates(0, time.Hour, 0), ours, now), false, true},
		"theirs is behind":    {datesCheck(dates(-time.Minute, -99*day, -time.Minute), ours, now), false, true},
		"ours is behind":      {datesCheck(dates(-10*day, -9*day, -10*day), ours, now), false, true},
		"a moment apart":      {datesCheck(dates(time.Minute, -time.Second, time.Minute), ours, now), true, false},
		"no certificate":      {expired(now, now.Add(-2*day), now.Add(-day)), false, true},
		"clocks agree":        {clockCheck(relay.Seen{Timed: true, Clock: time.Second}), true, false},
		"clocks apart":        {clockCheck(relay.Seen{Timed: true, Clock: -time.Hour}), false, true},
		"a relay that's mute": {clockCheck(relay.Seen{}), true, false},
	} {
		if c.got.OK != c.ok || (c.got.Hint != "") != c.hint {
			t.Errorf("%s: %+v", name, c.got)
		}
	}
}
