package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/desk"
)

func (a *app) offerCommand() *cobra.Command {
	return a.group("offer", "Make, send, show and compare offers", a.offerMake(), a.offerSend(), a.offerShow(), a.offerDiff())
}

// offerFlags describe an offer on the command line.
type offerFlags struct {
	caseFile, from, out, until, answers, text      string
	release, optional, ifConfirmed, to, when, term []string
}

func (a *app) offerMake() *cobra.Command {
	var f offerFlags
	c := &cobra.Command{
		Use:   "make --release ID,ID",
		Short: "Write an offer as a file; nothing is sent",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if f.caseFile != "" {
				cs, _, err := readCase(f.caseFile)
				if err != nil {
					return err
				}
				return a.makeOffer(&f, cs, parley.PartyID(f.from))
			}
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				cs, err := d.Case(c.Context())
				if err != nil {
					return err
				}
				if f.from != "" && f.from != party(d) {
					return usage(fmt.Errorf("--from %s: this is the desk of %s", f.from, d.Party()))
				}
				return a.makeOffer(&f, cs, d.Party())
			})
		},
	}
	g := c.Flags()
	g.StringVar(&f.caseFile, "case", "", "a case file, where there is no desk")
	g.StringVar(&f.from, "from", "", "with --case: the party that makes the offer")
	g.StringVar(&f.out, "out", "", "the file to write (else standard output)")
	g.StringSliceVar(&f.release, "release", nil, "who is released")
	g.StringSliceVar(&f.optional, "optional", nil, "entries that may drop out without undoing the rest")
	g.StringSliceVar(&f.ifConfirmed, "if-confirmed", nil, "PERSON=PARTY whose own yes the entry waits for")
	g.StringSliceVar(&f.to, "to", nil, "PERSON=WHERE, if not to the party that seeks them")
	g.StringSliceVar(&f.when, "when", nil, "PERSON=WHEN: a phase, a day or a date")
	g.StringArrayVar(&f.term, "term", nil, "what is not a person: TEXT or PARTY=TEXT")
	g.StringVar(&f.until, "until", "", "until when it stands")
	g.StringVar(&f.answers, "answers", "", "the offer that this one counters")
	g.StringVar(&f.text, "text", "", "words that go with it")
	_ = c.MarkFlagRequired("release")
	return c
}

func (a *app) makeOffer(f *offerFlags, c *parley.Case, from parley.PartyID) error {
	o, err := f.offer(c, from)
	if err != nil {
		return err
	}
	file := casefile.EncodeOffer(o)
	if _, err := casefile.ParseOffer("the offer", file, c); err != nil {
		return err
	}
	switch {
	case f.out == "" && a.json:
		return a.print(offerJSON(o), nil)
	case f.out == "":
		_, err := a.out.Write(file)
		return err
	}
	return a.carry(f.out, file, "The offer")
}

func (f *offerFlags) offer(c *parley.Case, from parley.PartyID) (*parley.Offer, error) {
	day, err := parseUntil(f.until)
	if err != nil {
		return nil, err
	}
	o := &parley.Offer{
		Case: c.ID, From: from, Release: personIDs(f.release), Optional: personIDs(f.optional),
		Until: day, Answers: f.answers, Text: f.text,
	}
	waits, err1 := pairs("--if-confirmed", f.ifConfirmed)
	to, err2 := pairs("--to", f.to)
	when, err3 := pairs("--when", f.when)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, usage(err)
	}
	for _, p := range waits {
		o.IfConfirmed = append(o.IfConfirmed, parley.Confirmation{Person: parley.PersonID(p[0]), Party: parley.PartyID(p[1])})
	}
	for _, p := range to {
		o.To = append(o.To, parley.Destination{Person: parley.PersonID(p[0]), Party: p[1]})
	}
	for _, p := range when {
		o.When = append(o.When, parley.Phase{Person: parley.PersonID(p[0]), When: p[1]})
	}
	for _, t := range f.term {
		o.Terms = append(o.Terms, termOf(c, t))
	}
	return o, nil
}

// termOf reads TEXT or PARTY=TEXT, where PARTY is one of the case.
func termOf(c *parley.Case, s string) parley.Term {
	if by, text, ok := strings.Cut(s, "="); ok {
		if _, known := c.Party(parley.PartyID(by)); known {
			return parley.Term{Text: text, By: parley.PartyID(by)}
		}
	}
	return parley.Term{Text: s}
}

func (a *app) offerSend() *cobra.Command {
	return &cobra.Command{
		Use:   "send FILE",
		Short: "Put an offer forward on the channel",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.act(c, parley.KindOffer, func(d *desk.Desk) (parley.Ref, error) {
				cs, err := d.Case(c.Context())
				if err != nil {
					return parley.Ref{}, err
				}
				o, err := readOffer(args[0], cs)
				if err != nil {
					return parley.Ref{}, err
				}
				return d.Send(c.Context(), o)
			})
		},
	}
}

