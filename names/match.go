package names

import (
	"context"
	"slices"
)

// Verdict is what is proposed about a pair of rows.
type Verdict string

// The verdicts. Both are proposals: a person decides.
const (
	Same   Verdict = "same"   // sure enough to be read over quickly
	Review Verdict = "review" // to be looked at
)

// Thresholds of the proposals, on the scores of linked rows.
const (
	reviewFrom = .40 // below it, two rows are not proposed
	sameFrom   = .93 // and no rival near, and a date of birth that agrees
	rivalFrom  = .02 // from it, another row is shown beside a proposal
	copyFrom   = .80 // from it, two rows of one list may be one person twice
	clearBy    = 2.5 // log-odds by which a same pair must lead its rivals
)

// Match is a proposal that two rows are one person.
type Match struct {
	A       string   `json:"a"`
	B       string   `json:"b"`
	Score   float64  `json:"score"`
	Verdict Verdict  `json:"verdict"`
	Why     []string `json:"why"`              // one line for each piece of evidence
	Rivals  []Rival  `json:"rivals,omitempty"` // other rows that one of the two may be

	a, b int32
}

// Rival is a pair that stands against a proposal: it shares one of its rows.
type Rival struct {
	A     string  `json:"a"`
	B     string  `json:"b"`
	Score float64 `json:"score"`
}

// Matching is what two lists come to. Ids are the lists' own, or the numbers of
// the rows.
type Matching struct {
	RowsA       int        `json:"rows_a"`
	RowsB       int        `json:"rows_b"`
	Matches     []Match    `json:"matches"`
	UnmatchedA  []string   `json:"unmatched_a"`
	UnmatchedB  []string   `json:"unmatched_b"`
	DuplicatesA [][]string `json:"duplicates_a"`
	DuplicatesB [][]string `json:"duplicates_b"`

	Candidates []Candidate `json:"-"` // every pair kept after scoring
}

// Match compares two lists. It proposes pairs one to one, but for rows that
// stand more than once on their own list: each copy is paired. Where progress
// is given it is called now and then, from several goroutines, with the rows
// that were compared and how many there are to compare.
func (m *Matcher) Match(ctx context.Context, a, b []Record, progress func(done, of int)) (*Matching, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	all := 2*len(a) + len(b) // the rows of A twice: with those of B, and with one another
	after := func(before int) func(int) { return func(n int) { progress(before+n, all) } }
	p, err := m.prepare(ctx, a, b)
	if err != nil {
		return nil, err
	}
	between, err := m.candidates(ctx, p[0], p[1], after(0))
	if err != nil {
		return nil, err
	}
	copiesA, err := m.copies(ctx, p[0], after(len(a)))
	if err != nil {
		return nil, err
	}
	copiesB, err := m.copies(ctx, p[1], after(2*len(a)))
	if err != nil {
		return nil, err
	}
	x := &matching{m: m, a: p[0], b: p[1], between: between, groupA: copiesA, groupB: copiesB}
	return x.propose(), nil
}

