package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/desk"
	people "parley/names"
)

func (a *app) listSend() *cobra.Command {
	var round, due, text string
	var between, classes []string
	c := &cobra.Command{
		Use:   "send FILE",
		Short: "Put a list on the channel: open a round, or add our list to one",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			l, err := casefile.ReadList(args[0])
			if err != nil {
				return wrongInput(err)
			}
			until, err := dueDate(due)
			if err != nil {
				return err
			}
			terms := desk.ListTerms{Round: round, Due: until, Text: text}
			for _, p := range between {
				terms.Between = append(terms.Between, parley.PartyID(p))
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				if terms.Classes, err = classFlags(classes, d.Party()); err != nil {
					return err
				}
				ref, err := d.SendList(c.Context(), l.Records, terms)
				if err != nil {
					return err
				}
				return a.sent(ref, l)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&round, "round", "", "the round that it goes into (\"last\" for the newest); without it, a new one is opened")
	f.StringSliceVar(&between, "between", nil, "of a new round: who takes part, ours included; without it, all delegations")
	f.StringArrayVar(&classes, "class", nil, "of a new round: NAME=age:FROM-TO@DAY, NAME=rank:RANK,RANK or NAME=listed:FILE")
	f.StringVar(&due, "due", "", "until when a reply is expected; shown, never enforced")
	f.StringVar(&text, "text", "", "words that go with it")
	return c
}

// sent tells what went, and what of the file could not be read as it stands.
func (a *app) sent(ref parley.Ref, l *people.List) error {
	err := a.print(map[string]any{"kind": parley.KindList, "id": ref.String(), "rows": len(l.Records), "unread": some(l.Unread)}, func(w *words) {
		w.line("list %s of %d rows is signed and waits in the outbox for the next sync.", ref.Short(), len(l.Records))
		tellUnread(w, "Not read, or not as it stands in the file", l.Unread)
	})
	if err == nil && len(l.Unread) > 0 {
		return errFindings
	}
	return err
}

func dueDate(s string) (parley.Date, error) {
	if s == "" {
		return parley.Date{}, nil
	}
	d, err := parley.ParseDate(s)
	if err != nil {
		return d, usage(fmt.Errorf("--due: %w", err))
	}
	return d, nil
}

// classFlags reads the classes of a round.
func classFlags(list []string, ours parley.PartyID) ([]parley.Class, error) {
	var out []parley.Class
	for _, s := range list {
		name, rule, _ := strings.Cut(s, "=")
		kind, rest, ok := strings.Cut(rule, ":")
		c := parley.Class{Name: strings.TrimSpace(name)}
		var err error
		switch {
		case !ok || c.Name == "":
			err = errors.New("write it as NAME=age:18-24@2025-06-02, NAME=rank:private,sergeant or NAME=listed:FILE")
		case kind == "age":
			err = ageRule(&c, rest)
		case kind == "rank":
			c.Ranks = strings.Split(rest, ",")
		case kind == "listed":
			err = listedRule(&c, rest, ours)
		default:
			err = fmt.Errorf("there is no test %q; there are age, rank and listed", kind)
		}
		if err != nil {
			return nil, usage(fmt.Errorf("--class %q: %w", s, err))
		}
		out = append(out, c)
	}
	return out, nil
}

// ageRule reads FROM-TO@DAY: whoever has completed FROM to TO years on the day.
func ageRule(c *parley.Class, s string) error {
	ages, day, _ := strings.Cut(s, "@")
	from, to, _ := strings.Cut(ages, "-")
	on, err := parley.ParseDate(day)
	if err != nil || on.Day == 0 {
		return errors.New("an age is counted on a day: age:18-24@2025-06-02")
	}
	a, errA := strconv.Atoi(from + zeroIf(from))
	b, errB := strconv.Atoi(to + zeroIf(to))
	if errA != nil || errB != nil || a < 0 || a > 150 || b < 0 || b > 150 || to != "" && b < a {
		return errors.New("write an age as age:18-24@DAY, age:-24@DAY or age:55-@DAY")
	}
	if c.From, c.On = uint64(a), on; to != "" {
		c.Below = uint64(b) + 1
	}
	return nil
}

func zeroIf(s string) string {
	if s == "" {
		return "0"
	}
	return ""
}

func listedRule(c *parley.Class, file string, ours parley.PartyID) error {
	l, err := casefile.ReadList(file)
	if err != nil {
		return err
	}
	for i := range l.Records {
		row := people.RowOf(&l.Records[i])
		c.Listed = append(c.Listed, parley.NameID{List: ours, ID: row.ID})
	}
	return nil
}

func (a *app) listReply() *cobra.Command {
	var final bool
	var code, due, text string
	c := &cobra.Command{
		Use:   "reply ROUND [SHEET]",
		Short: "Answer the names on the other side's list, by codes",
		Long:  "Codes: " + codeWords() + ".",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			until, err := dueDate(due)
			if err != nil {
				return err
			}
			if (len(args) == 2) == (code != "") {
				return usage(errors.New("name a SHEET with the answers, or give --all CODE"))
			}
			return a.act(c, parley.KindReply, func(d *desk.Desk) (parley.Ref, error) {
				answers, err := answersOf(c.Context(), d, args, final, parley.Code(code))
				if err != nil {
					return parley.Ref{}, err
				}
				return d.ReplyToList(c.Context(), args[0], parley.ReplyMove{Final: final, Answers: answers, Due: until, Text: text})
			})
		},
	}
	f := c.Flags()
	f.BoolVar(&final, "final", false, "these are final replies")
	f.StringVar(&code, "all", "", "answer every name that has no such reply of ours yet with this code")
	f.StringVar(&due, "due", "", "until when the next step is expected; shown, never enforced")
	f.StringVar(&text, "text", "", "words that go with it")
	return c
}

