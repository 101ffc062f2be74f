package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"parley/casefile"
	people "parley/names" // print.go has names of its own
)

func (a *app) namesCommand() *cobra.Command {
	return a.group("names", "Spellings of names", a.namesScore())
}

func (a *app) namesScore() *cobra.Command {
	return &cobra.Command{
		Use:   "score [FILE]",
		Short: "Score how likely two names are spellings of one",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.scoreNames(c.Context(), "standard input", a.in)
			}
			f, err := casefile.OpenStream(args[0])
			if err != nil {
				return wrongInput(err)
			}
			defer f.Close()
			return a.scoreNames(c.Context(), args[0], f)
		},
	}
}

// maxNameLine bounds a line of names score.
const maxNameLine = 1 << 20

// scoreNames goes through the lines one by one, however many there are. The
// scores of all lines before one that is no two names are printed.
func (a *app) scoreNames(ctx context.Context, file string, in io.Reader) (err error) {
	m := people.New()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxNameLine)
	out := bufio.NewWriter(a.out)
	defer func() { err = errors.Join(err, out.Flush()) }()
	n := 0
	for lines.Scan() {
		n++
		x, y, ok := strings.Cut(lines.Text(), "\t")
		if !ok {
			return usage(fmt.Errorf("%s:%d: no tab: a line is two names with a tab between them", file, n))
		}
		if strings.Contains(y, "\t") {
			return usage(fmt.Errorf("%s:%d: more than two columns: a line is two names with a tab between them", file, n))
		}
		if _, err := fmt.Fprintf(out, "%.6f\n", m.Score(m.Read(x), m.Read(y))); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return usage(fmt.Errorf("%s:%d: %w", file, n+1, err))
	}
	return nil
}
