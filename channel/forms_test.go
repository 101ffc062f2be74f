package channel

import (
	"errors"
	"strings"
	"testing"
)

// TestADraftIsInForm before it is carried away to be signed, and when it comes.
func TestADraftIsInForm(t *testing.T) {
	c := charterOf("ru", "us")
	bad := first(c, "us")
	bad.Number, bad.Previous = 0, EntryID{1}
	if _, err := bad.Encode(); err == nil {
		t.Error("number 0 is carried away")
	}
	if _, err := Sign(bad, key("us")); err == nil {
		t.Error("number 0 is signed")
	}
	if _, err := ParseDraft(make([]byte, MaxEntry+1)); !errors.Is(err, ErrEntry) || !strings.Contains(err.Error(), "the most") {
		t.Errorf("too long: %v", err)
	}
}

// TestEmptyWordsHaveOneForm: an entry that commits to no salt and no words can't
// come with bytes that are no content.
func TestEmptyWordsHaveOneForm(t *testing.T) {
	c := charterOf("ru", "us")
	d := first(c, "us")
	d.Salt, d.Body = [saltSize]byte{}, nil
	d.Content = d.hash()
	h, said := parts(must(Sign(d, key("us"))).Raw)
	must(c.VerifyEntry(layOut(h, said)))
	for _, other := range [][]byte{{0xff}, {0x80}, append(said, 0)} {
		if _, err := c.VerifyEntry(layOut(h, other)); !errors.Is(err, ErrEntry) {
			t.Errorf("%x: %v", other, err)
		}
	}
}

// TestAHeaderIsBounded, whatever stands in it.
func TestAHeaderIsBounded(t *testing.T) {
	c := charterOf("ru", "us")
	h, said := parts(must(Sign(first(c, "us"), key("us"))).Raw)
	h.MLDSA = make([]byte, maxHeader)
	if _, err := c.VerifyEntry(layOut(h, said)); !errors.Is(err, ErrEntry) || !strings.Contains(err.Error(), "a header of") {
		t.Errorf("%v", err)
	}
}

// TestWhomAnArchiveEnrols is told of a charter and an archive that hold.
func TestWhomAnArchiveEnrols(t *testing.T) {
	c := charterOf("ru", "us")
	if _, err := c.Enrols(key("us").ID(), [][]byte{nil}); !errors.Is(err, ErrEntry) {
		t.Errorf("an archive of nothing: %v", err)
	}
	c.Title = ""
	if _, err := c.Enrols(key("us").ID(), nil); err == nil {
		t.Error("a charter without a title")
	}
}

// TestACharterAdoptsAFew, and neutrals keep to the rules of authorities.
func TestACharterAdoptsAFew(t *testing.T) {
	c := charterOf("ru", "us")
	for i := range MaxAdopts {
		c.Adopts = append(c.Adopts, Adopted{Channel: ID{byte(i + 1)}})
	}
	must(c.Encode())
	c.Adopts = append(c.Adopts, Adopted{Channel: ID{0xff}})
	if _, err := c.Encode(); err == nil || !strings.Contains(err.Error(), "the most") {
		t.Errorf("one too many: %v", err)
	}
	c = withNeutral()
	must(c.Encode())
	c.Neutrals[0].Authority.Threshold = 17
	if _, err := c.Encode(); err == nil {
		t.Error("a neutral's authority of 17 out of fewer keys")
	}
}

// TestTooLongAChangeIsRefusedUnread, and a delegation without a name.
func TestTooLongAChangeIsRefusedUnread(t *testing.T) {
	for what, err := range map[string]error{
		"a change":        second(ParseChange(make([]byte, MaxChange+1))),
		"a signed change": second(ParseSignedChange(make([]byte, MaxChange+1))),
	} {
		if err == nil || !strings.Contains(err.Error(), "the most") {
			t.Errorf("%s: %v", what, err)
		}
	}
	c := charterOf("ru", "us")
	c.Delegations[0].Name = ""
	if _, err := c.Encode(); err == nil {
		t.Error("a delegation without a name")
	}
}

// TestOnlyAnEntryIsSealed, also to those who get its header alone.
func TestOnlyAnEntryIsSealed(t *testing.T) {
	id, headers := charterOf("ru", "us").ID(), Recipients{Headers: publicKeys("us")}
	if _, err := Seal(randomness(1), id, headers, []byte("no entry")); err == nil {
		t.Error("what is no entry is sealed")
	}
	if _, err := Seal(randomness(1), id, headers, make([]byte, MaxEntry+1)); err == nil || !strings.Contains(err.Error(), "not 1 to") {
		t.Errorf("too long: %v", err)
	}
}
