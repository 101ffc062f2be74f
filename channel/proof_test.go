package channel

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// forkedBy is a log in which somebody has signed two entries under one number,
// with marked bodies.
func forkedBy(t testing.TB, c *Charter, author string) *Log {
	l := must(NewLog(c))
	must(l.Add(entryAfter(l, c, "ru", "note", "MARKED word").Raw))
	if _, there := l.Roster().Seat(key(author).ID()); !there {
		other := enrol(c, "us", "us-other")
		other.Text = "MARKED change"
		first := signChange(other, "us-a", "us-b")
		must(l.Add(entryAfter(l, c, "ru", KindRoster, string(must(first.Encode()))).Raw))
		must(l.Add(entryAfter(l, c, "ru", KindRoster, string(must(signChange(enrol(c, "us", author).following(first), "us-a", "us-b").Encode()))).Raw))
	}
	yes, no := entryAfter(l, c, author, "offer", "MARKED yes"), entryAfter(l, c, author, "note", "MARKED no")
	must(l.Add(yes.Raw))
	must(l.Add(no.Raw))
	if len(l.Forks()) != 1 {
		t.Fatal("no fork")
	}
	return l
}

func TestAProofIsMadeAndChecked(t *testing.T) {
	c := governed()
	for _, author := range []string{"us", "us-principal", "neutral", "us-2"} {
		l := forkedBy(t, c, author)
		f := l.Forks()[0]
		data := must(l.Prove(signedCharterOf(t, c), f))
		g, err := CheckProof(data)
		if err != nil || g.Author.ID() != key(author).ID() || g.Channel != c.ID() || g.Number != f.Number || g.A != f.A.ID || g.B != f.B.ID || g.Title != "Talks" {
			t.Fatalf("%s: %+v, %v", author, g, err)
		}
		if want := map[bool]string{true: "neutral:Red Cross", false: "us"}[author == "neutral"]; g.Side != want || g.Author.Name == "" {
			t.Errorf("%s: %s of %s", author, g.Author.Name, g.Side)
		}
		for what, secret := range map[string][]byte{"a body": []byte("MARKED"), "the secret": someSecret[:]} {
			if bytes.Contains(data, secret) {
				t.Errorf("%s: the proof holds %s", author, what)
			}
		}
		for _, half := range []*Signed{f.A, f.B} {
			_, said := parts(half.Raw)
			var salted content
			if err := Unmarshal(said, &salted); err != nil {
				t.Fatal(err)
			}
			if salted.Salt != [32]byte{} && bytes.Contains(data, salted.Salt[:]) {
				t.Error("the proof holds a salt")
			}
		}
	}
}

// A proof's every byte counts.
func TestAnyChangeOfAProofIsRefused(t *testing.T) {
	c := governed()
	for author, step := range map[string]int{"us": 151, "us-2": 173} {
		l := forkedBy(t, c, author)
		everyChange(t, must(l.Prove(signedCharterOf(t, c), l.Forks()[0])), step, func(changed []byte) bool {
			_, err := CheckProof(changed)
			return err == nil
		})
	}
}

// The same with each byte of a proof in turn: beyond what is signed and
// verified as such there is only its own frame.
func TestAProofHasNoLooseBytes(t *testing.T) {
	c := governed()
	l := forkedBy(t, c, "us-2")
	data := must(l.Prove(signedCharterOf(t, c), l.Forks()[0]))
	var p Proof
	if err := Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	size := len(p.Charter) + len(p.A) + len(p.B)
	for _, change := range p.Changes {
		size += len(change)
	}
	if loose := len(data) - size; loose > 24 {
		t.Fatalf("%d bytes of frame", loose)
	}
	for _, part := range [][]byte{p.A, p.B, p.Changes[0]} {
		at := bytes.Index(data, part)
		for range 40 {
			changed := bytes.Clone(data)
			changed[at+rand.IntN(len(part))] ^= 1 << rand.IntN(8)
			if _, err := CheckProof(changed); err == nil {
				t.Fatal("a changed part is taken")
			}
		}
	}
}

