package channel

import (
	"fmt"
	"io"
	"log/slog"
)

const hiddenText = "channel: secret key (hidden)"

// hidden is embedded in what must not be printed. It answers for every fmt
// verb and for the encoders of text, so that a key left in a struct that is
// logged says only that it is one. The secret itself stands behind a function:
// where fmt goes by reflection, in unexported fields and for verbs that do not
// fit, it follows pointers and prints a function as an address.
type hidden struct{}

// Format prints that there is a secret, whatever the verb.
func (hidden) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hiddenText) }

// String says that there is a secret.
func (hidden) String() string { return hiddenText }

// GoString says that there is a secret.
func (hidden) GoString() string { return hiddenText }

// MarshalText says that there is a secret.
func (hidden) MarshalText() ([]byte, error) { return []byte(hiddenText), nil }

// MarshalJSON says that there is a secret.
func (hidden) MarshalJSON() ([]byte, error) { return []byte(`"` + hiddenText + `"`), nil }

// MarshalBinary says that there is a secret; gob uses it.
func (hidden) MarshalBinary() ([]byte, error) { return []byte(hiddenText), nil }

// LogValue says that there is a secret.
func (hidden) LogValue() slog.Value { return slog.StringValue(hiddenText) }

// Secret is what the members of a channel know and nobody else. It hides from
// fmt, JSON and logs like a key does, but being plain bytes it can't where fmt
// goes by reflection. Marshal writes it as 32 bytes.
type Secret [32]byte

// Format prints that there is a secret, whatever the verb.
func (Secret) Format(f fmt.State, verb rune) { hidden{}.Format(f, verb) }

// String says that there is a secret.
func (Secret) String() string { return hiddenText }

// GoString says that there is a secret.
func (Secret) GoString() string { return hiddenText }

// MarshalText says that there is a secret.
func (Secret) MarshalText() ([]byte, error) { return hidden{}.MarshalText() }

// LogValue says that there is a secret.
func (Secret) LogValue() slog.Value { return hidden{}.LogValue() }
