package frontier_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley"
	"parley/brief"
	"parley/frontier"
	"parley/frontier/certificate"
)

func positionsOf(voices []frontier.Voice) []brief.Position {
	var out []brief.Position
	for _, v := range voices {
		out = append(out, v.Position)
	}
	return out
}

// certified solves, certifies, sends the certificate through JSON and has it
// checked.
func certified(t fatal, c *parley.Case, voices []frontier.Voice, o frontier.Options) *certificate.Certificate {
	t.Helper()
	p, err := frontier.New(c, voices)
	if err != nil {
		t.Fatalf("%v", err)
	}
	a, err := p.Solve(context.Background(), o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	x, err := p.Certify(context.Background(), a)
	if err != nil {
		t.Fatalf("%s: %v", o.Criterion, err)
	}
	text, err := json.Marshal(x)
	if err != nil {
		t.Fatalf("%v", err)
	}
	back := &certificate.Certificate{}
	if err := json.Unmarshal(text, back); err != nil {
		t.Fatalf("%v", err)
	}
	if err := certificate.Check(c, positionsOf(voices), back); err != nil {
		t.Fatalf("%s: %v\n%.2000s", o.Criterion, err, text)
	}
	return back
}

// TestCertificatesAreAccepted has every answer to random cases checked.
func TestCertificatesAreAccepted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawCase(t)
		by := rapid.SampledFrom(frontier.Criteria()).Draw(t, "criterion")
		if by == frontier.Nash && d.temper.points[1] == parley.MaxPoints {
			return // weights of 64 bits can't tell products of such gains apart to the last unit
		}
		certified(t, d.c, d.voices, frontier.Options{Criterion: by, Frontier: true})
	})
}

// TestForgedCertificatesAreRefused takes what is accepted and changes it: a lesser
// exchange, other gains, another proof, other points.
func TestForgedCertificatesAreRefused(t *testing.T) {
	c := contractCase()
	voices, _ := frontier.Voices(c, contractBriefs()...)
	// A second agreeable exchange, worse by every criterion.
	voices[0].Position.Worth["whelan"], voices[0].Position.WalkAway = 62, 5
	for _, by := range frontier.Criteria() {
		for what, forge := range map[string]func(x *certificate.Certificate){
			"gains":                    func(x *certificate.Certificate) { x.Gains[0]++ },
			"another exchange":         func(x *certificate.Certificate) { x.Release[0], x.Gains[0], x.Gains[1] = "whelan", 57, -25 },
			"nobody":                   func(x *certificate.Certificate) { x.Release = nil },
			"no proof":                 func(x *certificate.Certificate) { x.Lemma.Tree = &certificate.Tree{} },
			"half a proof":             func(x *certificate.Certificate) { x.Lemma.Tree = nil },
			"nothing agreeable":        func(x *certificate.Certificate) { x.Agreeable = false },
			"another case":             func(x *certificate.Certificate) { x.Case = "other" },
			"an unknown row":           func(x *certificate.Certificate) { x.Lemma.Tree = &certificate.Tree{Prices: [][2]int64{{99, 1}}} },
			"a missing limit":          func(x *certificate.Certificate) { x.Lemma.Tree = &certificate.Tree{Prices: [][2]int64{{0, 1}}} },
			"another lemma":            func(x *certificate.Certificate) { x.Lemma.Rows[0].AtLeast += 1000 },
			"a point less":             func(x *certificate.Certificate) { x.Points = x.Points[1:] },
			"no blocks":                func(x *certificate.Certificate) { x.Blocks = nil },
			"a block alone":            func(x *certificate.Certificate) { x.Blocks = x.Blocks[len(x.Blocks)-1:] },
			"blocks that go back":      func(x *certificate.Certificate) { x.Blocks = append([]certificate.Block{x.Blocks[0]}, x.Blocks...) },
			"a block without prices":   func(x *certificate.Certificate) { x.Blocks[0].Prices, x.Blocks[0].Weights = nil, [2]int64{} },
			"a block of other weights": func(x *certificate.Certificate) { x.Blocks[0].Weights[0] = -1 },
			"a block of great weights": func(x *certificate.Certificate) { x.Blocks[0].Weights[1] = 1 << 61 },
			"a price on no limit":      func(x *certificate.Certificate) { x.Blocks[0].Prices = [][2]int64{{0, 1}} },
			"a price on an odd row":    func(x *certificate.Certificate) { x.Blocks[0].Prices = [][2]int64{{99, 1}} },
			"another point's exchange": func(x *certificate.Certificate) { x.Points[0].Release = x.Points[0].Release[1:] },
			"weights that overflow":    func(x *certificate.Certificate) { x.Lemma.Rows[0].Weights[1] = 1 << 62 },
			"a point moved":            func(x *certificate.Certificate) { x.Points[0].Gains[0]-- },
		} {
			x := certified(t, c, voices, frontier.Options{Criterion: by, Frontier: true})
			forge(x)
			if err := certificate.Check(c, positionsOf(voices), x); !errors.Is(err, certificate.ErrForged) {
				t.Errorf("%s, %s: %v", by, what, err)
			}
		}
	}
	// The proof of one exchange does not serve a lesser one.
	x := certified(t, c, voices, frontier.Options{Criterion: frontier.Total})
	y := certified(t, c, voices, frontier.Options{Criterion: frontier.Home})
	x.Lemma = y.Lemma
	if err := certificate.Check(c, positionsOf(voices), x); !errors.Is(err, certificate.ErrForged) {
		t.Errorf("the proof of another criterion: %v", err)
	}
}