func TestWhatIsNoProof(t *testing.T) {
	c := governed()
	signed := signedCharterOf(t, c)
	l := forkedBy(t, c, "us")
	f := l.Forks()[0]
	good := must(l.Prove(signed, f))
	remade := func(change func(*Proof)) []byte {
		var p Proof
		if err := Unmarshal(good, &p); err != nil {
			t.Fatal(err)
		}
		change(&p)
		return must(Marshal(p))
	}
	bare := func(e *Signed) []byte { return must(e.withoutBody()).Raw }
	word := l.Entries()[0] // ru's only one
	later := must(Sign(entryAt(c, "us", "note", "two", Position{Number: 2, Previous: f.A.ID}), key("us")))
	other := governed()
	other.Title = "Other talks"
	elsewhere := must(Sign(entryAt(other, "us", "note", "x", Position{Number: 1}), key("us")))
	newcomer := forkedBy(t, c, "us-2")
	change := newcomer.Changes()
	signature := func(e *Signed) []byte { // the same entry, signed in another way
		h, _ := parts(e.Raw)
		h.MLDSA = must(key("ru").SignAs(contextEntry, h.Entry)).MLDSA
		return layOut(h, nil)
	}
	for name, data := range map[string][]byte{
		"nothing":                      nil,
		"an entry":                     word.Raw,
		"two honest entries":           remade(func(p *Proof) { p.A, p.B = inOrder(bare(f.A), f.A.ID, bare(later), later.ID) }),
		"two authors' entries":         remade(func(p *Proof) { p.A, p.B = inOrder(bare(f.A), f.A.ID, bare(word), word.ID) }),
		"one entry twice":              remade(func(p *Proof) { p.B = p.A }),
		"one entry signed in two ways": remade(func(p *Proof) { p.B = signature(f.A) }),
		"the two changed about":        remade(func(p *Proof) { p.A, p.B = p.B, p.A }),
		"two channels' entries":        remade(func(p *Proof) { p.A, p.B = inOrder(bare(f.A), f.A.ID, bare(elsewhere), elsewhere.ID) }),
		"bodies in it":                 remade(func(p *Proof) { p.A, p.B = f.A.Raw, f.B.Raw }),
		"one body in it":               remade(func(p *Proof) { p.B = f.B.Raw }),
		"the secret in it":             remade(func(p *Proof) { p.Charter = must(signed.Encode()) }),
		"a charter half signed": remade(func(p *Proof) {
			p.Charter = must((&SignedCharter{Raw: signed.Raw, Signatures: signed.Signatures[1:]}).Encode())
		}),
		"another charter":             remade(func(p *Proof) { p.Charter = must(signedCharterOf(t, other).WithoutSecret().Encode()) }),
		"a change that brings nobody": remade(func(p *Proof) { p.Changes = change[:1] }),
		"another version":             remade(func(p *Proof) { p.Version = 2 }),
		"another suite":               remade(func(p *Proof) { p.Suite = 2 }),
		"too much":                    make([]byte, MaxProof+1),
	} {
		if g, err := CheckProof(data); err == nil {
			t.Errorf("%s: %+v", name, g)
		} else if strings.Contains(err.Error(), "MARKED") {
			t.Errorf("%s: the error tells a body", name)
		}
	}
	// A newcomer's proof needs the change that brought it, and no other.
	data := must(newcomer.Prove(signed, newcomer.Forks()[0]))
	for name, with := range map[string][][]byte{
		"no change": {}, "both changes": change,
		"a change of nobody's": {must(signChange(enrol(c, "us", "us-2")).Encode())},
		"a stranger's change":  {must(signChange(enrol(c, "us", "us-2"), "eve").Encode())},
	} {
		var p Proof
		if err := Unmarshal(data, &p); err != nil {
			t.Fatal(err)
		}
		p.Changes = with
		if _, err := CheckProof(must(Marshal(p))); err == nil {
			t.Errorf("with %s", name)
		}
	}
	if _, err := l.Prove(signed, Fork{Author: word.Author, Number: 1, A: word, B: word}); err == nil {
		t.Error("a proof against an honest author was made")
	}
}

func inOrder(a []byte, aID EntryID, b []byte, bID EntryID) ([]byte, []byte) {
	if aID.Compare(bID) > 0 {
		return b, a
	}
	return a, b
}

// Two honest entries are no proof, whichever two of an honest log they are.
func TestNoProofComesOfAnHonestLog(t *testing.T) {
	c, l, said := vectorTalks()
	signed := signedCharterOf(t, c)
	honest := slices.DeleteFunc(l.Entries(), func(e *Signed) bool { return e.Author == said[6].Author })
	for _, a := range honest {
		for _, b := range honest {
			if data, err := l.Prove(signed, Fork{Author: a.Author, Number: a.Number, A: a, B: b}); err == nil {
				t.Fatalf("%d bytes of proof", len(data))
			}
		}
	}
	if l.Forked(key("us").ID()) || len(fmt.Sprint(l.Forks())) == 0 {
		t.Fatal("an honest author is accused")
	}
}
