package desk

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"parley"
)

// TestBodiesAreAsSpecified holds each array of docs/wire.md, section 14, to the
// type that is encoded: the same number of fields, every kind that there is, and
// none that there is not.
func TestBodiesAreAsSpecified(t *testing.T) {
	page, err := os.ReadFile("../docs/wire.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## 14 Bodies: the moves\n")
	types := map[string]any{
		"OFFER": parley.Offer{}, "RESOLVED": parley.Resolved{}, "NAME": parley.NameID{}, "ROW": parley.ListRow{},
		"CLASS": parley.Class{}, "ANSWER": parley.NameAnswer{}, "SETTLEMENT": parley.SettleTerms{}, "SEAT": parley.SettleSeat{},
		"MESSAGE":           parley.SettleMessage{},
		string(kindConfide): confidence{}, string(kindText): singleText{}, string(kindReply): textReply{}, string(kindOutcome): textOutcome{},
	}
	for _, k := range kinds(t) {
		types[k] = reflect.ValueOf(blankMove(parley.Kind(k))).Elem().Interface()
	}
	for name, fields := range specified(section) {
		if types[name] == nil {
			t.Errorf("docs/wire.md has a body %q, and the code has none", name)
			continue
		}
		if n := encodedFields(reflect.TypeOf(types[name])); n != fields {
			t.Errorf("docs/wire.md gives %s %d fields, and the code %d", name, fields, n)
		}
		delete(types, name)
	}
	for name := range types {
		t.Errorf("docs/wire.md says nothing of the body %q", name)
	}
}

// kinds are those of all moves, as they stand in the source.
func kinds(t *testing.T) (out []string) {
	t.Helper()
	files, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`Kind\w+ +Kind = "([a-z-]+)"`).FindAllSubmatch(src, -1) {
			out = append(out, string(m[1]))
		}
	}
	if len(out) < 30 {
		t.Fatalf("only %d kinds were found", len(out))
	}
	return out
}

// specified counts the fields of each array that stands in a block of code.
func specified(section string) map[string]int {
	out := map[string]int{}
	blocks := strings.Split(section, "```")
	for i := 1; i < len(blocks); i += 2 {
		for _, line := range strings.Split(strings.ReplaceAll(blocks[i], "\n  ", " "), "\n") {
			name, array, ok := strings.Cut(line, "[")
			if name = strings.TrimSpace(name); !ok || name == "" {
				continue
			}
			depth, fields := 1, 1
			for _, r := range array {
				switch {
				case r == '[':
					depth++
				case r == ']':
					depth--
				case r == ',' && depth == 1:
					fields++
				}
			}
			out[name] = fields
		}
	}
	return out
}

func encodedFields(t reflect.Type) (n int) {
	for i := range t.NumField() {
		if f := t.Field(i); f.Name != "_" && f.Tag.Get("cbor") != "-" {
			n++
		}
	}
	return n
}
