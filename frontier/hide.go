package frontier

import (
	"fmt"
	"io"
	"log/slog"
)

// Hidden is what is printed in place of what follows from a brief.
const Hidden = "weighing (hidden)"

// Format hides the problem from fmt in every verb: it holds what a party keeps
// to itself.
func (*Problem) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, Hidden) }

// LogValue hides the problem from logs.
func (*Problem) LogValue() slog.Value { return slog.StringValue(Hidden) }

// Format hides the answer from fmt in every verb, so that gains get into no
// error by accident. Its fields and its JSON are open.
func (Answer) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, Hidden) }

// LogValue hides the answer from logs.
func (Answer) LogValue() slog.Value { return slog.StringValue(Hidden) }
