package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"parley/desk"
	"parley/relay"
)

// aside is how far two clocks may stand apart: days that end mean something.
const aside = 2 * time.Minute

// daysEnd is why a clock matters.
const daysEnd = "days on which offers and mandates end are read by it"

func clockCheck(seen relay.Seen) check {
	switch {
	case !seen.Timed:
		return check{"clock", true, "the relay does not tell the time", ""}
	case seen.Clock.Abs() > aside:
		return check{"clock", false, fmt.Sprintf("the relay's clock is %v from this machine's", seen.Clock), "set this machine's clock, or ask the operator to: " + daysEnd}
	}
	return check{"clock", true, "agrees with the relay's", ""}
}

// datesCheck looks whether the clocks fit together by which members date what they
// sign: nothing is written later than now, nor before what it answers.
func datesCheck(s desk.State, us string, now time.Time) check {
	for _, m := range s.Members {
		ahead, behind := m.Said.Sub(now), m.Answers.Sub(m.Said)
		ours := m.ID == us
		switch {
		case m.Gone || m.Said.IsZero():
		case ahead > aside && ours:
			return check{"dates", false, fmt.Sprintf("this desk dated what it signed %s from now: its clock was ahead then, or is behind", roughly(ahead)), "set this machine's clock: " + daysEnd}
		case ahead > aside:
			return check{"dates", false, fmt.Sprintf("device %s dates what it signed %s from now: its clock is ahead, or this machine's is behind", short(m.ID), roughly(ahead)), "hold both against a third clock, such as the relay's: " + daysEnd}
		case behind > aside && ours:
			return check{"dates", false, fmt.Sprintf("this desk dated an answer %s before what it answers: its clock was behind then, or another's ahead", roughly(behind)), "set this machine's clock, if it is that: " + daysEnd}
		case behind > aside:
			return check{"dates", false, fmt.Sprintf("device %s dated an answer %s before what it answers: its clock was behind then, or another's ahead", short(m.ID), roughly(behind)), "ask them to look at their clock, and look at this machine's: " + daysEnd}
		}
	}
	return check{"dates", true, "what members signed is dated in order", ""}
}

// roughly tells a time span as people do, in days or in hours and minutes.
func roughly(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days", int(d.Hours())/24)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// certificateCheck looks whether a relay was not reached because its certificate
// does not hold today, which may be the fault of the clock that says what today is.
func certificateCheck(err error, now time.Time) []check {
	bad, ok := errors.AsType[x509.CertificateInvalidError](err)
	if !ok || bad.Reason != x509.Expired || bad.Cert == nil {
		return nil
	}
	day := func(t time.Time) string { return t.UTC().Format(time.DateOnly) }
	return []check{{
		"clock", false,
		fmt.Sprintf("the relay's certificate holds from %s to %s, and this machine's clock says %s", day(bad.Cert.NotBefore), day(bad.Cert.NotAfter), day(now)),
		"set this machine's clock, if it is that; else have the relay's operator renew the certificate",
	}}
}
