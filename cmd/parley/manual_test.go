package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"
)

// walk visits every command that a user can see, but for help itself.
func walk(c *cobra.Command, visit func(*cobra.Command)) {
	if c.Hidden || c.Name() == "help" {
		return
	}
	visit(c)
	for _, sub := range c.Commands() {
		walk(sub, visit)
	}
}

// TestManual writes the manual pages, one for each command, into $PARLEY_MAN or
// a folder that is thrown away, and finds in each the command's flags. The pages
// carry no date, so the same program gives the same pages.
func TestManual(t *testing.T) {
	dir := os.Getenv("PARLEY_MAN")
	if dir == "" {
		dir = t.TempDir()
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	root := (&app{}).root()
	head := &doc.GenManHeader{Section: "1", Source: "parley", Manual: "parley", Date: &time.Time{}}
	walk(root, func(c *cobra.Command) { c.DisableAutoGenTag = true })
	if err := doc.GenManTree(root, head, dir); err != nil {
		t.Fatal(err)
	}
	walk(root, func(c *cobra.Command) {
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		page, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			return
		}
		c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && !strings.Contains(string(page), "--"+f.Name) {
				t.Errorf("%s says nothing of --%s", name, f.Name)
			}
		})
	})
}

// TestEverythingHasHelp: no command and no flag without a word on what it does.
func TestEverythingHasHelp(t *testing.T) {
	walk((&app{}).root(), func(c *cobra.Command) {
		if c.Short == "" {
			t.Errorf("%s has no help", c.CommandPath())
		}
		c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s --%s has no help", c.CommandPath(), f.Name)
			}
		})
	})
}

// TestEveryCommandHasItsPage: the manual tells of every command that does
// something, with examples that the program understands, and of no other.
func TestEveryCommandHasItsPage(t *testing.T) {
	told := pages()
	walk((&app{}).root(), func(c *cobra.Command) {
		p := told[c.CommandPath()]
		delete(told, c.CommandPath())
		if !slices.Contains(commands(c.Root()), strings.TrimPrefix(c.CommandPath(), "parley ")) {
			return // it only holds others
		}
		if len(p.text) < 60 {
			t.Errorf("cmd/parley/manual.md: there is no section on %s that tells what it does", c.CommandPath())
		}
		if p.examples == "" {
			t.Errorf("cmd/parley/manual.md: %s has no example", c.CommandPath())
		}
		for line := range strings.Lines(p.examples) {
			if why := misunderstood(c.CommandPath(), arguments(line)); why != "" {
				t.Errorf("cmd/parley/manual.md: %s: %s", strings.TrimSpace(line), why)
			}
		}
	})
	for name := range told {
		t.Errorf("cmd/parley/manual.md tells of %q, and there is no such command", name)
	}
}

// misunderstood says what the program would have against a command line.
func misunderstood(command string, words []string) string {
	root := (&app{}).root()
	c, rest, err := root.Find(words[1:])
	switch {
	case err != nil:
		return err.Error()
	case c.CommandPath() != command:
		return "it is a line of " + c.CommandPath()
	}
	if err := c.ParseFlags(rest); err != nil {
		return err.Error()
	}
	for _, err := range []error{c.ValidateArgs(c.Flags().Args()), c.ValidateRequiredFlags(), c.ValidateFlagGroups()} {
		if err != nil {
			return err.Error()
		}
	}
	return ""
}

// arguments cuts a line into words as a shell does, quotation marks taken off.
func arguments(line string) (out []string) {
	var quote rune
	for _, r := range strings.TrimSpace(line) + " " {
		switch {
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		case r == quote:
			quote = 0
		case quote == 0 && r == ' ':
			out = append(out, "")
			continue
		default:
			if out == nil {
				out = []string{""}
			}
			out[len(out)-1] += string(r)
		}
	}
	return slices.DeleteFunc(out, func(w string) bool { return w == "" })
}

// TestExamplesWork carries out each example that needs nothing but this
// repository, in the order of the manual: a desk is made first.
func TestExamplesWork(t *testing.T) {
	dir := t.TempDir()
	pass := filepath.Join(dir, "pass")
	if err := os.WriteFile(pass, []byte("heron on ice\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PARLEY_HOME", filepath.Join(dir, "desk"))
	t.Setenv("XDG_STATE_HOME", dir)
	t.Setenv("PARLEY_TEST_AS_PARLEY", "1") // what settle runs is this program again
	t.Setenv("PARLEY_PASSPHRASE_FILE", pass)
	t.Chdir(filepath.Join("..", ".."))
	done := 0
	for line := range strings.Lines(manual) {
		if !strings.HasPrefix(line, "    parley ") || !strings.Contains(line, "examples/") && !strings.Contains(line, "testdata/") {
			continue
		}
		var out, said bytes.Buffer
		if code := run(t.Context(), arguments(line)[1:], strings.NewReader(""), &out, &said); code != 0 || out.Len() == 0 {
			t.Errorf("%s ends with %d and prints %d bytes: %s", strings.TrimSpace(line), code, out.Len(), said.String())
		}
		done++
	}
	if done < 12 {
		t.Errorf("only %d examples were found", done)
	}
}
