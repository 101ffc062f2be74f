package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"parley"
	"parley/frontier"
)

// watched is a context that ends at the limit, and that tells how far the search
// is on standard error once it has taken a second.
func (a *app) watched(ctx context.Context, limit time.Duration) (context.Context, func()) {
	end := func() {}
	if limit > 0 {
		ctx, end = context.WithTimeout(ctx, limit)
	}
	var lock sync.Mutex
	var what string
	done := -1.0
	ctx = frontier.WithProgress(ctx, func(w string, d float64) {
		lock.Lock()
		what, done = w, d
		lock.Unlock()
	})
	told := every(time.Second, func(since time.Duration) {
		lock.Lock()
		defer lock.Unlock()
		a.tell("%s", progress(what, done, since))
	})
	return ctx, sync.OnceFunc(func() { told(); end() })
}

// progress says how far a search is and how long the rest may take.
func progress(what string, done float64, since time.Duration) string {
	if what == "" {
		what = "weighing"
	}
	s := fmt.Sprintf("%s, %d s", what, int(since.Seconds()))
	if done > 0.01 && done < 1 {
		left := time.Duration(float64(since) * (1 - done) / done)
		s += fmt.Sprintf(": %d%%, about %d s to go", int(done*100), int(left.Seconds())+1)
	}
	return s
}

// released tells who is released, and who fills a blank.
func (t *weighing) released(p *frontier.Point) string {
	s := named(t.names, p.Release)
	for _, n := range p.Named {
		s += fmt.Sprintf("; for %s: %s", nameOf(t.names, n.Blank), nameOf(t.names, n.Person))
	}
	return s
}

// change tells a change in words: "with bout, without whelan".
func (t *weighing) change(c frontier.Change) string {
	var parts []string
	if len(c.Add) > 0 {
		parts = append(parts, "with "+named(t.names, c.Add))
	}
	if len(c.Drop) > 0 {
		parts = append(parts, "without "+named(t.names, c.Drop))
	}
	if len(parts) == 0 {
		parts = append(parts, "as offered")
	}
	s := strings.Join(parts, ", ")
	for _, blank := range slices.Sorted(maps.Keys(c.Named)) {
		s += fmt.Sprintf("; for %s: %s", nameOf(t.names, blank), nameOf(t.names, c.Named[blank]))
	}
	return s
}

// countered lists answers to the offer, and tells why there are no more.
func (t *weighing) countered() {
	if t.End == nil {
		return
	}
	us := nameOf(t.names, t.End.Party)
	t.line("")
	if len(t.Counter) > 0 {
		t.line("answers that gain %s nearly the same, as changes from the offer:", us)
	}
	for i, c := range t.Counter {
		t.line("  %d. %s (%s)", i+1, t.change(c), t.gains(c.Gains))
		for _, r := range c.Ranges {
			t.line("     %s, as estimated: %+d at worst, %+d in the middle, %+d at best", nameOf(t.names, r.Party), r.Worst, r.Middle, r.Best)
		}
	}
	t.line("  %s", t.answersEnd(us))
}

// answersEnd tells why there are no more answers.
func (t *weighing) answersEnd(us string) string {
	switch e := t.End; {
	case e.Why == frontier.AsAsked:
		return "As many as were asked for; there may be others."
	case e.Why == frontier.CutShort && len(t.Counter) == 0:
		return "No answers: the limit stopped the search before anything agreeable was found."
	case e.Why == frontier.CutShort:
		return "The limit stopped the search for more: there may be others."
	case e.Least == nil:
		return "No answers: nothing is agreeable."
	case len(t.Parties) == 1:
		return fmt.Sprintf("There are no others: nothing else that is agreeable gains %s between %+d and %+d.", us, *e.Least, *e.Most)
	default:
		return fmt.Sprintf("There are no others: whatever else is agreeable and gains %s between %+d and %+d gains the others the same as one of these.", us, *e.Least, *e.Most)
	}
}

// balance tells how an exchange stands on the agreed scale.
func (t *weighing) balance(_ parley.Exchange, b *frontier.Balance) {
	if b == nil {
		return
	}
	if len(b.Equal) > 0 {
		t.line("  on the agreed scale, one for one: %s", tags(b.Equal))
	}
	for _, s := range b.Sides {
		line := fmt.Sprintf("  %s releases by the scale: %s = %d units", nameOf(t.names, s.Party), tags(s.Rest), s.Units)
		if s.Unscaled > 0 {
			line += fmt.Sprintf(", and %d whom the scale does not know", s.Unscaled)
		}
		t.line("%s", line)
	}
	t.line("  %s", owing(t.names, b))
}

// owing tells who has released less by the scale, as far as the scale goes.
func owing(n names, b *frontier.Balance) string {
	var s string
	switch {
	case b.Due > 0:
		s = fmt.Sprintf("%s owes %d units", nameOf(n, b.Owing), b.Due)
	case len(b.Sides) == 2:
		s = "it balances"
	default:
		return "who owes whom is told where two release somebody"
	}
	if slices.ContainsFunc(b.Sides, func(s frontier.Side) bool { return s.Unscaled > 0 }) {
		s += ", those whom the scale does not know not counted"
	}
	return s
}

// tags lists heads by tag: "2 colonel, 1 major"; "nobody" for none.
func tags(m map[string]int64) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, fmt.Sprintf("%d %s", m[k], k))
	}
	if len(out) == 0 {
		return "nobody"
	}
	return strings.Join(out, ", ")
}
