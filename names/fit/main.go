// Command fit fits the parameters of names on labelled pairs and lists, and
// writes them to the file that the package embeds.
//
//	go run ./names/fit -data ../shared/data/names -out names/weights.json
//
// Pairs are split into two halves by person, so that no person stands in both;
// the weights are fitted on the first and the figures printed are of the
// second.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"

	"parley/names"
)

func main() {
	data := flag.String("data", "../shared/data/names", "folder of the benchmark")
	out := flag.String("out", "", "file to write")
	show := flag.Bool("errors", false, "list the errors on the first half")
	ridge := flag.Float64("ridge", 1, "strength of the pull towards 0")
	flag.Parse()
	if err := run(*data, *out, *show, *ridge); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// labelled is one pair of the benchmark.
type labelled struct {
	id, a, b   string
	same       bool
	scripts    string
	kind       string
	features   []float64
	score      float64
	secondHalf bool
}

func readPairs(path string) ([]*labelled, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []*labelled
	sc := bufio.NewScanner(f)
	for first := true; sc.Scan(); first = false {
		c := strings.Split(sc.Text(), "\t")
		if first || len(c) < 8 {
			continue
		}
		x, y := c[4][:4], c[5][:4]
		if x > y {
			x, y = y, x
		}
		out = append(out, &labelled{id: c[0], a: c[1], b: c[2], same: c[3] == "same", scripts: x + "-" + y, kind: strings.Split(c[7], ":")[0]})
	}
	halve(out)
	return out, sc.Err()
}

// halve splits by person: rows that share a name, directly or over others, go
// to the same half.
func halve(rows []*labelled) {
	parent := map[string]string{}
	var find func(string) string
	find = func(x string) string {
		p, ok := parent[x]
		if !ok || p == x {
			parent[x] = x
			return x
		}
		r := find(p)
		parent[x] = r
		return r
	}
	least := map[string]string{}
	for _, r := range rows {
		parent[find(strings.ToLower(r.a))] = find(strings.ToLower(r.b))
	}
	for _, r := range rows {
		c := find(strings.ToLower(r.a))
		if id, ok := least[c]; !ok || r.id < id {
			least[c] = r.id
		}
	}
	for _, r := range rows {
		h := fnv.New32a()
		h.Write([]byte(least[find(strings.ToLower(r.a))]))
		r.secondHalf = h.Sum32()>>7&1 == 1
	}
}

func run(data, out string, show bool, ridge float64) error {
	rows, err := readPairs(filepath.Join(data, "pairs.tsv"))
	if err != nil {
		return err
	}
	m := names.New()
	var first, second []*labelled
	for _, r := range rows {
		r.features = m.Features(m.Read(r.a), m.Read(r.b))
		if r.features == nil {
			r.features = make([]float64, len(names.FeatureNames()))
			fmt.Fprintln(os.Stderr, "nothing to compare:", r.id)
		}
		if r.secondHalf {
			second = append(second, r)
		} else {
			first = append(first, r)
		}
	}
	w := fitLogistic(first, ridge)
	for _, r := range rows {
		r.score = predict(w, r.features)
	}
	t := bestThreshold(first)
	fmt.Printf("fitted on %d pairs, tested on %d\n", len(first), len(second))
	report("first half ", first, t)
	report("second half", second, t)
	slices(second, t)
	if show {
		showErrors(first, t)
	}
	if out == "" {
		return nil
	}
	file := names.Weights{Fitted: fmt.Sprintf("names/fit, logistic regression by Newton's method, ridge %[2]g: names on the %[1]d pairs of the first half of pairs.tsv, split by person; lists over them on the candidate pairs of half of the persons of lists_2000", len(first), ridge), Names: map[string]float64{}}
	for i, n := range names.FeatureNames() {
		file.Names[n] = round(w[i])
	}
	// The weights of two records are fitted over those of two names.
	l, err := readLists(filepath.Join(data, "lists_2000"))
	if err != nil {
		return err
	}
	b, err := json.Marshal(file)
	if err != nil {
		return err
	}
	if file.Lists, err = fitRecords(b, l, ridge); err != nil {
		return err
	}
	b, err = json.MarshalIndent(file, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(out, append(b, '\n'), 0o644)
}

func fitRecords(weights []byte, l *lists, ridge float64) (map[string]float64, error) {
	parsed, err := names.ParseWeights(weights)
	if err != nil {
		return nil, err
	}
	w, err := fitLists(names.NewWith(parsed), l, ridge)
	if err != nil {
		return nil, err
	}
	out := map[string]float64{}
	for i, n := range names.ListFeatureNames() {
		out[n] = round(w[i])
	}
	return out, nil
}
