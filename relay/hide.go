package relay

import (
	"fmt"
	"io"
)

// A Name says which mailbox: 64 hex digits in the request's path. Strangers
// don't know it, so it hides itself from fmt, logs and encoders.
type Name [32]byte

// A Key gives access to a mailbox. It hides itself likewise.
type Key [32]byte

// Format prints no digit of the name, whatever the verb.
func (Name) Format(f fmt.State, _ rune) { hidden(f, "relay.Name(hidden)") }

// MarshalText keeps the name out of JSON and log lines.
func (Name) MarshalText() ([]byte, error) { return []byte("hidden"), nil }

// Format prints no byte of the key, whatever the verb.
func (Key) Format(f fmt.State, _ rune) { hidden(f, "relay.Key(hidden)") }

// MarshalText keeps the key out of JSON and log lines.
func (Key) MarshalText() ([]byte, error) { return []byte("hidden"), nil }

// Format prints nothing of the client: fmt would walk to its key.
func (*Client) Format(f fmt.State, _ rune) { hidden(f, "relay.Client") }

func hidden(f fmt.State, text string) { _, _ = io.WriteString(f, text) }