// findOffer finds an offer: a file, or an offer on the channel by its id.
func (a *app) findOffer(c *cobra.Command, name string) (*parley.Offer, names, error) {
	if casefile.IsFile(name) {
		o, err := readOffer(name, nil)
		return o, names{}, err
	}
	var o parley.OfferState
	var cs *parley.Case
	err := a.withDesk(c.Context(), func(d *desk.Desk) (err error) {
		o, cs, err = d.Offer(name)
		return err
	})
	if err != nil {
		return nil, names{}, err
	}
	return o.Offer, namesOf(cs), nil
}

func (a *app) offerShow() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "show FILE|OFFER",
		Short: "Show an offer: a file, or one on the channel by its id",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o, n, err := a.findOffer(c, args[0])
			if err != nil {
				return err
			}
			if out != "" {
				return a.carry(out, casefile.EncodeOffer(o), "The offer")
			}
			return a.print(offerJSON(o), func(w *words) { offerWords(w, o, n) })
		},
	}
	c.Flags().StringVar(&out, "out", "", "write it as an offer/1 file, to be weighed")
	return c
}

func offerJSON(o *parley.Offer) map[string]any {
	ifConfirmed, to, when := map[string]string{}, map[string]string{}, map[string]string{}
	for _, c := range o.IfConfirmed {
		ifConfirmed[string(c.Person)] = string(c.Party)
	}
	for _, t := range o.To {
		to[string(t.Person)] = t.Party
	}
	for _, w := range o.When {
		when[string(w.Person)] = w.When
	}
	terms := []map[string]string{}
	for _, t := range o.Terms {
		terms = append(terms, map[string]string{"text": t.Text, "by": string(t.By)})
	}
	return map[string]any{
		"case": o.Case, "from": o.From, "release": o.Release, "optional": append([]parley.PersonID{}, o.Optional...), "if_confirmed": ifConfirmed,
		"to": to, "when": when, "terms": terms, "until": o.Until.String(), "answers": o.Answers, "text": o.Text,
	}
}

func offerWords(w *words, o *parley.Offer, n names) {
	w.line("offer of %s", nameOf(n, o.From))
	for _, l := range offerLines(o, n) {
		w.line("  %s", l)
	}
}

// offerLines tells an offer's terms, one each.
func offerLines(o *parley.Offer, n names) []string {
	var out []string
	for _, id := range o.Entries() {
		out = append(out, "release "+nameOf(n, id)+entryWords(o, n, id))
	}
	for _, t := range o.Terms {
		l := "term: " + t.Text
		if t.By != "" {
			l += ", by " + nameOf(n, t.By)
		}
		out = append(out, l)
	}
	if !o.Until.IsZero() {
		out = append(out, "stands until "+o.Until.String())
	}
	if o.Answers != "" {
		out = append(out, "answers offer "+short(o.Answers))
	}
	if o.Text != "" {
		out = append(out, "“"+o.Text+"”")
	}
	return out
}

func entryWords(o *parley.Offer, n names, id parley.PersonID) string {
	s := ""
	if slices.Contains(o.Optional, id) {
		s += ", may drop out"
	}
	for _, c := range o.IfConfirmed {
		if c.Person == id {
			s += ", if " + nameOf(n, c.Party) + " confirms"
		}
	}
	for _, t := range o.To {
		if t.Person == id {
			s += ", to " + nameOf(n, parley.PartyID(t.Party))
		}
	}
	for _, p := range o.When {
		if p.Person == id {
			s += ", " + p.When
		}
	}
	return s
}

func (a *app) offerDiff() *cobra.Command {
	return &cobra.Command{
		Use:   "diff FILE|OFFER FILE|OFFER",
		Short: "Say in words what changed from one offer to another",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			before, n, err := a.findOffer(c, args[0])
			if err != nil {
				return err
			}
			after, more, err := a.findOffer(c, args[1])
			if err != nil {
				return err
			}
			if n.persons == nil {
				n = more
			}
			dropped, added := changes(offerLines(before, n), offerLines(after, n))
			return a.print(map[string]any{"dropped": dropped, "added": added}, func(w *words) {
				if len(dropped)+len(added) == 0 {
					w.line("the terms are the same")
				}
				for _, l := range dropped {
					w.line("no longer: %s", l)
				}
				for _, l := range added {
					w.line("now:       %s", l)
				}
			})
		},
	}
}

func changes(before, after []string) (dropped, added []string) {
	dropped, added = []string{}, []string{}
	for _, l := range before {
		if !slices.Contains(after, l) {
			dropped = append(dropped, l)
		}
	}
	for _, l := range after {
		if !slices.Contains(before, l) {
			added = append(added, l)
		}
	}
	return dropped, added
}
