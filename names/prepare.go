package names

import (
	"context"
	"math"
)

// prepare makes the records of two lists ready; how rare a word is, both lists
// tell together.
func (m *Matcher) prepare(ctx context.Context, lists ...[]Record) ([][]prepared, error) {
	out := make([][]prepared, len(lists))
	counts := map[string]int{}
	total := 0
	for k, list := range lists {
		out[k] = make([]prepared, len(list))
		for i := range list {
			if i%1024 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			out[k][i] = m.ready(&list[i])
			out[k][i].spellings(func(n *Name) { countWords(counts, n) })
		}
		total += len(list)
	}
	for k := range out {
		for i := range out[k] {
			p := &out[k][i]
			p.spellings(func(n *Name) { weigh(counts, total, n) })
			p.keys = keysOf(p)
		}
	}
	return out, nil
}

func (m *Matcher) ready(r *Record) prepared {
	p := prepared{Record: r, name: m.Read(r.Name), place: m.place(r.Place)}
	for _, s := range r.Also {
		if n := m.Read(s); !n.Empty() {
			p.also = append(p.also, n)
		}
	}
	if p.name.Empty() && len(p.also) > 0 {
		p.name, p.also = p.also[0], p.also[1:]
	}
	p.father, p.own = m.fatherOf(r, p.name)
	if n := m.Read(r.Mother); !n.Empty() {
		p.mother = n
	}
	return p
}

// spellings goes through all that a record is called.
func (p *prepared) spellings(call func(*Name)) {
	call(p.name)
	for _, n := range p.also {
		call(n)
	}
}

// wordKey is what words are counted by: their first code, so that a word is
// common in whatever spelling.
func wordKey(t *token) string {
	if len(t.phones) == 0 {
		return t.text
	}
	return codes(t.phones)[0]
}

func countWords(counts map[string]int, n *Name) {
	for i := range n.tokens {
		counts[wordKey(&n.tokens[i])]++
	}
}

// A small list can't tell how rare a name is, so the lists are counted with a
// crowd that isn't there, in which names are as common as common.txt has them.
const crowd = 4000

// crowdShare is how many of the crowd bear a word.
func crowdShare(t *token) float64 {
	switch {
	case t.rare == 0:
		return crowd * .02
	case t.rare < 1:
		return crowd * .005
	}
	return 1
}

// weigh gives every word the logarithm of how rare it is.
func weigh(counts map[string]int, total int, n *Name) {
	for i := range n.tokens {
		t := &n.tokens[i]
		borne := float64(counts[wordKey(t)]) + crowdShare(t)
		t.idf = float32(math.Log(float64(total+crowd) / borne))
	}
	for i := range n.joined {
		n.joined[i].idf = max(n.tokens[i].idf, n.tokens[i+1].idf)
	}
}
