package accord

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"parley"
	"parley/brief"
)

func TestTermsAreWrittenOneWay(t *testing.T) {
	for _, pl := range plans(t) {
		text := pl.p.text(t)
		got, err := ParseTerms(text)
		if err != nil || got.ID() != pl.p.ID() {
			t.Fatalf("%v: %s", err, text)
		}
		for name, bad := range map[string][]byte{
			"a space":         append([]byte(" "), text...),
			"another end":     append(bytes.Clone(text), '\n'),
			"an unknown word": bytes.Replace(text, []byte("{"), []byte(`{"x":1,`), 1),
			"a field twice":   bytes.Replace(text, []byte("{"), []byte(`{"parley":"accord/1",`), 1),
			"broken off":      text[:len(text)/2],
		} {
			if _, err := ParseTerms(bad); err == nil {
				t.Errorf("terms with %s were read", name)
			}
		}
	}
}

func TestBadTerms(t *testing.T) {
	good := termsFor(swap(0).c, SemiHonest, Nash, 15, 1, false)
	ask := askPlan(t, SemiHonest).Terms()
	for want, change := range map[string]func(*Terms){
		"is not \"accord/1\"":       func(t *Terms) { t.Form = "accord/2" },
		"between two parties":       func(t *Terms) { t.Parties[1] = t.Parties[0] },
		"no mode":                   func(t *Terms) { t.Mode = "honest" },
		"mediated mode names":       func(t *Terms) { t.Mode = Mediated },
		"and no other mode does":    func(t *Terms) { t.Neutral = "n" },
		"can't be a party":          func(t *Terms) { t.Mode, t.Neutral = Mediated, "a" },
		"no question":               func(t *Terms) { t.Question = "why" },
		"no criterion":              func(t *Terms) { t.Criterion = "ks" },
		"resolution is from 1":      func(t *Terms) { t.Resolution = MaxResolution + 1 },
		"step is from 1":            func(t *Terms) { t.Step = 0 },
		"to settle names no":        func(t *Terms) { t.Asked = parley.Exchange{"bout"} },
		"ids in order":              func(t *Terms) { *t = ask; t.Asked = parley.Exchange{"q", "p"} },
		"to ask has no criterion":   func(t *Terms) { *t = ask; t.Step = 1 },
		"is no party of the case":   func(t *Terms) { t.Parties[1] = "z" },
		"terms are for case":        func(t *Terms) { t.Case = "other" },
		"zz is not in the case":     func(t *Terms) { *t = ask; t.Case = "swap"; t.Asked = parley.Exchange{"zz"} },
		"settlement takes 1024 at ": nil,
	} {
		terms, c := good, swap(0).c
		if change == nil {
			for i := range MaxTraded {
				c.Persons = append(c.Persons, parley.Person{ID: parley.PersonID(fmt.Sprint("p", i)), HeldBy: "a"})
			}
		} else {
			change(&terms)
		}
		if _, err := NewPlan(c, terms); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}

// TestTooMuchIsRefused: what hostile terms or a case could ask of a desk is
// bounded before any work is done.
func TestTooMuchIsRefused(t *testing.T) {
	wide := balanced(200).c
	wide.Rules = []parley.Rule{parley.Equal{A: parley.Selector{HeldBy: "a"}, B: parley.Selector{HeldBy: "b"}}}
	odd := &parley.Case{ID: "balanced", Parties: wide.Parties}
	for i := range 16 {
		odd.Groups = append(odd.Groups, parley.Group{ID: parley.PersonID(fmt.Sprint("g", i)), Count: 1 << i, HeldBy: "a"})
	}
	many := balanced(60).c
	for i := range 14 {
		var ids []parley.PersonID
		for j := i; j < 60; j += 3 + i {
			ids = append(ids, many.Persons[j].ID)
		}
		n := 3
		many.Rules = append(many.Rules, parley.Count{Of: parley.Selector{IDs: ids}, AtMost: &n})
	}
	half := 1 << 15
	odd.Rules = []parley.Rule{parley.Count{Of: parley.Selector{HeldBy: "a"}, AtMost: &half}}
	for want, c := range map[string]*parley.Case{"the circuit would take": wide, "different counts": odd, "more than 1024 places": many} {
		_, err := NewPlan(c, termsFor(c, SemiHonest, Nash, MaxResolution, 1, false))
		if !errors.Is(err, ErrUnfit) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}

func TestInputsAreHeldAgainstTheTerms(t *testing.T) {
	p := askPlan(t, SemiHonest)
	for name, in := range map[string]Inputs{"too large": hide([]uint64{2}), "none": {}, "too many": hide([]uint64{1, 1})} {
		if _, err := Start(p, "a", in, &memory{}, new(counting)); err == nil {
			t.Errorf("inputs that are %s were taken", name)
		}
	}
	if _, err := Start(p, "z", Answer(true), &memory{}, new(counting)); err == nil {
		t.Error("a stranger took part")
	}
	if _, err := p.Inputs(swap(0).briefs[0]); err == nil {
		t.Error("a brief went into a blind yes")
	}
	pr := swap(0)
	plan := mustPlan(t, pr.c, termsFor(pr.c, SemiHonest, Nash, 15, 5, false))
	for want, change := range map[string]func(*brief.Content){
		"is no party of the settlement": func(c *brief.Content) { c.Party = "z" },
		"is not for case":               func(c *brief.Content) { c.Case = "z" },
		"walk-away is negative":         func(c *brief.Content) { c.WalkAway = -1 },
		"passes 15 steps":               func(c *brief.Content) { c.Worth = map[parley.PersonID]int64{"griner": 80} },
		"private signs":                 func(c *brief.Content) { c.Worth = map[parley.PersonID]int64{"griner": -5} },
		"only what is required":         func(c *brief.Content) { c.Rules = []parley.Rule{parley.Bonus{Points: 1}} },
		"too large":                     func(c *brief.Content) { c.Worth = map[parley.PersonID]int64{"griner": 1 << 62} },
	} {
		content := pr.briefs[0].Content()
		change(&content)
		if _, err := plan.Inputs(brief.New(content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}

// TestStep: the smallest for which no worth passes the resolution.
func TestStep(t *testing.T) {
	for _, c := range []struct {
		resolution int
		bounds     []int64
		want       int64
	}{{15, nil, 1}, {15, []int64{0}, 1}, {15, []int64{15, 3}, 1}, {15, []int64{16, 3}, 2}, {15, []int64{30}, 2}, {15, []int64{3, 31}, 3}, {1, []int64{7}, 7}} {
		if got := StepFor(c.resolution, c.bounds...); got != c.want {
			t.Errorf("resolution %d, bounds %v: step %d, want %d", c.resolution, c.bounds, got, c.want)
		}
	}
}
