package desk

import (
	"bytes"
	"testing"

	"parley/channel"
)

// FuzzMediationWord: whatever comes is refused, or is what its bytes say.
func FuzzMediationWord(f *testing.F) {
	for _, v := range []any{
		confidence{Format: mediateFormat, At: 1, Brief: []byte("parley: brief/1\n")},
		singleText{Format: mediateFormat, At: 2, Release: nil, Text: "words"},
		textReply{Format: mediateFormat, At: 3, Yes: true},
		textOutcome{Format: mediateFormat, At: 4, Agreed: true},
	} {
		body, err := channel.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, k := range mediating {
			says, err := readMediation(k, body)
			if err != nil {
				continue
			}
			back, err := channel.Marshal(says)
			if err != nil || !bytes.Equal(back, body) {
				t.Errorf("%s: %x is read as %x: %v", k, body, back, err)
			}
		}
	})
}
