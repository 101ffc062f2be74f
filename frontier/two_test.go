package frontier

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"parley/brief"
	"parley/casefile"
)

// instance reads one of the shared instances.
func instance(t *testing.T, name string) *Problem {
	t.Helper()
	dir := filepath.Join("..", "..", "shared", "data", "frontier", "instances")
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
	voices, err := Voices(c, briefs...)
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(c, voices)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestTwoAlgorithms holds the frontiers of windows, of blocks and of one optimum
// after the other to each other, and every exchange to the gains it is listed
// with.
func TestTwoAlgorithms(t *testing.T) {
	for _, tt := range []struct {
		name   string
		points int // as others counted them
		blocks bool
		steps  bool
		long   bool
	}{
		{"bil-20", 22, true, true, false},
		{"bil-50", 137, true, true, false},
		{"bil-100", 461, true, true, true},
		{"bil-500", 2673, true, false, true},
		{"bil-2000", 9755, true, false, true},
		{"list-add-15000", 86424, false, false, true},
		{"bilr-50", 182, true, true, false},
		{"bilr-100", 317, true, true, true},
		{"bilr-1000", 3989, true, false, true}, // its second is the checker's table: TestEveryInstance
		{"bilone-50", 89, true, true, false},
		{"bilone-100", 289, true, true, true},
		{"bilone-500", 1984, true, true, true},
		{"bilbig-100", 689, true, true, true},
		{"list-ind-1000", 1735, true, true, true},
		{"list-ind-3000", 5386, true, false, true}, // likewise
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.long && testing.Short() {
				t.Skip("takes seconds")
			}
			p := instance(t, tt.name)
			m := p.compile(p.agreeable())
			s := &session{ctx: context.Background(), p: p, model: m, answer: p.newAnswer(Nash)}
			finds, complete := s.pointsOf(m)
			found := dealsOf(finds, 2)
			want := gainsOfDeals(found)
			if !complete || len(want) != tt.points {
				t.Fatalf("complete %t, %d points, want %d", complete, len(want), tt.points)
			}
			checkDeals(t, p, found)
			if tt.blocks {
				b, _ := newBlocks(context.Background(), m)
				again, ok := b.run()
				if !ok || !slices.Equal(gainsOfDeals(again), want) {
					t.Errorf("blocks: %t, %d points, want %d", ok, len(again), len(want))
				}
			}
			if again, ok := listed(context.Background(), m); ok && tt.points < 3000 && !slices.Equal(gainsOfDeals(again), want) {
				t.Errorf("lists: %d points, want %d", len(again), len(want))
			}
			if tt.steps {
				again, ok := s.stepwise(m)
				if !ok || !slices.Equal(gainsOfDeals(again), want) {
					t.Errorf("one by one: %t, %d points, want %d", ok, len(again), len(want))
				}
			}
		})
	}
}

func gainsOfDeals(list []deal) []string {
	var out []string
	for _, d := range list {
		out = append(out, fmt.Sprint(d.gains))
	}
	return out
}

// checkDeals sums up some of the exchanges person by person and asks every rule.
func checkDeals(t *testing.T, p *Problem, list []deal) {
	t.Helper()
	for i := 0; i < len(list); i += len(list)/60 + 1 {
		atoms := list[i].atoms()
		for k := range p.worths {
			if g := p.worths[k].gain(atoms); g != list[i].gains[k] || g < 0 {
				t.Fatalf("point %d: gains %d, listed with %d", i, g, list[i].gains[k])
			}
		}
		for _, l := range p.limits {
			if f := p.trade.fault(l.rule, p.trade.out(atoms)); f != "" {
				t.Fatalf("point %d breaks %s: %s", i, l, f)
			}
		}
	}
}
