package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// misuse is a command line that was not understood: what is wrong with it, in our
// words, and how the command is written.
type misuse struct {
	error
	hint string
}

func (m misuse) Unwrap() error { return m.error }

// phrases are what cobra says of a line, and what is said here instead; $1 and $2
// are what it names, with flags written as flags.
var phrases = []struct {
	pattern *regexp.Regexp
	ours    string
}{
	{regexp.MustCompile(`^accepts (\d+) arg\(s\), received (\d+)$`), "it takes $1 of its words, and $2 stand here"},
	{regexp.MustCompile(`^accepts at most (\d+) arg\(s\), received (\d+)$`), "it takes $1 of its words at most, and $2 stand here"},
	{regexp.MustCompile(`^requires at least (\d+) arg\(s\), only received (\d+)$`), "it takes $1 of its words at least, and $2 stand here"},
	{regexp.MustCompile(`^accepts between (\d+ and \d+) arg\(s\), received (\d+)$`), "it takes between $1 of its words, and $2 stand here"},
	{regexp.MustCompile(`^required flag\(s\) (.+) not set$`), "missing: $1"},
	{regexp.MustCompile(`^at least one of the flags in the group \[(.+)\] is required$`), "one of these is needed: $1"},
	{regexp.MustCompile(`^if any flags in the group \[.+\] are set none of the others can be; \[(.+)\] were all set$`), "these don't go together: $1"},
	{regexp.MustCompile(`^if any flags in the group \[(.+)\] are set they must all be set; missing \[.+\]$`), "these go together: $1"},
}

var flagName = regexp.MustCompile(`[a-z][a-z-]+`)

// misused puts an error of cobra's into our words.
func misused(c *cobra.Command, err error) error {
	m := misuse{err, fmt.Sprintf("`%s`; `%s --help` tells more", c.UseLine(), c.CommandPath())}
	if c.HasSubCommands() {
		m.hint = fmt.Sprintf("`%s --help` lists the commands", c.CommandPath())
	}
	text := err.Error()
	for _, p := range phrases {
		at := p.pattern.FindStringSubmatch(text)
		if at == nil {
			continue
		}
		for i := range at[1:] {
			at[i+1] = strings.ReplaceAll(flagName.ReplaceAllStringFunc(at[i+1], asFlag), `"`, "")
		}
		m.error = fmt.Errorf("%s: %s", c.CommandPath(), strings.NewReplacer("$1", at[1], "$2", at[len(at)-1]).Replace(p.ours))
	}
	return m
}

// asFlag writes a name as it is typed; "and" between two numbers is no flag.
func asFlag(name string) string {
	if name == "and" {
		return name
	}
	return "--" + name
}
