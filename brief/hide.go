package brief

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Hidden is what is printed in place of anything private.
const Hidden = "brief (hidden)"

// ErrPrivate is the answer to every encoder.
var ErrPrivate = errors.New("a brief is private and can't be encoded")

// hide is the one way in which the private types answer fmt, whatever the verb.
func hide(w io.Writer) { _, _ = io.WriteString(w, Hidden) }

// Format hides the brief from fmt in every verb, width and flag.
func (Brief) Format(s fmt.State, _ rune) { hide(s) }

// LogValue hides the brief from logs.
func (Brief) LogValue() slog.Value { return slog.StringValue(Hidden) }

// MarshalText refuses, and with it JSON, XML and YAML.
func (Brief) MarshalText() ([]byte, error) { return nil, ErrPrivate }

// MarshalBinary refuses, and with it CBOR and gob.
func (Brief) MarshalBinary() ([]byte, error) { return nil, ErrPrivate }

// Format hides the content from fmt in every verb, width and flag.
func (Content) Format(s fmt.State, _ rune) { hide(s) }

// LogValue hides the content from logs.
func (Content) LogValue() slog.Value { return slog.StringValue(Hidden) }

// MarshalText refuses, and with it JSON, XML and YAML.
func (Content) MarshalText() ([]byte, error) { return nil, ErrPrivate }

// MarshalBinary refuses, and with it CBOR and gob.
func (Content) MarshalBinary() ([]byte, error) { return nil, ErrPrivate }

// Format hides the estimate from fmt in every verb, width and flag.
func (Estimate) Format(s fmt.State, _ rune) { hide(s) }

// LogValue hides the estimate from logs.
func (Estimate) LogValue() slog.Value { return slog.StringValue(Hidden) }

// MarshalText refuses, and with it JSON, XML and YAML.
func (Estimate) MarshalText() ([]byte, error) { return nil, ErrPrivate }

// MarshalBinary refuses, and with it CBOR and gob.
func (Estimate) MarshalBinary() ([]byte, error) { return nil, ErrPrivate }

// Format hides the position from fmt in every verb, width and flag.
func (Position) Format(s fmt.State, _ rune) { hide(s) }

// LogValue hides the position from logs.
func (Position) LogValue() slog.Value { return slog.StringValue(Hidden) }

// MarshalText refuses, and with it JSON, XML and YAML.
func (Position) MarshalText() ([]byte, error) { return nil, ErrPrivate }

// MarshalBinary refuses, and with it CBOR and gob.
func (Position) MarshalBinary() ([]byte, error) { return nil, ErrPrivate }