// TestFalseFrontiersHaveNoProof leaves out a point of a frontier, or moves one down:
// neither the proof of the true points nor one made for the false is accepted.
func TestFalseFrontiersHaveNoProof(t *testing.T) {
	forged := 0
	check := func(t *rapid.T) {
		d := drawCase(t)
		x := certified(t, d.c, d.voices, frontier.Options{Criterion: frontier.Home, Frontier: true})
		if len(d.voices) != 2 || len(x.Points) == 0 {
			return
		}
		if x.Blocks == nil {
			t.Fatalf("not proved in blocks\n%s", d)
		}
		forged++
		i := rapid.IntRange(0, len(x.Points)-1).Draw(t, "point")
		if k := rapid.IntRange(0, 2).Draw(t, "how"); k == 2 {
			x.Points = slices.Delete(x.Points, i, i+1)
		} else {
			x.Points[i].Gains[k]--
			x.Points[i].Release = nil
		}
		if len(x.Points) == 0 {
			return // nothing is said of a frontier
		}
		p, err := frontier.New(d.c, d.voices)
		if err != nil {
			t.Fatal(err)
		}
		made, err := frontier.ProveFrontier(p, x.Points)
		if err == nil {
			t.Fatalf("a proof of what is false: %v\n%s", made, d)
		}
		if err := certificate.Check(d.c, positionsOf(d.voices), x); !errors.Is(err, certificate.ErrForged) {
			t.Fatalf("points %v are accepted: %v\n%s", x.Points, err, d)
		}
	}
	checkUntil(t, check, &forged, "nothing was forged")
}

// TestListedProofs proves by listing everything, and fails to where something is
// there.
func TestListedProofs(t *testing.T) {
	c := contractCase()
	voices, _ := frontier.Voices(c, contractBriefs()...)
	voices[0].Position.Worth["whelan"], voices[0].Position.WalkAway = 62, 5
	all := &certificate.Tree{List: true}
	for _, by := range frontier.Criteria() {
		x := certified(t, c, voices, frontier.Options{Criterion: by})
		x.Lemma.Tree = all
		if err := certificate.Check(c, positionsOf(voices), x); err != nil {
			t.Errorf("%s: %v", by, err)
		}
	}
	x := certified(t, c, voices, frontier.Options{Criterion: frontier.Total})
	lesser := []parley.PersonID{"bout", "griner"}
	if slices.Equal(x.Release, lesser) {
		t.Fatal("the lesser exchange is picked")
	}
	x.Release, x.Gains = lesser, []int64{10, 10}
	x.Lemma.Rows[0].AtLeast = 21
	x.Lemma.Tree = all
	if err := certificate.Check(c, positionsOf(voices), x); !errors.Is(err, certificate.ErrForged) || !strings.Contains(err.Error(), "keeps all rows") {
		t.Errorf("a lesser exchange: %v", err)
	}
}

// TestStoppedAmongTies certifies an answer whose value is known to be the greatest
// though the search did not end, and no other.
func TestStoppedAmongTies(t *testing.T) {
	c := contractCase()
	voices, _ := frontier.Voices(c, contractBriefs()...)
	p, err := frontier.New(c, voices)
	if err != nil {
		t.Fatal(err)
	}
	for by, value := range map[frontier.Criterion]int64{frontier.Total: 15, frontier.Maximin: 5} {
		a := solve(t, c, voices, frontier.Options{Criterion: by})
		for more := range int64(2) {
			a.Proved, a.Bound = false, &frontier.Bound{Value: fmt.Sprint(value + more)}
			x, err := p.Certify(t.Context(), a)
			if more > 0 {
				if !errors.Is(err, frontier.ErrNoCertificate) {
					t.Errorf("%s with more to be found: %v", by, err)
				}
			} else if err != nil {
				t.Errorf("%s: %v", by, err)
			} else if err := certificate.Check(c, positionsOf(voices), x); err != nil {
				t.Errorf("%s: %v", by, err)
			}
		}
	}
}
