package main

import (
	"os"
	"path/filepath"
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
