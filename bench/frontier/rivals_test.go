package frontier

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"parley"
	"parley/brief"
	"parley/casefile"
	"parley/frontier"
)

// instance is a case with what was said about it.
type instance struct {
	c      *parley.Case
	voices []frontier.Voice
}

func read(t testing.TB, name string) instance {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "data", "frontier", "instances")
	path := filepath.Join(dir, name+".case.json")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not there: the shared data lie beside the checkout", path)
	}
	c, _, err := casefile.ReadCase(path)
	if err != nil {
		t.Fatal(err)
	}
	var briefs []brief.Brief
	for _, p := range c.Parties {
		b, err := casefile.ReadBrief(filepath.Join(dir, fmt.Sprintf("%s.%s.json", name, p.ID)), c)
		if err != nil {
			t.Fatal(err)
		}
		briefs = append(briefs, b)
	}
	voices, err := frontier.Voices(c, briefs...)
	if err != nil {
		t.Fatal(err)
	}
	return instance{c, voices}
}

// trade is a step away from what is best for the first party.
type trade struct{ w, p int64 }

// additive turns an instance of two parties without rules into trades and the
// gains before any.
func (x instance) additive() (a, b int64, trades []trade) {
	a, b = -x.voices[0].Position.WalkAway, -x.voices[1].Position.WalkAway
	for _, h := range x.c.Holdings() {
		u, v := x.voices[0].Position.Worth[h.ID], x.voices[1].Position.Worth[h.ID]
		switch {
		case u >= 0 && v >= 0:
			a, b = a+u, b+v
		case u > 0:
			a, b = a+u, b+v
			trades = append(trades, trade{u, -v})
		case v > 0:
			trades = append(trades, trade{-u, v})
		}
	}
	return a, b, trades
}

// dense is the textbook table: the most for the other at each loss of the first.
func (x instance) dense() [][2]int64 {
	a, b, trades := x.additive()
	if a < 0 {
		return nil
	}
	table := make([]int32, a+1)
	for i := range table {
		table[i] = -1 << 30
	}
	table[0] = 0
	end := int64(0)
	for _, t := range trades {
		end = min(end+t.w, a)
		for w := end; w >= t.w; w-- {
			if v := table[w-t.w] + int32(t.p); v > table[w] {
				table[w] = v
			}
		}
	}
	var out [][2]int64
	most := int64(-1)
	for w, v := range table {
		if int64(v) > most {
			most = int64(v)
			if b+most >= 0 {
				out = append(out, [2]int64{a - int64(w), b + most})
			}
		}
	}
	slices.Reverse(out)
	return out
}

// lists is Nemhauser and Ullmann's method: undominated states, merged trade by
// trade.
func (x instance) lists() [][2]int64 {
	a, b, trades := x.additive()
	list := []trade{{}}
	for _, t := range trades {
		next := make([]trade, 0, 2*len(list))
		most := int64(-1)
		add := func(s trade) {
			if s.p > most && s.w <= a {
				most = s.p
				next = append(next, s)
			}
		}
		i := 0
		for _, s := range list {
			moved := trade{s.w + t.w, s.p + t.p}
			for i < len(list) && (list[i].w < moved.w || list[i].w == moved.w && list[i].p >= moved.p) {
				add(list[i])
				i++
			}
			add(moved)
		}
		for ; i < len(list); i++ {
			add(list[i])
		}
		list = next
	}
	var out [][2]int64
	for _, s := range list {
		if a-s.w >= 0 && b+s.p >= 0 {
			out = append(out, [2]int64{a - s.w, b + s.p})
		}
	}
	slices.Reverse(out)
	return out
}

