package names

import (
	_ "embed"
	"encoding/json"
)

//go:embed weights.json
var weightsFile []byte

// Weights are the fitted parameters: how much each feature of a pair of names
// counts, as log-odds.
type Weights struct {
	Fitted string             `json:"fitted"` // on what and how
	Names  map[string]float64 `json:"names"`
	Lists  map[string]float64 `json:"lists"` // of two records

	names [features]float64
	lists [listFeatures]float64
}

func embedded() *Weights {
	w, err := ParseWeights(weightsFile)
	if err != nil {
		panic(err) // the file is ours
	}
	return w
}

// ParseWeights reads a file of weights.
func ParseWeights(data []byte) (*Weights, error) {
	w := &Weights{}
	if err := json.Unmarshal(data, w); err != nil {
		return nil, err
	}
	for i, n := range featureNames {
		w.names[i] = w.Names[n]
	}
	for i, n := range listFeatureNames {
		w.lists[i] = w.Lists[n]
	}
	return w, nil
}

func (w *Weights) score(e *Evidence) float64 {
	sum := 0.0
	for i, v := range e.values {
		sum += w.names[i] * float64(v)
	}
	return logistic(sum)
}

// Features gives the evidence as numbers, in the order of FeatureNames, for
// fitting; nil where there is nothing to compare.
func (m *Matcher) Features(a, b *Name) []float64 {
	var e Evidence
	if !m.gather(&e, a, b) {
		return nil
	}
	out := make([]float64, features)
	for i, v := range e.values {
		out[i] = float64(v)
	}
	return out
}

// FeatureNames lists the features of a pair of names.
func FeatureNames() []string { return featureNames[:] }