func codeWords() string {
	var out []string
	for _, c := range parley.Codes() {
		out = append(out, string(c))
	}
	return strings.Join(out, ", ")
}

func answersOf(ctx context.Context, d *desk.Desk, args []string, final bool, code parley.Code) ([]parley.NameAnswer, error) {
	if code != "" {
		return d.AnswerRest(ctx, args[0], final, code)
	}
	sheet, err := casefile.ReadAnswers(args[1])
	if err != nil {
		return nil, wrongInput(err)
	}
	return d.AnswersTo(args[0], sheet)
}

func (a *app) listComment() *cobra.Command {
	var class string
	var member, not bool
	c := &cobra.Command{
		Use:   "comment ROUND LIST/ID [TEXT]",
		Short: "Say something about one name, or that it belongs to a class or doesn't",
		Args:  cobra.RangeArgs(2, 3),
		RunE: func(c *cobra.Command, args []string) error {
			if class != "" && member == not {
				return usage(errors.New("--class: say --member or --not-member"))
			}
			name, err := nameFlag(args[1])
			if err != nil {
				return err
			}
			r := parley.Remark{Name: name, Class: class, Member: member}
			if len(args) == 3 {
				r.Text = args[2]
			}
			return a.act(c, parley.KindComment, func(d *desk.Desk) (parley.Ref, error) {
				return d.CommentOnList(c.Context(), args[0], []parley.Remark{r})
			})
		},
	}
	f := c.Flags()
	f.StringVar(&class, "class", "", "the class that the claim is about")
	f.BoolVar(&member, "member", false, "the name belongs to the class")
	f.BoolVar(&not, "not-member", false, "the name does not belong to the class")
	return c
}

func nameFlag(s string) (parley.NameID, error) {
	list, id, ok := strings.Cut(s, "/")
	if !ok || list == "" || id == "" {
		return parley.NameID{}, usage(fmt.Errorf("%q: write a name as PARTY/ID, by whose list it is on", s))
	}
	return parley.NameID{List: parley.PartyID(list), ID: id}, nil
}

func (a *app) listFinal() *cobra.Command {
	var names, without []string
	var due, text string
	c := &cobra.Command{
		Use:   "final ROUND",
		Short: "Put the final list of a round, to be signed by all sides",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			until, err := dueDate(due)
			if err != nil {
				return err
			}
			return a.act(c, parley.KindFinal, func(d *desk.Desk) (parley.Ref, error) {
				of, err := finalNames(c.Context(), d, args[0], names, without)
				if err != nil {
					return parley.Ref{}, err
				}
				return d.PutFinalList(c.Context(), args[0], of, until, text)
			})
		},
	}
	f := c.Flags()
	f.StringSliceVar(&names, "name", nil, "just these names: PARTY/ID")
	f.StringSliceVar(&without, "without", nil, "all that are ready but these: PARTY/ID")
	f.StringVar(&due, "due", "", "until when signatures are expected; shown, never enforced")
	f.StringVar(&text, "text", "", "words that go with it")
	c.MarkFlagsMutuallyExclusive("name", "without")
	return c
}

// finalNames are the names given; nil for all that are ready.
func finalNames(ctx context.Context, d *desk.Desk, round string, names, without []string) ([]parley.NameID, error) {
	var out []parley.NameID
	for _, s := range append(slices.Clone(names), without...) {
		n, err := nameFlag(s)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	if without == nil {
		return out, nil
	}
	ready, err := d.ReadyNames(ctx, round)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(ready, func(n parley.NameID) bool { return slices.Contains(out, n) }), nil
}

func (a *app) listSign() *cobra.Command {
	var refuse bool
	var text, digest string
	c := &cobra.Command{
		Use:   "sign FINAL",
		Short: "Sign a final list for our delegation, or refuse it: once, for good",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c, parley.KindSign, func(d *desk.Desk) (parley.Ref, error) {
				if digest != "" {
					l, _, err := d.ShowFinalList(c.Context(), args[0])
					if err != nil {
						return parley.Ref{}, err
					}
					if given := strings.Join(strings.Fields(digest), ""); given != l.Digest && given != strings.ReplaceAll(l.Aloud, " ", "") {
						return parley.Ref{}, usage(fmt.Errorf("--digest: the final list has the digest %s", l.Aloud))
					}
				}
				return d.SignList(c.Context(), args[0], refuse, text)
			})
		},
	}
	f := c.Flags()
	f.BoolVar(&refuse, "refuse", false, "refuse it: the names that others signed for are free again")
	f.StringVar(&digest, "digest", "", "the digest that was read aloud or stands on paper")
	f.StringVar(&text, "text", "", "words that go with it")
	return c
}
