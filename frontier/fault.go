package frontier

import (
	"fmt"
	"strings"

	"parley"
)

// released is who is released of those in trade, and who fills which blank. It
// is looked at one person at a time; the search, which knows only numbers, is
// held to it by the tests.
type released struct {
	ids   map[parley.PersonID]bool
	fills map[parley.PersonID]int // of blanks that are filled: the index of who fills it
}

// release takes those of x that are in trade.
func (t *trade) release(x parley.Exchange) released {
	out := released{ids: map[parley.PersonID]bool{}}
	for _, id := range x {
		if i, ok := t.at()[id]; ok && i >= 0 {
			out.ids[id] = true
		}
	}
	return out
}

// out is who is released by some atoms.
func (t *trade) out(atoms []int32) released {
	out := released{map[parley.PersonID]bool{}, map[parley.PersonID]int{}}
	for _, k := range atoms {
		a := t.atoms[k]
		out.ids[t.holdings[a.who].ID] = true
		if a.blank >= 0 {
			out.ids[t.holdings[a.blank].ID] = true
			out.fills[t.holdings[a.blank].ID] = a.who
		}
	}
	return out
}

// fault says how the released break the rule; "" if they keep it.
func (t *trade) fault(r parley.Rule, out released) string {
	switch r := r.(type) {
	case parley.Require:
		return listing("", t.among(r.IDs, out, false), "not released")
	case parley.Forbid:
		return listing("", t.among(r.IDs, out, true), "released")
	case parley.Together:
		if len(t.among(r.IDs, out, false)) > 0 {
			return listing("only ", t.among(r.IDs, out, true), "released")
		}
	case parley.AtMostOne:
		if both := t.among(r.IDs, out, true); len(both) > 1 {
			return listing("", both, "released")
		}
	case parley.IfThen:
		if out.ids[r.If] {
			return listing("", t.among(r.Then, out, false), "not released")
		}
	case parley.Count:
		n := t.headsOf(r.Of, out)
		if r.AtLeast != nil && n < int64(*r.AtLeast) || r.AtMost != nil && n > int64(*r.AtMost) {
			return fmt.Sprintf("%d released", n)
		}
	case parley.Equal:
		if a, b := t.headsOf(r.A, out), t.headsOf(r.B, out); a != b {
			return fmt.Sprintf("%d against %d released", a, b)
		}
	case parley.Ratio:
		a, b := t.headsOf(r.A, out), t.headsOf(r.B, out)
		if multiply(a, int64(r.Den)).compare(multiply(b, int64(r.Num))) > 0 {
			return fmt.Sprintf("%d against %d released", a, b)
		}
	case parley.Bonus:
	default:
		panic(fmt.Sprintf("frontier: rule of unknown kind %T", r))
	}
	return ""
}

// among lists those of ids in trade that are released, or that are not.
func (t *trade) among(ids []parley.PersonID, out released, yes bool) parley.Exchange {
	var x []parley.PersonID
	for _, id := range ids {
		if i, ok := t.at()[id]; ok && i >= 0 && out.ids[id] == yes {
			x = append(x, id)
		}
	}
	return parley.NewExchange(x...)
}

// headsOf counts the released that a selector picks; one who fills a blank also
// where it picks the blank.
func (t *trade) headsOf(sel parley.Selector, out released) int64 {
	picked := map[int]bool{}
	for _, i := range t.selected(sel) {
		h := &t.holdings[i]
		if !out.ids[h.ID] {
			continue
		}
		if who, ok := out.fills[h.ID]; ok {
			i = who
		}
		picked[i] = true
	}
	var n int64
	for i := range picked {
		n += int64(t.holdings[i].Heads)
	}
	return n
}

// listing writes "a is released", "a, b and c are released"; "" for nobody.
func listing(lead string, ids parley.Exchange, what string) string {
	switch last := len(ids) - 1; last {
	case -1:
		return ""
	case 0:
		return fmt.Sprintf("%s%s is %s", lead, ids[0], what)
	default:
		return fmt.Sprintf("%s%s and %s are %s", lead, commas(ids[:last]), ids[last], what)
	}
}

// commas writes "a, b, c".
func commas(ids parley.Exchange) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return strings.Join(words, ", ")
}
