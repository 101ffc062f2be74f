package certificate

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"parley"
	"parley/brief"
)

// column is one decision, or several alike.
type column struct {
	name  parley.PersonID
	gains []int64
	heads int64
	most  int64
}

// asked is a row over columns: lo <= sum <= hi, where they are set.
type asked struct {
	coef         map[int]int64
	lo, hi       int64
	hasLo, hasHi bool
}

// system is all that is asked of an exchange.
type system struct {
	c        *parley.Case
	parties  []brief.Position // in file order
	holdings []parley.Holding // in trade, by id
	at       map[parley.PersonID]int
	means    [][]int // of holdings: columns that release it
	columns  []column
	bonuses  [][][]int // of the columns of bonuses, from firstBonus on: what they need
	first    int       // of the columns of bonuses
	rows     []asked
	merged   []int   // of columns before merging: after
	lo, hi   []int64 // of columns: what single rows leave of 0 to most
}

// newSystem writes the rows of a case and positions.
func newSystem(c *parley.Case, positions []brief.Position) *system {
	s := &system{c: c, at: map[parley.PersonID]int{}}
	for _, p := range c.Parties {
		for _, x := range positions {
			if x.Party == p.ID {
				s.parties = append(s.parties, x)
			}
		}
	}
	for _, h := range c.Holdings() {
		if !h.Owed && h.HeldBy != "" {
			s.holdings = append(s.holdings, h)
		}
	}
	slices.SortFunc(s.holdings, func(a, b parley.Holding) int { return strings.Compare(string(a.ID), string(b.ID)) })
	for i, h := range s.holdings {
		s.at[h.ID] = i
	}
	s.addColumns()
	for i := range s.parties {
		s.rows = append(s.rows, asked{})
		s.rows[i].coef = map[int]int64{}
	}
	for _, r := range c.Rules {
		s.addRule(r)
	}
	for _, p := range s.parties {
		for _, r := range p.Rules {
			s.addRule(r)
		}
	}
	s.addOnce()
	s.addBonuses()
	s.merge()
	s.addGains()
	s.bound()
	return s
}

// addColumns lists the decisions.
func (s *system) addColumns() {
	s.means = make([][]int, len(s.holdings))
	for i, h := range s.holdings {
		if !h.Blank || len(h.Candidates) == 0 {
			s.add(i, -1)
			continue
		}
		for _, id := range h.Candidates {
			if k, ok := s.at[id]; ok && s.holdings[k].HeldBy == h.HeldBy && !s.holdings[k].Blank {
				s.add(k, i)
			}
		}
	}
	s.first = len(s.columns)
}

// add makes the column of somebody who leaves, as himself or for a blank.
func (s *system) add(who, blank int) {
	h := s.holdings[who]
	c := column{name: h.ID, heads: int64(h.Heads), most: 1}
	if blank >= 0 {
		c.name = s.holdings[blank].ID + "=" + h.ID
	}
	for _, p := range s.parties {
		x := h
		if blank >= 0 {
			if _, own := p.Worth[s.holdings[blank].ID]; own {
				x = s.holdings[blank]
			}
		}
		worth := p.Worth[x.ID]
		for k, tag := range x.Tags {
			if !slices.Contains(x.Tags[:k], tag) {
				worth += p.Tags[tag]
			}
		}
		c.gains = append(c.gains, worth*int64(h.Heads))
	}
	k := len(s.columns)
	s.columns = append(s.columns, c)
	s.means[who] = append(s.means[who], k)
	if blank >= 0 {
		s.means[blank] = append(s.means[blank], k)
	}
}

// of gives, for each id in trade once, ids ascending, its columns.
func (s *system) of(ids []parley.PersonID) [][]int {
	var at []int
	for _, id := range ids {
		if i, ok := s.at[id]; ok {
			at = append(at, i)
		}
	}
	slices.Sort(at)
	var out [][]int
	for _, i := range slices.Compact(at) {
		out = append(out, s.means[i])
	}
	return out
}

