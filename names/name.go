package names

import (
	"strings"
	"unicode/utf8"
)

// maxTokens bounds the words of a name that are compared.
const maxTokens = 10

// Name is a name made ready for comparison. It is read-only and may be shared.
type Name struct {
	Written string
	tokens  []token // names, in the order written
	joined  []token // each token with the one after it
	loose   []token // particles, titles, initials
	kunya   bool
}

// Empty tells whether nothing in the name can be compared.
func (n *Name) Empty() bool { return len(n.tokens) == 0 }

// Read makes a name ready for comparison.
func (m *Matcher) Read(s string) *Name {
	n := &Name{Written: s}
	list := words(fold(s))
	for i := 0; i < len(list) && len(n.tokens) < maxTokens; i++ {
		i = m.take(n, list, i)
	}
	if len(n.tokens) == 0 { // nothing but particles: they are the name
		n.tokens, n.loose = n.loose[:min(len(n.loose), maxTokens)], nil
	}
	n.pack()
	for i := 0; i+1 < len(n.tokens); i++ {
		n.joined = append(n.joined, m.join(&n.tokens[i], &n.tokens[i+1]))
	}
	return n
}

// pack puts the phones of all words side by side, where comparing finds them
// quickly.
func (n *Name) pack() {
	var all []byte
	for i := range n.tokens {
		all = append(all, n.tokens[i].phones...)
	}
	for i := range n.tokens {
		l := len(n.tokens[i].phones)
		n.tokens[i].phones, all = all[:l:l], all[l:]
	}
}

// take reads the word at i, and those that belong to it; it returns the last
// one taken.
func (m *Matcher) take(n *Name, list []string, i int) int {
	w := list[i]
	last := len(n.tokens) - 1
	switch {
	case servants[w] && i+1 < len(list):
		for i+1 < len(list)-1 && particles[list[i+1]] {
			i++
		}
		t := m.token(list[i+1])
		if gods[list[i+1]] {
			t = m.token(godWord(t.script))
		}
		t.abd, t.kind = true, word
		n.tokens = append(n.tokens, t)
		return i + 1
	case religions[w] && last >= 0:
		n.tokens[last] = m.with(&n.tokens[last], "din")
	case gods[w] && last >= 0 && !n.tokens[last].abd:
		n.tokens[last] = m.with(&n.tokens[last], "l$")
	case kunyas[w]:
		n.kunya = true
		n.loose = append(n.loose, m.token(w))
	default:
		t := m.token(w)
		if len(t.phones) == 0 {
			return i
		}
		if t.kind == word {
			n.tokens = append(n.tokens, t)
		} else {
			n.loose = append(n.loose, t)
		}
	}
	return i
}

// godWord is how "Abd Allah" ends where it is written in one word.
func godWord(s script) string {
	switch s {
	case arabicScript:
		return "له"
	case hebrewScript:
		return "לה"
	case cyrillicScript:
		return "лах"
	}
	return "lah"
}

// token reads one word.
func (m *Matcher) token(w string) token {
	r := []rune(w)
	t := token{text: w, script: oneScript(r)}
	t.text = string(r)
	switch {
	case particles[t.text]:
		t.kind = particle
	case titles[t.text] || kunyas[t.text]:
		t.kind = title
	case len(r) == 1 && !t.script.abjad():
		t.kind = initial
	}
	body := t.text
	if t.kind == word {
		body = t.bare()
	}
	t.phones = m.sound(t.script, body)
	m.finish(&t)
	return t
}

// bare takes the servant and the article off a word.
func (t *token) bare() string {
	for _, p := range servantPrefixes {
		if rest, ok := strings.CutPrefix(t.text, p); ok && utf8.RuneCountInString(rest) >= 2 {
			t.abd = true
			return rest
		}
	}
	if t.script == arabicScript {
		if rest, ok := strings.CutPrefix(t.text, "ال"); ok && utf8.RuneCountInString(rest) >= 3 {
			t.al = true
			return rest
		}
	}
	return t.text
}

func (m *Matcher) sound(s script, w string) []byte {
	if table := m.spelling[s]; table.sounds != nil {
		return table.sound([]rune(w))
	}
	return nil
}

// with is a token with an ending that others write as a word of its own.
func (m *Matcher) with(t *token, ending string) token {
	out := *t
	out.phones = append(append([]byte{}, t.phones...), ending...)
	out.text += " " + ending
	out.group = 0
	m.finish(&out)
	return out
}

func (m *Matcher) join(a, b *token) token {
	out := token{text: a.text + b.text, script: a.script, abd: a.abd, al: a.al}
	out.phones = append(append([]byte{}, a.phones...), b.phones...)
	m.finish(&out)
	return out
}

// finish fills what follows from the phones.
func (m *Matcher) finish(t *token) {
	for s := range situations {
		t.mass[s] = 0
		for _, p := range t.phones {
			t.mass[s] += int32(m.costs.mass[s][p])
		}
	}
	t.sketch = sketchOf(t.phones)
	if t.side = 0; t.script.abjad() {
		t.side = 1
	}
	t.patro, t.sex = patronymic(t)
	t.group = m.given.groupOf(t)
	t.rare = m.given.rarity(t)
}
