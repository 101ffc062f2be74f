package casefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
)

// fromYAML reads exactly one YAML document.
func fromYAML(data []byte) (root *node, bad *Problem) {
	// The parser takes whatever the other side sent; a fault of its own must
	// not take the desk down.
	defer func() {
		if recover() != nil {
			root, bad = nil, &Problem{Line: 1, Column: 1, Text: "the YAML reader can't read this file"}
		}
	}()
	data, bad = undirected(data)
	if bad != nil {
		return nil, bad
	}
	load, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithUniqueKeys(false))
	if err != nil {
		return nil, yamlProblem(err)
	}
	var doc, second yaml.Node
	if err := load.Load(&doc); err != nil {
		return nil, yamlProblem(err)
	}
	if err := load.Load(&second); err == nil {
		return nil, &Problem{Line: second.Line, Column: second.Column, Text: "a second document", Hint: "one file holds one document"}
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlProblem(err)
	}
	if len(doc.Content) != 1 {
		return nil, yamlProblem(io.EOF)
	}
	return (&yamlConverter{}).node(doc.Content[0], 0), nil
}

// undirected refuses a directive, which would change how the file is to be
// read, and takes out the one that says what holds anyway: the library knows
// 1.1 alone by name and reads 1.2.
func undirected(data []byte) ([]byte, *Problem) {
	at := beginning
	for line := range bytes.Lines(data) {
		text := bytes.TrimSpace(line)
		switch {
		case len(text) == 0 || text[0] == '#':
			at = at.to(data, at.offset+len(line))
			continue
		case bytes.Equal(text, []byte("%YAML 1.2")) && line[0] == '%':
			data = bytes.Clone(data)
			data[at.offset] = '#'
		case line[0] == '%':
			return nil, &Problem{Line: at.line, Column: at.col, Text: "a directive that is not read here", Hint: "files are YAML 1.2"}
		}
		break
	}
	return data, nil
}

// yamlConverter turns the library's nodes into ours.
type yamlConverter struct {
	aliases int // how many aliases the way to the present node leads through
	aliased int // nodes made so far below an alias
}

func (c *yamlConverter) node(y *yaml.Node, depth int) *node {
	n := &node{line: y.Line, col: y.Column, text: y.Value}
	if c.aliases > 0 {
		c.aliased++
	}
	if why := c.unreadable(y, depth); why != "" {
		n.kind, n.text = badKind, why
		return n
	}
	switch y.Kind {
	case yaml.AliasNode:
		c.aliases++
		defer func() { c.aliases-- }()
		return c.node(y.Alias, depth+1)
	case yaml.SequenceNode:
		n.kind = listKind
	case yaml.MappingNode:
		n.kind = mapKind
	default:
		n.plain = y.Style&^yaml.FlowStyle == 0
		n.null(y)
	}
	for _, kid := range y.Content {
		n.kids = append(n.kids, c.node(kid, depth+1))
	}
	return n
}

// null tells a plain null, in the spellings of YAML 1.2, from the text "null".
func (n *node) null(y *yaml.Node) {
	switch y.Value {
	case "", "~", "null", "Null", "NULL":
		if n.plain {
			n.kind = nullKind
		}
	}
}

// unreadable says why a node is not read: a cycle of aliases ends at the depth,
// a tower of them at the number of nodes.
func (c *yamlConverter) unreadable(y *yaml.Node, depth int) string {
	switch {
	case depth > maxDepth:
		return "nested too deeply"
	case c.aliased > maxAliased:
		return fmt.Sprintf("aliases stand for more than %d entries", maxAliased)
	case y.Style&yaml.TaggedStyle == 0 && y.Tag != "!":
		return ""
	case y.Kind == yaml.ScalarNode && y.Tag == "!!str", y.Kind == yaml.MappingNode && y.Tag == "!!map",
		y.Kind == yaml.SequenceNode && y.Tag == "!!seq":
		return ""
	}
	return "a YAML tag, which is not read here"
}

// yamlWords says in our words what the library found. Its own words are not
// handed on: some of them quote the file, and the file may be a brief.
var yamlWords = map[string][2]string{
	"mapping values are not allowed in this context":               {`a ":" where none can stand`, `text with ": " in it needs quotes; the fields of one map begin in one column`},
	"found character that cannot start any token":                  {"a character that can't begin a value", "indent with spaces, not tabs; text that begins with @, ` or % needs quotes"},
	"did not find expected ',' or ']'":                             {"a list that doesn't end", "write [a, b]"},
	"did not find expected ',' or '}'":                             {"a map that doesn't end", "write {a: b, c: d}"},
	"did not find expected key":                                    {"no field where one should begin", "the fields of one map begin in one column"},
	"did not find expected '-' indicator":                          {`no "- " where the next item should begin`, ""},
	"could not find expected ':'":                                  {`a field without ":"`, ""},
	"found unexpected end of stream":                               {"quotes that don't end", ""},
	"found unexpected document indicator":                          {"quotes that don't end", ""},
	"found unknown escape character":                               {"an unknown escape in quotes", `write \\ for a backslash, or use single quotes`},
	"found invalid Unicode character escape code":                  {"an escape that is no character", "write the character itself"},
	"found a tab character where an indentation space is expected": {"a tab in the indentation", "indent with spaces"},
	"found a tab character that violates indentation":              {"a tab in the indentation", "indent with spaces"},
	"block sequence entries are not allowed in this context":       {`a "- " where no item can stand`, ""},
	"did not find expected alphabetic or numeric character":        {"an & or * without a name", "text that begins with & or * needs quotes"},
	"did not find expected node content":                           {"no value where one should stand", ""},
	"did not find expected <document start>":                       {"text that belongs to nothing", "a file is one map of fields"},
}

func yamlProblem(err error) *Problem {
	if errors.Is(err, io.EOF) {
		return &Problem{Line: 1, Column: 1, Text: "an empty file"}
	}
	p := &Problem{Line: 1, Column: 1, Text: "not well-formed YAML"}
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		return p
	}
	if e.Mark.Line > 0 {
		p.Line, p.Column = e.Mark.Line, max(e.Mark.Column, 1)
	}
	if w, ok := yamlWords[e.Message]; ok {
		p.Text, p.Hint = w[0], w[1]
	} else if strings.HasPrefix(e.Message, "unknown anchor") {
		p.Text, p.Hint = "an alias without its anchor", "text that begins with * needs quotes"
	}
	return p
}