// row adds a row; nil bounds are not set.
func (s *system) row(lo, hi *int64, terms map[int]int64) {
	r := asked{coef: map[int]int64{}}
	for k, v := range terms {
		if v != 0 {
			r.coef[k] = v
		}
	}
	if lo != nil {
		r.lo, r.hasLo = *lo, true
	}
	if hi != nil {
		r.hi, r.hasHi = *hi, true
	}
	s.rows = append(s.rows, r)
}

func number(n int64) *int64 { return &n }

func sumOf(lists ...[]int) map[int]int64 {
	out := map[int]int64{}
	for _, l := range lists {
		for _, k := range l {
			out[k]++
		}
	}
	return out
}

func minus(a, b []int) map[int]int64 {
	out := sumOf(a)
	for _, k := range b {
		out[k]--
	}
	return out
}

// addRule writes what a rule asks. A rule that can't fail, since too few of its
// list are in trade, asks nothing.
func (s *system) addRule(r parley.Rule) {
	switch r := r.(type) {
	case parley.Require:
		for _, l := range s.of(r.IDs) {
			s.row(number(1), nil, sumOf(l))
		}
	case parley.Forbid:
		if l := s.of(r.IDs); len(l) > 0 {
			s.row(nil, number(0), sumOf(l...))
		}
	case parley.Together:
		l := s.of(r.IDs)
		for i := 1; i < len(l); i++ {
			s.row(number(0), number(0), minus(l[i-1], l[i]))
		}
	case parley.AtMostOne:
		if l := s.of(r.IDs); len(l) > 1 {
			s.row(nil, number(1), sumOf(l...))
		}
	case parley.IfThen:
		cause, then := s.of([]parley.PersonID{r.If}), s.of(r.Then)
		for _, l := range then {
			if len(cause) > 0 {
				s.row(nil, number(0), minus(cause[0], l))
			}
		}
	case parley.Count:
		s.addCount(r)
	case parley.Equal:
		s.row(number(0), number(0), s.count(r.A, 1, s.count(r.B, -1, nil)))
	case parley.Ratio:
		s.row(nil, number(0), s.count(r.A, int64(r.Den), s.count(r.B, -int64(r.Num), nil)))
	case parley.Bonus:
	default:
		panic(fmt.Sprintf("certificate: rule of unknown kind %T", r))
	}
}

func (s *system) addCount(r parley.Count) {
	if r.AtLeast == nil && r.AtMost == nil {
		return
	}
	var lo, hi *int64
	if r.AtLeast != nil {
		lo = number(int64(*r.AtLeast))
	}
	if r.AtMost != nil {
		hi = number(int64(*r.AtMost))
	}
	s.row(lo, hi, s.count(r.Of, 1, nil))
}

// count adds, so many times, the heads of what a selector picks: each column
// once, picked as who leaves or as the blank.
func (s *system) count(sel parley.Selector, times int64, to map[int]int64) map[int]int64 {
	if to == nil {
		to = map[int]int64{}
	}
	picked := map[int]bool{}
	for i, h := range s.holdings {
		if sel.Picks(h) {
			for _, k := range s.means[i] {
				picked[k] = true
			}
		}
	}
	for k := range picked {
		to[k] += times * s.columns[k].heads
	}
	return to
}

// addOnce asks that nobody is released twice and no blank is filled twice.
func (s *system) addOnce() {
	for _, l := range s.means {
		if len(l) > 1 {
			s.row(nil, number(1), sumOf(l))
		}
	}
}

// addBonuses gives each bonus a column that is 1 just when all of its list are
// released.
func (s *system) addBonuses() {
	for i, p := range s.parties {
		for _, r := range p.Rules {
			b, ok := r.(parley.Bonus)
			if !ok {
				continue
			}
			all := s.of(b.All)
			if len(all) == 0 {
				continue
			}
			z := len(s.columns)
			c := column{name: parley.PersonID(fmt.Sprintf("bonus-%d", z-s.first)), gains: make([]int64, len(s.parties)), most: 1}
			c.gains[i] = b.Points
			s.columns = append(s.columns, c)
			s.bonuses = append(s.bonuses, all)
			for _, l := range all {
				each := minus(nil, l)
				each[z]++
				s.row(nil, number(0), each)
			}
			every := sumOf(all...)
			every[z]--
			s.row(nil, number(int64(len(all))-1), every)
		}
	}
}

