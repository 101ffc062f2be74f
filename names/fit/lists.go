package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"

	"parley/casefile"
	"parley/names"
)

// lists is a pair of lists with the truth about them.
type lists struct {
	a, b   *names.List
	truth  map[[2]string]bool
	person map[string]string // row id to person
	role   map[string]string
}

func readLists(dir string) (*lists, error) {
	l := &lists{truth: map[[2]string]bool{}, person: map[string]string{}, role: map[string]string{}}
	var err error
	if l.a, err = casefile.ReadList(filepath.Join(dir, "asked.csv")); err != nil {
		return nil, err
	}
	if l.b, err = casefile.ReadList(filepath.Join(dir, "held.csv")); err != nil {
		return nil, err
	}
	if err := eachRow(filepath.Join(dir, "truth.csv"), func(c []string) { l.truth[[2]string{c[0], c[1]}] = true }); err != nil {
		return nil, err
	}
	return l, eachRow(filepath.Join(dir, "roles.csv"), func(c []string) { l.person[c[0]], l.role[c[0]] = c[1], c[2] })
}

func eachRow(path string, call func([]string)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return err
	}
	for _, r := range rows[1:] {
		call(r)
	}
	return nil
}

// fitLists fits the weights of two records on the pairs that blocking finds
// for the persons of the first half.
func fitLists(m *names.Matcher, l *lists, ridge float64) ([]float64, error) {
	var x [][]float64
	var y []bool
	found := 0
	err := m.Link(context.Background(), l.a.Records, l.b.Records, func(i, j int, f []float64) {
		a, b := l.a.Records[i].ID, l.b.Records[j].ID
		if l.truth[[2]string{a, b}] {
			found++
		}
		if !inFirstHalf(l.person[a]) {
			return
		}
		x, y = append(x, f), append(y, l.truth[[2]string{a, b}])
	})
	if err != nil {
		return nil, err
	}
	fmt.Printf("lists: blocking finds %d of %d true pairs; fitted on %d candidate pairs of the first half\n", found, len(l.truth), len(x))
	prior := make([]float64, len(x[0]))
	for i, n := range names.ListFeatureNames() {
		prior[i] = priors[n]
	}
	return newton(x, y, prior, ridge), nil
}

// priors are what the weights are pulled towards where the lists say little:
// they have no mothers, no sex and no months of birth.
var priors = map[string]float64{
	"born: same month": 2.5, "captured: same day": 3, "mother: same": 1.5, "mother: other": -1.5, "sex: other": -3,
}

func inFirstHalf(person string) bool {
	h := fnv.New32a()
	h.Write([]byte(person))
	return h.Sum32()>>7&1 == 0
}