// lp writes an instance as a problem in CPLEX LP format: total, or maximin with a
// variable t.
func (x instance) lp(by frontier.Criterion) string {
	var s strings.Builder
	holdings := x.c.Holdings()
	at := map[parley.PersonID]int{}
	for i, h := range holdings {
		at[h.ID] = i
	}
	sum := func(f func(h parley.Holding) int64) {
		for i, h := range holdings {
			if v := f(h); v != 0 {
				fmt.Fprintf(&s, " %+d x%d\n", v, i)
			}
		}
	}
	s.WriteString("Maximize\n obj:")
	if by == frontier.Maximin {
		s.WriteString(" t\n")
	} else {
		sum(func(h parley.Holding) int64 {
			var n int64
			for _, v := range x.voices {
				n += v.Position.Worth[h.ID]
			}
			return n
		})
	}
	s.WriteString("Subject To\n")
	for i, v := range x.voices {
		fmt.Fprintf(&s, " g%d:", i)
		sum(func(h parley.Holding) int64 { return v.Position.Worth[h.ID] })
		if by == frontier.Maximin {
			s.WriteString(" - t")
		}
		fmt.Fprintf(&s, " >= %d\n", v.Position.WalkAway)
	}
	for _, r := range x.c.Rules {
		writeRule(&s, r, holdings, at)
	}
	s.WriteString("Bounds\n")
	if by == frontier.Maximin {
		s.WriteString(" 0 <= t <= 1000000000\n")
	}
	s.WriteString("Binary\n")
	for i := range holdings {
		fmt.Fprintf(&s, " x%d\n", i)
	}
	s.WriteString("End\n")
	return s.String()
}

func writeRule(s *strings.Builder, r parley.Rule, holdings []parley.Holding, at map[parley.PersonID]int) {
	count := func(sel parley.Selector, sign string) {
		for i, h := range holdings {
			if sel.Picks(h) {
				fmt.Fprintf(s, " %s x%d\n", sign, i)
			}
		}
	}
	switch r := r.(type) {
	case parley.Require:
		for _, id := range r.IDs {
			fmt.Fprintf(s, " x%d = 1\n", at[id])
		}
	case parley.Forbid:
		for _, id := range r.IDs {
			fmt.Fprintf(s, " x%d = 0\n", at[id])
		}
	case parley.Together:
		for _, id := range r.IDs[1:] {
			fmt.Fprintf(s, " x%d - x%d = 0\n", at[r.IDs[0]], at[id])
		}
	case parley.IfThen:
		for _, id := range r.Then {
			fmt.Fprintf(s, " x%d - x%d <= 0\n", at[r.If], at[id])
		}
	case parley.Count:
		if r.AtLeast != nil && *r.AtLeast > 0 {
			count(r.Of, "+")
			fmt.Fprintf(s, " >= %d\n", *r.AtLeast)
		}
		if r.AtMost != nil {
			count(r.Of, "+")
			fmt.Fprintf(s, " <= %d\n", *r.AtMost)
		}
	case parley.Equal:
		count(r.A, "+")
		count(r.B, "-")
		s.WriteString(" = 0\n")
	default:
		panic(fmt.Sprintf("a rule of kind %T", r))
	}
}

// solver is a program that reads an LP file.
type solver struct {
	name  string
	args  func(in, out string) []string
	value *regexp.Regexp // of the objective, in what it prints or writes
}

var solvers = []solver{
	{"glpsol", func(in, out string) []string {
		return []string{"--lp", in, "-o", out, "--tmlim", "30", "--mipgap", "0"}
	}, regexp.MustCompile(`Objective:\s+\S+ = ([-0-9.e+]+)`)},
	{"cbc", func(in, out string) []string {
		return []string{in, "-seconds", "30", "-ratio", "0", "-allow", "0", "-solve", "-solu", out}
	}, regexp.MustCompile(`Objective value:\s+([-0-9.e+]+)`)},
	{"highs", func(in, out string) []string {
		return []string{in, "--time_limit", "30", "--solution_file", out}
	}, regexp.MustCompile(`Objective value\s*:\s+([-0-9.e+]+)`)},
}

func (s solver) installed() bool {
	_, err := exec.LookPath(s.name)
	return err == nil
}

// solve runs the solver as a process; the value is what it calls optimal.
func (s solver) solve(file string) (int64, error) {
	out := file + "." + s.name
	text, err := exec.Command(s.name, s.args(file, out)...).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", s.name, err)
	}
	written, _ := os.ReadFile(out)
	m := s.value.FindSubmatch(append(text, written...))
	if m == nil {
		return 0, fmt.Errorf("%s: gave no value", s.name)
	}
	v, err := strconv.ParseFloat(string(m[1]), 64)
	return int64(math.Abs(v) + 0.5), err // CBC prints what it minimises
}
