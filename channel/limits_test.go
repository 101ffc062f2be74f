package channel

import (
	"fmt"
	"testing"
)

// The limits of a change of roster, each with all else in order.
func TestAChangeIsBounded(t *testing.T) {
	c := governed()
	many := enrol(c, "us", "us-2")
	many.Enrol = nil
	for i := range maxComing + 1 {
		many.Enrol = append(many.Enrol, device(fmt.Sprintf("comer-%d", i)))
	}
	if _, err := many.Encode(); err == nil {
		t.Error("too many devices are enrolled at once")
	}
	many.Enrol = many.Enrol[:maxComing]
	must(many.Encode())

	cuts := enrol(c, "us", "us-2")
	cuts.Enrol = nil
	for i := range MaxDevices + 1 {
		cuts.Revoke = append(cuts.Revoke, Cut{Member: MemberID{byte(i + 1)}})
	}
	if _, err := cuts.Encode(); err == nil {
		t.Error("too many members are taken off at once")
	}
	cuts.Revoke = cuts.Revoke[:MaxDevices]
	must(cuts.Encode())

	signed := signChange(enrol(c, "us", "us-2"), "us-a", "us-b")
	for len(signed.Signatures) <= MaxAuthority+1 {
		signed.Signatures = append(signed.Signatures, signed.Signatures[0])
	}
	if _, err := ParseSignedChange(must(signed.Encode())); err == nil {
		t.Error("a change with too many signatures is read")
	}
	signed.Signatures = signed.Signatures[:MaxAuthority+1]
	must(ParseSignedChange(must(signed.Encode())))

	if err := (&SignedChange{Raw: []byte("no change")}).Sign(key("us-a")); err == nil {
		t.Error("what is no change is signed")
	}
}
