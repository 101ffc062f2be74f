package handover

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"parley"
)

// Word is all that anybody but the neutral learns of a person's consent. One
// word stands for health, identity, papers and refusal alike.
type Word string

// The words.
const (
	Open          Word = "open"
	Confirmed     Word = "confirmed"
	WillNotTravel Word = "will not travel"
)

// Words lists the closed set.
func Words() []Word { return []Word{Open, Confirmed, WillNotTravel} }

// Answer is one of a person's own answers.
type Answer uint8

// The answers. Open is the zero value: silence is no yes.
const (
	Unasked Answer = iota
	Yes
	No
)

// Interview is what a neutral knows of one person: the three questions, the
// check of the destination, and why somebody does not travel. It stays in the
// neutral's own store. It hides itself from fmt and logs; to write it into that
// store its fields are copied out by hand.
type Interview struct {
	Person      parley.PersonID
	On          parley.Date // of the talk in private
	Included    Answer      // do you want to be in it?
	Instrument  Answer      // will you accept the instrument?
	Destination Answer      // do you want to go there?
	Where       PlaceID     // the destination that was asked about
	Act         string      // the instruments that were asked about, as they stood
	Safe        Answer      // is the destination safe from return to danger (non-refoulement)?
	Unfit       bool        // health, identity or papers stand against it
	Reason      string      // why; nobody else's to know
}

// Asked is what a plan holds ready for a person today, against which an
// interview is read.
type Asked struct {
	Where PlaceID
	Act   string
	On    parley.Date // today
	Fresh int         // days that an interview is current
}

// Word is what the parties may see. A destination that has changed opens the
// third question and the check again, changed instruments the second; nothing
// else. An interview that is too old says nothing.
func (i Interview) Word(a Asked) Word {
	if i.Unfit || i.Included == No {
		return WillNotTravel
	}
	if i.Act == a.Act && i.Instrument == No || i.Where == a.Where && (i.Destination == No || i.Safe == No) {
		return WillNotTravel
	}
	current := !i.On.IsZero() && days(i.On, a.On) >= 0 && days(i.On, a.On) <= a.Fresh
	if current && i.Included == Yes && i.Act == a.Act && i.Instrument == Yes && i.Where == a.Where && i.Destination == Yes && i.Safe == Yes {
		return Confirmed
	}
	return Open
}

// days counts from one date to another, each a day; a date that is no day is
// far off.
func days(from, to parley.Date) int {
	if from.Day == 0 || to.Day == 0 {
		return 1 << 30
	}
	return ordinal(to) - ordinal(from)
}

// ordinal is the number of a day in the Gregorian calendar (Fliegel and van
// Flandern, Communications of the ACM 11, 1968).
func ordinal(d parley.Date) int {
	a := (d.Month - 14) / 12
	return 1461*(d.Year+4800+a)/4 + 367*(d.Month-2-12*a)/12 - 3*((d.Year+4900+a)/100)/4 + d.Day
}

// HiddenInterview is printed in place of an interview.
const HiddenInterview = "interview (hidden)"

// ErrPrivate is the answer to every encoder.
var ErrPrivate = errors.New("an interview is the neutral's own and can't be encoded")

// Format hides the interview from fmt in every verb, width and flag.
func (Interview) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, HiddenInterview) }

// LogValue hides the interview from logs.
func (Interview) LogValue() slog.Value { return slog.StringValue(HiddenInterview) }

// MarshalText refuses, and with it JSON, XML and YAML.
func (Interview) MarshalText() ([]byte, error) { return nil, ErrPrivate }

// MarshalBinary refuses, and with it CBOR and gob.
func (Interview) MarshalBinary() ([]byte, error) { return nil, ErrPrivate }
