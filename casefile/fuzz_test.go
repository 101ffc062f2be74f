package casefile

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"parley"
)

func seed(f *testing.F, head string, names ...string) {
	for _, name := range names {
		for _, s := range stories(&testing.T{}, name) {
			f.Add([]byte(head + s.file))
		}
	}
}

// bounded tells that an answer stays within what is promised of it.
func bounded(t *testing.T, err error) {
	t.Helper()
	if err != nil && (len(err.Error()) > 100_000 || strings.Count(err.Error(), "\n") > MaxProblems) {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
}

func FuzzCase(f *testing.F) {
	seed(f, "", "whole")
	seed(f, caseHead, "case")
	f.Add([]byte(fullCase))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		c, err := ParseCase("case.yaml", data)
		bounded(t, err)
		if !bytes.Equal(before, data) {
			t.Error("reading changed the bytes that were read")
		}
		if (c == nil) == (err == nil) {
			t.Error("neither a case nor an error, or both")
		}
		if c != nil {
			Findings(c)
			checkCase(t, c)
		}
	})
}

// checkCase tells that a case which was read keeps what its type promises.
func checkCase(t *testing.T, c *parley.Case) {
	seen := map[parley.PersonID]bool{}
	heads := 0
	for _, h := range c.Holdings() {
		if parley.CheckID(string(h.ID)) != nil || seen[h.ID] || h.Heads < 1 {
			t.Errorf("holding %q stands in a case with %d heads", h.ID, h.Heads)
		}
		if _, ok := c.Party(h.HeldBy); !ok && h.HeldBy != "" {
			t.Errorf("%s is held by nobody known", h.ID)
		}
		seen[h.ID] = true
		heads += h.Heads
	}
	if len(seen) > parley.MaxPersons || heads > parley.MaxHeads || len(c.Parties) == 0 {
		t.Error("a case beyond its bounds")
	}
}

func FuzzBrief(f *testing.F) {
	seed(f, briefHead, "brief")
	f.Add([]byte(strings.ReplaceAll(secretBrief, "§", "")))
	c := exercise(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := ParseBrief("brief.yaml", data, c)
		bounded(t, err)
		_, free := ParseBrief("brief.yaml", data, nil)
		if err == nil && free != nil {
			t.Errorf("fine with its case and not without: %v", free)
		}
	})
}

func FuzzOffer(f *testing.F) {
	seed(f, offerHead, "offer")
	c := exercise(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := ParseOffer("offer.yaml", data, c)
		bounded(t, err)
		if err != nil {
			return
		}
		again, err := ParseOffer("offer.yaml", EncodeOffer(o), c)
		if err != nil || !reflect.DeepEqual(again, normal(o)) {
			t.Errorf("%v: %+v came back as %+v", err, o, again)
		}
	})
}

// normal is an offer as it is read back: an empty list is no list.
func normal(o *parley.Offer) *parley.Offer {
	n := *o
	if len(n.Release) == 0 {
		n.Release = nil
	}
	if len(n.Optional) == 0 {
		n.Optional = nil
	}
	return &n
}
