package casefile

import (
	"bytes"
	"encoding/json"
)

// Bounds of a file's shape. A valid file stays far below them; a hostile one
// can't make us build more.
const (
	maxDepth   = 16        // a selector's ids in a rule of an estimate lie at 8
	maxNodes   = 1_000_000 // 50 for each of the most persons that a case may hold
	maxAliased = 100_000   // nodes that stand in a file through aliases alone
)

// kind is what a node is.
type kind uint8

const (
	textKind kind = iota
	nullKind
	listKind
	mapKind
	badKind // something that is not read at all; its text says why
)

// node is a part of a file, the same for YAML and JSON, with its place.
type node struct {
	kind      kind
	plain     bool // written without quotes: may be a number or a truth value
	line, col int
	text      string
	kids      []*node // of a list its items; of a map key, value, key, value
}

// get finds the first field of a map by its name.
func (n *node) get(name string) *node {
	for i := 0; i+1 < len(n.kids); i += 2 {
		if n.kids[i].text == name {
			return n.kids[i+1]
		}
	}
	return nil
}

// document reads the bytes of a file as one tree.
//
// What looks like JSON and is valid goes through encoding/json: faster, and
// the YAML reader knows no surrogate pairs. Everything else is YAML, so that a
// slip in a JSON file is found by the YAML reader, which can say where.
func document(data []byte) (*node, *Problem) {
	if p := checkText(data); p != nil {
		return nil, p
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(data) {
		return fromJSON(data)
	}
	return fromYAML(data)
}
