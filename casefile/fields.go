package casefile

import (
	"slices"
	"strings"
)

// field is one field that a map of a file may have: how it is called and how
// it is read into a T. The tables of fields are the grammar of the formats.
type field[T any] struct {
	name string
	read func(*T, *value)
}

// readFields reads a map whose fields are known, in the order of the table.
// A name that ends in "!" in the table must be there.
func readFields[T any](v *value, into *T, table []field[T]) {
	if !v.is(mapKind, "a map of fields") {
		return
	}
	given := v.keys()
	for _, f := range table {
		name, must := strings.CutSuffix(f.name, "!")
		if kv, ok := given[name]; ok {
			f.read(into, v.field(kv[0], kv[1]))
			delete(given, name)
		} else if must {
			v.wrong("no field " + name)
		}
	}
	for _, kv := range given {
		unknownField(v, kv[0], names(table))
	}
}

func names[T any](table []field[T]) []string {
	out := make([]string, len(table))
	for i, f := range table {
		out[i] = strings.TrimSuffix(f.name, "!")
	}
	return out
}

func unknownField(v *value, key *node, fields []string) {
	hint := v.r.nearest(key.text, slices.Values(fields))
	if hint == "" && len(fields) < 20 {
		hint = "the fields here are " + strings.Join(fields, ", ")
	}
	at := v.field(key, key)
	v.r.add(key, at.path(), "unknown field", hint)
}

// keys gives key and value of each readable pair by the key's text, and tells
// the others: keys that are no text, that stand twice, that merge.
func (v *value) keys() map[string][2]*node {
	given := make(map[string][2]*node, len(v.n.kids)/2)
	v.pairs(func(key, n *node) { given[key.text] = [2]*node{key, n} })
	return given
}

// pairs goes through the readable pairs of a map in the order of the file.
func (v *value) pairs(each func(key, n *node)) {
	seen := make(map[string]bool, len(v.n.kids)/2)
	for i := 0; i+1 < len(v.n.kids); i += 2 {
		key := v.n.kids[i]
		if key.kind == nullKind { // "null" is a key like any other
			key = &node{line: key.line, col: key.col, text: key.text}
		}
		switch {
		case key.kind != textKind:
			v.r.add(key, v.path(), "a key that is no text")
		case key.plain && key.text == "<<":
			v.r.add(key, v.path(), "a merge key, which YAML 1.2 doesn't have", "write the fields out")
		case seen[key.text]:
			v.r.add(key, v.field(key, key).path(), "stands here twice")
		default:
			seen[key.text] = true
			each(key, v.n.kids[i+1])
		}
	}
}

// entries goes through a map whose keys are ids or tags. Key and entry have
// the same way; a problem with the key is told at the key's place.
func (v *value) entries(each func(key, entry *value)) {
	if !v.is(mapKind, "a map") {
		return
	}
	v.pairs(func(key, n *node) { each(v.field(key, key), v.field(key, n)) })
}
