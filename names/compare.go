package names

import "fmt"

// Comparison is how two names compare, word by word, as a person can check it.
type Comparison struct {
	Score        float64    `json:"score"`
	Words        []WordPair `json:"words,omitempty"`
	OnlyA, OnlyB []string   `json:",omitempty"` // words without a counterpart
}

// WordPair is two words that stand for one another; Similarity is in [0, 1],
// and one half or less where they differ altogether.
type WordPair struct {
	A, B       string
	Similarity float64
}

// Sign tells a pair at a glance: =, ≈ or ≠.
func (p WordPair) Sign() string {
	switch {
	case p.Similarity >= .9:
		return "="
	case p.Similarity >= .75:
		return "≈"
	}
	return "≠"
}

func (p WordPair) String() string { return fmt.Sprintf("%s %s %s", p.A, p.Sign(), p.B) }

// Compare scores two names and tells which word was held to be which.
func (m *Matcher) Compare(a, b *Name) Comparison {
	var e Evidence
	if !m.gather(&e, a, b) {
		return Comparison{}
	}
	c := Comparison{Score: m.weights.score(&e)}
	ta, tb := e.ta, e.tb
	var usedA, usedB [maxTokens]bool
	for _, p := range e.align.pairs[:e.align.n] {
		usedA[p.i], usedB[p.j] = true, true
		c.Words = append(c.Words, WordPair{ta[p.i].text, tb[p.j].text, float64(p.sim)})
	}
	c.OnlyA, c.OnlyB = unused(ta, usedA), unused(tb, usedB)
	return c
}

func unused(t []token, used [maxTokens]bool) []string {
	var out []string
	for i := range t {
		if !used[i] {
			out = append(out, t[i].text)
		}
	}
	return out
}