// copies groups the rows of one list that are likely one person's: each row's
// entry is the first row of its group.
func (m *Matcher) copies(ctx context.Context, rows []prepared, report func(int)) ([]int32, error) {
	within, err := m.compare(ctx, rows, rows, mostWithin, report, func(l *linkage, i, j int) bool {
		return i < j && l.maybeCopies()
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(within, surest)
	group := make([]int32, len(rows))
	for i := range group {
		group[i] = int32(i)
	}
	size := make(map[int32]int)
	for _, c := range within {
		x, y := group[c.A], group[c.B]
		if c.Score < copyFrom || x == y || size[x]+size[y] > 6 {
			continue
		}
		for i := range group {
			if group[i] == max(x, y) {
				group[i] = min(x, y)
			}
		}
		size[min(x, y)] += size[max(x, y)] + 1
	}
	return group, nil
}

// mostWithin is how many rows of its own list a row is compared with.
const mostWithin = 16

// maybeCopies is whether two rows of one list may be proposed as one person:
// lists are full of brothers and namesakes, so the date of birth must agree, or
// be missing where all the rest agrees.
func (l *linkage) maybeCopies() bool {
	return agrees(l.fields[0]) || l.fields[0] == bornUnknown && l.fields[2] == placeSame && l.fields[3] == capturedSame
}

// matching is one comparison of two lists on its way.
type matching struct {
	m              *Matcher
	a, b           []prepared
	between        []Candidate
	groupA, groupB []int32
}

// propose pairs the groups of copies one to one, the surest first.
func (x *matching) propose() *Matching {
	out := &Matching{
		RowsA: len(x.a), RowsB: len(x.b), Matches: []Match{}, UnmatchedA: []string{}, UnmatchedB: []string{},
		DuplicatesA: groups(x.a, x.groupA), DuplicatesB: groups(x.b, x.groupB), Candidates: x.between,
	}
	order := slices.Clone(x.between)
	slices.SortFunc(order, surest)
	partner, taken := map[int32]int32{}, map[int32]bool{}
	for _, c := range order {
		ga, gb := x.groupA[c.A], x.groupB[c.B]
		_, paired := partner[ga]
		if c.Score < reviewFrom || paired || taken[gb] {
			continue
		}
		partner[ga], taken[gb] = gb, true
	}
	x.fill(out, partner)
	return out
}

// fill writes down every pair of copies of the groups that are paired, and who
// is left over.
func (x *matching) fill(out *Matching, partner map[int32]int32) {
	byA, byB := neighbours(x.between)
	doneA, doneB := make([]bool, len(x.a)), make([]bool, len(x.b))
	membersB := map[int32][]int32{}
	for j, g := range x.groupB {
		membersB[g] = append(membersB[g], int32(j))
	}
	var l linkage
	for i, g := range x.groupA {
		gb, ok := partner[g]
		if !ok {
			continue
		}
		for _, j := range membersB[gb] {
			match := x.match(&l, int32(i), j, byA, byB)
			out.Matches = append(out.Matches, match)
			doneA[i], doneB[j] = true, true
		}
	}
	for i := range x.a {
		if !doneA[i] {
			out.UnmatchedA = append(out.UnmatchedA, x.a[i].Label())
		}
	}
	for j := range x.b {
		if !doneB[j] {
			out.UnmatchedB = append(out.UnmatchedB, x.b[j].Label())
		}
	}
}

// neighbours finds the candidates of each row.
func neighbours(between []Candidate) (byA, byB map[int32][]Candidate) {
	byA, byB = map[int32][]Candidate{}, map[int32][]Candidate{}
	for _, c := range between {
		byA[c.A] = append(byA[c.A], c)
		byB[c.B] = append(byB[c.B], c)
	}
	return byA, byB
}

// match tells one pair: its score, its reasons, its rivals, and whether it may
// be called the same.
func (x *matching) match(l *linkage, i, j int32, byA, byB map[int32][]Candidate) Match {
	p, q := &x.a[i], &x.b[j]
	out := Match{A: p.Label(), B: q.Label(), a: i, b: j, Verdict: Review}
	out.Score = round4(x.m.linkScore(l, p, q))
	out.Why = x.m.why(l, p, q)
	strongest := 0.0
	for _, list := range [][]Candidate{byA[i], byB[j]} {
		for _, c := range list {
			if c.Score < rivalFrom || x.groupA[c.A] == x.groupA[i] && x.groupB[c.B] == x.groupB[j] {
				continue
			}
			strongest = max(strongest, c.Score)
			out.Rivals = append(out.Rivals, Rival{x.a[c.A].Label(), x.b[c.B].Label(), round4(c.Score)})
		}
	}
	slices.SortStableFunc(out.Rivals, func(r, s Rival) int {
		switch {
		case r.Score > s.Score:
			return -1
		case r.Score < s.Score:
			return 1
		}
		return 0
	})
	if out.Score >= sameFrom && logit(out.Score)-logit(strongest) >= clearBy && l.tells() {
		out.Verdict = Same
	}
	return out
}

// tells is whether there is enough to tell a person from a namesake and from
// the rest of the family: words that all agree and not only nearly, and a date
// of birth that agrees; where that is a year alone, three words of the name
// without one left over, and the place or the day of capture as well.
func (l *linkage) tells() bool {
	al := &l.names.align
	for _, p := range al.pairs[:al.n] {
		if p.sim < .9 { // a misprint, or another name: Krasikov and Krasnikov
			return false
		}
	}
	if !agrees(l.fields[0]) {
		return false
	}
	if l.fields[0] != bornSameYear {
		return true
	}
	whole := al.n >= 3 && len(l.names.ta) == al.n && len(l.names.tb) == al.n
	near := l.fields[2] == placeSame || l.fields[3] == capturedSame || l.fields[3] == capturedNear
	return whole && near
}

// agrees tells the relations of two dates of birth that speak for one person.
// Without one, a namesake can't be told apart, so nothing is called the same.
func agrees(r relation) bool {
	switch r {
	case bornSameDay, bornSameMonth, bornSameYear, bornSwapped, bornNearDay, bornYearOff, bornSlip:
		return true
	}
	return false
}

func round4(x float64) float64 { return float64(int(x*1e4+.5)) / 1e4 }

// groups lists the rows that stand together with others.
func groups(rows []prepared, group []int32) [][]string {
	members := map[int32][]string{}
	for i, g := range group {
		members[g] = append(members[g], rows[i].Label())
	}
	out := [][]string{}
	for i := range group {
		if list := members[int32(i)]; len(list) > 1 {
			out = append(out, list)
		}
	}
	return out
}

// Label is what a row is called: its own id, or its number.
func (r *Record) Label() string {
	if r.ID != "" {
		return r.ID
	}
	return itoa(r.Row)
}
