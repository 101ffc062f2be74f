package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/names"
)

const shared = "../../../shared/data/names"

// TestFiguresOnTheOtherHalf holds the embedded weights to the figures that the
// documents give, on the half of the pairs that they were not fitted on.
func TestFiguresOnTheOtherHalf(t *testing.T) {
	rows, err := readPairs(filepath.Join(shared, "pairs.tsv"))
	if os.IsNotExist(err) {
		t.Skip("the shared benchmark is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	m := names.New()
	var first, second []*labelled
	for _, r := range rows {
		r.score = m.Score(m.Read(r.a), m.Read(r.b))
		if r.secondHalf {
			second = append(second, r)
		} else {
			first = append(first, r)
		}
	}
	at := bestThreshold(first)
	for what, got := range map[string]struct{ is, least float64 }{
		"F1":                         {f1(second, at), .94},
		"recall at precision .99":    {recallAt(second, .99), .85},
		"not mistaken: brothers":     {1 - share(second, at, "neg_kin_brother", ""), .85},
		"not mistaken: father, son":  {1 - share(second, at, "neg_kin_son", ""), .90},
		"recall, Arabic and Latin":   {share(second, at, "alias", "Arab-Latn"), .93},
		"recall, Hebrew and Latin":   {share(second, at, "alias", "Hebr-Latn"), .93},
		"recall, Cyrillic and Latin": {share(second, at, "alias", "Cyrl-Latn"), .93},
	} {
		if got.is < got.least {
			t.Errorf("%s: %.3f, want at least %.2f", what, got.is, got.least)
		}
	}
}

// TestFiguresOnLists holds matching to its figures on the persons of lists_2000
// that it was not fitted on.
func TestFiguresOnLists(t *testing.T) {
	l, err := readLists(filepath.Join(shared, "lists_2000"))
	if os.IsNotExist(err) {
		t.Skip("the shared benchmark is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	found, err := names.New().Match(context.Background(), l.a.Records, l.b.Records, nil)
	if err != nil {
		t.Fatal(err)
	}
	all, right, wrong := 0, 0, 0
	for p := range l.truth {
		if !inFirstHalf(l.person[p[0]]) {
			all++
		}
	}
	for _, m := range found.Matches {
		is := l.truth[[2]string{m.A, m.B}]
		kin := strings.HasPrefix(l.role[m.A], "kin") || strings.HasPrefix(l.role[m.B], "kin")
		if !is && kin && m.Verdict == names.Same && len(m.Rivals) == 0 {
			t.Errorf("%s and %s are kin, and called the same without a rival: %v", m.A, m.B, m.Why)
		}
		switch {
		case inFirstHalf(l.person[m.A]):
		case is:
			right++
		default:
			wrong++
		}
	}
	if f := 2 * float64(right) / float64(right+wrong+all); f < .95 {
		t.Errorf("F1 %.3f, want at least .95", f)
	} else {
		t.Logf("F1 %.3f on the second half", f)
	}
	if first := rankFirst(l, found); first < .96 {
		t.Errorf("rank 1 %.3f, want at least .96", first)
	}
}

// rankFirst is how many rows of the first list that have a partner have one as
// their likeliest candidate, among those of the second half.
func rankFirst(l *lists, found *names.Matching) float64 {
	best := map[int32]names.Candidate{}
	for _, c := range found.Candidates {
		if b, ok := best[c.A]; !ok || c.Score > b.Score {
			best[c.A] = c
		}
	}
	partnered := map[string]bool{}
	for p := range l.truth {
		partnered[p[0]] = true
	}
	n, hit := 0, 0
	for i := range l.a.Records {
		id := l.a.Records[i].ID
		if !partnered[id] || inFirstHalf(l.person[id]) {
			continue
		}
		n++
		if c, ok := best[int32(i)]; ok && l.truth[[2]string{id, l.b.Records[c.B].ID}] {
			hit++
		}
	}
	return float64(hit) / float64(n)
}

// TestWeightsCanBeFittedAgain: the embedded weights are those that this program
// fits, and nobody's hand was in them.
func TestWeightsCanBeFittedAgain(t *testing.T) {
	rows, err := readPairs(filepath.Join(shared, "pairs.tsv"))
	if os.IsNotExist(err) {
		t.Skip("the shared benchmark is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../weights.json")
	if err != nil {
		t.Fatal(err)
	}
	embedded, err := names.ParseWeights(data)
	if err != nil {
		t.Fatal(err)
	}
	m := names.New()
	var first []*labelled
	for _, r := range rows {
		if r.features = m.Features(m.Read(r.a), m.Read(r.b)); r.features != nil && !r.secondHalf {
			first = append(first, r)
		}
	}
	w := fitLogistic(first, 1)
	for i, n := range names.FeatureNames() {
		if d := w[i] - embedded.Names[n]; d > .01 || d < -.01 {
			t.Errorf("%s: %.4f is embedded, %.4f is fitted; run `go run ./names/fit -out names/weights.json`", n, embedded.Names[n], w[i])
		}
	}
}
