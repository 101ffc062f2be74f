package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"parley/web"
)

var (
	formRow  = regexp.MustCompile("(?m)^\\| `parley ([a-z -]+)` \\| (.*) \\|$")
	formName = regexp.MustCompile("`([a-z/]+)`")
)

// TestEveryActHasItsForm: each command is done on a page of the desk in a browser,
// by a form that is there, or docs/desk.md says why it is not.
func TestEveryActHasItsForm(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "desk.md"))
	if err != nil {
		t.Fatal(err)
	}
	where := map[string]string{}
	for _, m := range formRow.FindAllStringSubmatch(string(guide), -1) {
		where[m[1]] = m[2]
	}
	here := web.Acts()
	for _, command := range commands((&app{}).root()) {
		said, ok := where[command]
		delete(where, command)
		forms := formName.FindAllStringSubmatch(said, -1)
		switch {
		case !ok:
			t.Errorf("parley %s: docs/desk.md says neither by which form it is done nor why by none", command)
		case len(forms) == 0 && !strings.HasPrefix(said, "not here: "):
			t.Errorf("parley %s: %q names no form and gives no reason", command, said)
		}
		for _, f := range forms {
			if !slices.Contains(here, f[1]) {
				t.Errorf("parley %s: the desk has no page or act %q", command, f[1])
			}
		}
	}
	for command := range where {
		t.Errorf("parley %s: docs/desk.md tells of it, and there is no such command", command)
	}
}

// commands lists what can be called, by its words after the program's name.
func commands(c *cobra.Command) (out []string) {
	for _, sub := range c.Commands() {
		if sub.Hidden {
			continue
		}
		_, words, _ := strings.Cut(sub.CommandPath(), " ")
		if !sub.HasSubCommands() || sub.Name() == "desk" || sub.Name() == "settle" {
			out = append(out, words)
		}
		out = append(out, commands(sub)...)
	}
	return out
}