// tooLarge tells whether sums over columns could pass 64 bits.
func (s *system) tooLarge() bool {
	return slices.ContainsFunc(s.rows, func(r asked) bool { return s.weight(&r) >= 1<<61 })
}

// weight bounds the sums and limits of a row in magnitude.
func (s *system) weight(r *asked) float64 {
	sum := math.Max(math.Abs(float64(r.lo)), math.Abs(float64(r.hi)))
	for k, v := range r.coef {
		sum += math.Abs(float64(v)) * float64(s.columns[k].most)
	}
	return sum
}

// merge counts columns of the same numbers together.
func (s *system) merge() {
	keys := make([]strings.Builder, len(s.columns))
	for i, r := range s.rows {
		for k, v := range r.coef {
			fmt.Fprintf(&keys[k], "%d:%d ", i, v)
		}
	}
	seen := map[string]int{}
	var out []column
	s.merged = make([]int, len(s.columns))
	for k, c := range s.columns {
		key := fmt.Sprint(c.gains, c.heads, keys[k].String())
		at, ok := seen[key]
		if !ok {
			at = len(out)
			seen[key] = at
			out = append(out, c)
			out[at].most = 0
		}
		out[at].most++
		s.merged[k] = at
	}
	for i := range s.rows {
		coef := make(map[int]int64, len(s.rows[i].coef))
		for k, v := range s.rows[i].coef {
			coef[s.merged[k]] = v
		}
		s.rows[i].coef = coef
	}
	s.columns = out
}

// addGains writes the rows of the walk-aways and of at least one head, over the
// merged columns.
func (s *system) addGains() {
	for i, p := range s.parties {
		r := &s.rows[i]
		r.lo, r.hasLo = p.WalkAway, true
		for k, c := range s.columns {
			r.coef[k] = c.gains[i]
		}
	}
	somebody := asked{coef: map[int]int64{}, lo: 1, hasLo: true}
	for k, c := range s.columns {
		somebody.coef[k] = c.heads
	}
	s.rows = append(s.rows, somebody)
}

// bound finds what each row by itself leaves of a column, the others at their
// most favourable.
func (s *system) bound() {
	s.lo, s.hi = make([]int64, len(s.columns)), make([]int64, len(s.columns))
	for k, c := range s.columns {
		s.hi[k] = c.most
	}
	for i := range s.rows {
		r := &s.rows[i]
		var least, most int64
		for k, v := range r.coef {
			least += min(v*s.lo[k], v*s.hi[k])
			most += max(v*s.lo[k], v*s.hi[k])
		}
		for k, v := range r.coef {
			s.boundOne(r, k, v, least, most)
		}
	}
}

// boundOne takes what a row leaves of one column: v·(its steps from the end that
// the others' sum counts from) stays within what is spare.
func (s *system) boundOne(r *asked, k int, v, least, most int64) {
	lo, hi := s.lo[k], s.hi[k]
	if v == 0 {
		return
	}
	if r.hasHi && r.hi >= least {
		if n := (r.hi - least) / max(v, -v); n < s.hi[k]-s.lo[k] {
			if v > 0 {
				hi = lo + n
			} else {
				lo = hi - n
			}
		}
	}
	if r.hasLo && r.lo <= most {
		if n := (most - r.lo) / max(v, -v); n < s.hi[k]-s.lo[k] {
			if v > 0 {
				lo = max(lo, s.hi[k]-n)
			} else {
				hi = min(hi, s.lo[k]+n)
			}
		}
	}
	if lo <= hi {
		s.lo[k], s.hi[k] = lo, hi
	}
}
