package casefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// jsonReader builds the tree of valid JSON. encoding/json gives the tokens and
// where each ends; the place where it begins follows from the one before.
type jsonReader struct {
	data []byte
	d    *json.Decoder
	at   place
}

func fromJSON(data []byte) (*node, *Problem) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // keeps a number as it is written
	r := &jsonReader{data, d, beginning}
	root, err := r.next(0)
	if err != nil {
		return nil, &Problem{Line: r.at.line, Column: r.at.col, Text: "not well-formed JSON"}
	}
	return root, nil
}

// token reads a token and gives the node that begins there.
func (r *jsonReader) token() (json.Token, *node, error) {
	start := int(r.d.InputOffset())
	for start < len(r.data) && strings.IndexByte(" \t\r\n,:", r.data[start]) >= 0 {
		start++
	}
	tok, err := r.d.Token()
	r.at = r.at.to(r.data, start)
	return tok, &node{line: r.at.line, col: r.at.col}, err
}

func (r *jsonReader) next(depth int) (*node, error) {
	tok, n, err := r.token()
	if err != nil {
		return nil, err
	}
	switch t := tok.(type) {
	case json.Delim:
		return n, r.kids(n, t, depth)
	case nil:
		n.kind, n.plain = nullKind, true
	case string:
		n.text = t
		r.checkString(n)
	default:
		n.text, n.plain = fmt.Sprint(t), true
	}
	return n, nil
}

// kids reads what lies between brackets. What lies too deep is read past.
func (r *jsonReader) kids(n *node, open json.Delim, depth int) error {
	n.kind = listKind
	if open == '{' {
		n.kind = mapKind
	}
	for r.d.More() {
		kid, err := r.next(depth + 1)
		if err != nil {
			return err
		}
		if depth < maxDepth {
			n.kids = append(n.kids, kid)
		}
	}
	if depth >= maxDepth {
		n.kind, n.text = badKind, "nested too deeply"
	}
	_, err := r.d.Token()
	return err
}

// checkString refuses half a surrogate pair, which encoding/json would replace
// without a word.
func (r *jsonReader) checkString(n *node) {
	raw := r.data[r.at.offset:r.d.InputOffset()]
	replaced := strings.Contains(n.text, "\ufffd") && !bytes.Contains(raw, []byte("\ufffd")) &&
		!bytes.Contains(bytes.ToLower(raw), []byte(`\ufffd`))
	if replaced {
		n.kind, n.text = badKind, "half of a surrogate pair in an escape"
	}
}
