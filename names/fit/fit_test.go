package main

import (
	"os"
	"path/filepath"
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
