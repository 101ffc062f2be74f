package main

import (
	_ "embed"
	"strings"

	"github.com/spf13/cobra"
)

// manual tells of every command in one place, so that it is told in one voice.
//
//go:embed manual.md
var manual string

// page is the section of the manual on one command.
type page struct{ text, examples string }

// pages cuts the manual into its sections, by the command that heads each.
func pages() map[string]page {
	out := map[string]page{}
	for _, section := range strings.Split(manual, "\n## ")[1:] {
		head, body, _ := strings.Cut(section, "\n")
		var p page
		for line := range strings.Lines(body) {
			if example, ok := strings.CutPrefix(line, "    "); ok {
				p.examples += "  " + example
			} else {
				p.text += line
			}
		}
		out[head] = page{strings.TrimSpace(p.text), strings.TrimRight(p.examples, "\n")}
	}
	return out
}

// explain gives each command its page of the manual. What only the program can
// list, a command's own long help, comes behind it.
func explain(c *cobra.Command, by map[string]page) {
	p := by[c.CommandPath()]
	c.Long = strings.TrimSpace(p.text + "\n\n" + c.Long)
	c.Example = p.examples
	for _, sub := range c.Commands() {
		explain(sub, by)
	}
}
