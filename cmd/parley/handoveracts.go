package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/casefile"
	"parley/desk"
	"parley/handover"
)

// onStep is a command that makes one move about a step, or about the whole plan
// where steps is 0.
func (a *app) onStep(kind parley.Kind, use, short string, steps int, do func(c *cobra.Command, d *desk.Desk, plan, step, text string) (parley.Ref, error)) *cobra.Command {
	var text string
	c := a.onChannel(use, short, func(c *cobra.Command, d *desk.Desk, plan string, args []string) error {
		ref, err := do(c, d, plan, strings.Join(args, ""), text)
		if err != nil {
			return err
		}
		return a.acted(kind, ref)
	})
	c.Args = cobra.ExactArgs(steps)
	c.Flags().StringVar(&text, "text", "", "words that go with it")
	return c
}

func (a *app) handoverBegin() *cobra.Command {
	var without []string
	c := a.onStep(parley.KindBegin, "begin GATE", "Say that a gate begins: those whom it moves are on the way", 1, func(c *cobra.Command, d *desk.Desk, plan, step, text string) (parley.Ref, error) {
		return d.BeginStep(c.Context(), plan, step, personIDs(without), text)
	})
	c.Flags().StringSliceVar(&without, "without", nil, "optional entries that stay behind; those who can't go stay behind without being named")
	return c
}

func (a *app) handoverConfirm() *cobra.Command {
	return a.onStep(parley.KindConfirm, "confirm STEP", "Confirm a gate or an instrument, as the one whom the plan names", 1, func(c *cobra.Command, d *desk.Desk, plan, step, text string) (parley.Ref, error) {
		return d.ConfirmStep(c.Context(), plan, step, text)
	})
}

func (a *app) handoverHalt() *cobra.Command {
	return a.onStep(parley.KindHalt, "halt", "Halt: nothing begins that has not begun; who is on the way arrives", 0, func(c *cobra.Command, d *desk.Desk, plan, _, text string) (parley.Ref, error) {
		return d.HaltPlan(c.Context(), plan, text)
	})
}

func (a *app) handoverResume() *cobra.Command {
	return a.onStep(parley.KindResume, "resume", "Take back our own halts", 0, func(c *cobra.Command, d *desk.Desk, plan, _, text string) (parley.Ref, error) {
		return d.ResumePlan(c.Context(), plan, text)
	})
}

// handoverReceipt is the receiving side's word on each person.
func (a *app) handoverReceipt() *cobra.Command {
	var identity, text string
	var counts, instead, added []string
	var back bool
	c := a.onChannel("receipt [ENTRY ...]", "Give a receipt: who came, how they were identified, who came instead or beside", func(c *cobra.Command, d *desk.Desk, plan string, args []string) error {
		var items []parley.ReceivedItem
		for _, id := range personIDs(args) {
			items = append(items, parley.ReceivedItem{Entry: id, Identity: identity, Returned: back})
		}
		if err := countItems(items, counts); err != nil {
			return err
		}
		subs, err := pairs("--instead", instead)
		if err != nil {
			return err
		}
		for _, s := range subs {
			items = append(items, parley.ReceivedItem{Entry: parley.PersonID(s[0]), Name: s[1], Instead: true, Identity: identity})
		}
		for _, s := range added {
			name, n, _ := strings.Cut(s, "=")
			heads, err := strconv.ParseUint(n+strings.Repeat("1", boolInt(n == "")), 10, 32)
			if err != nil {
				return usage(fmt.Errorf("--added %q: write it as NAME or NAME=HEADS", s))
			}
			items = append(items, parley.ReceivedItem{Name: name, Heads: heads, Identity: identity})
		}
		ref, err := d.Receive(c.Context(), plan, items, text)
		if err != nil {
			return err
		}
		return a.acted(parley.KindReceived, ref)
	})
	f := c.Flags()
	f.StringVar(&identity, "identity", "checked", "how identity was established: claimed, checked, tested")
	f.StringSliceVar(&counts, "count", nil, "ENTRY=HEADS: how many of a group came")
	f.StringArrayVar(&instead, "instead", nil, "ENTRY=NAME: who came in its place")
	f.StringArrayVar(&added, "added", nil, "NAME or NAME=HEADS: who came and is in no plan")
	f.BoolVar(&back, "back", false, "as the giving side: they came back from the way or from escrow")
	f.StringVar(&text, "text", "", "words that go with it")
	return c
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func countItems(items []parley.ReceivedItem, counts []string) error {
	list, err := pairs("--count", counts)
	if err != nil {
		return err
	}
	for _, c := range list {
		n, err := strconv.ParseUint(c[1], 10, 32)
		found := false
		for i := range items {
			if string(items[i].Entry) == c[0] && err == nil && n > 0 {
				items[i].Heads, found = n, true
			}
		}
		if !found {
			return usage(fmt.Errorf("--count %s=%s: write it as ENTRY=HEADS, of somebody whom the receipt names", c[0], c[1]))
		}
	}
	return nil
}

// handoverInterview keeps what a neutral heard, and says one word.
func (a *app) handoverInterview() *cobra.Command {
	var on, where, reason, included, instrument, destination, safe string
	var unfit bool
	c := a.onChannel("interview PERSON", "As the neutral: keep what a person said in private, and say one word of it",
		func(c *cobra.Command, d *desk.Desk, plan string, args []string) error {
			i := handover.Interview{Person: parley.PersonID(args[0]), Where: handover.PlaceID(where), Unfit: unfit, Reason: reason}
			var err error
			if i.On, err = parley.ParseDate(on); err != nil {
				return usage(fmt.Errorf("--on: %w", err))
			}
			for _, q := range []struct {
				flag, said string
				to         *handover.Answer
			}{{"--included", included, &i.Included}, {"--instrument", instrument, &i.Instrument}, {"--destination", destination, &i.Destination}, {"--safe", safe, &i.Safe}} {
				if *q.to, err = interviewAnswer(q.said); err != nil {
					return usage(fmt.Errorf("%s: %w", q.flag, err))
				}
			}
			w, err := d.KeepInterview(c.Context(), plan, i)
			if err != nil {
				return err
			}
			return a.print(map[string]any{"person": args[0], "word": w}, func(out *words) { out.line("%s: %s", args[0], w) })
		})
	c.Args = cobra.ExactArgs(1)
	f := c.Flags()
	f.StringVar(&on, "on", "", "the day of the talk")
	f.StringVar(&included, "included", "", "wants to be in it: yes, no, or nothing")
	f.StringVar(&instrument, "instrument", "", "accepts the instrument: yes, no, or nothing")
	f.StringVar(&destination, "destination", "", "wants to go there: yes, no, or nothing")
	f.StringVar(&where, "where", "", "the destination asked about, if not the plan's")
	f.StringVar(&safe, "safe", "", "our own check that the destination is safe from return to danger: yes, no, or nothing")
	f.BoolVar(&unfit, "unfit", false, "health, identity or papers stand against it")
	f.StringVar(&reason, "reason", "", "why; kept here, and nobody else's to know")
	_ = c.MarkFlagRequired("on")
	return c
}

// handoverInterviews is a neutral's own list.
func (a *app) handoverInterviews() *cobra.Command {
	var say bool
	c := a.onChannel("interviews", "As the neutral: whose interview is current, and whose has to be asked again",
		func(c *cobra.Command, d *desk.Desk, plan string, _ []string) error {
			list := d.Interviews
			if say {
				list = d.SayWords
			}
			all, err := list(c.Context(), plan)
			if err != nil {
				return err
			}
			return a.print(map[string]any{"interviews": all}, func(w *words) { interviewWords(w, all, say) })
		})
	c.Args = cobra.NoArgs
	c.Flags().BoolVar(&say, "say", false, "say the words that the interviews come to today, where the channel has others")
	return c
}

func interviewWords(w *words, all []desk.InterviewView, said bool) {
	for _, v := range all {
		on := "never asked"
		if !v.On.IsZero() {
			on = "asked on " + v.On.String()
		}
		switch {
		case said:
			w.line("%s: %s; said: %s", v.Person, on, v.Today)
		case v.Due():
			w.line("%s: %s; %s today, and the channel has %s", v.Person, on, v.Today, v.Said)
		default:
			w.line("%s: %s; %s", v.Person, on, v.Said)
		}
	}
}

func interviewAnswer(s string) (handover.Answer, error) {
	switch s {
	case "":
		return handover.Unasked, nil
	case "yes":
		return handover.Yes, nil
	case "no":
		return handover.No, nil
	}
	return handover.Unasked, fmt.Errorf("%q is neither yes nor no", s)
}

func (a *app) handoverCodes() *cobra.Command {
	c := a.onChannel("codes", "Make the codes that we may have to read over a telephone",
		func(c *cobra.Command, d *desk.Desk, plan string, _ []string) error {
			codes, err := d.MakeCodes(c.Context(), plan)
			if err != nil {
				return err
			}
			return a.print(map[string]any{"codes": codes}, func(w *words) {
				for _, x := range codes {
					w.line("%s   %s: %s", x.Code, x.Of, x.Do)
				}
			})
		})
	c.Args = cobra.NoArgs
	return c
}

func (a *app) handoverHeard() *cobra.Command {
	var text string
	c := a.onChannel("heard CODE", "Put a code that was read over the telephone on record: it confirms for whoever made it", func(c *cobra.Command, d *desk.Desk, plan string, args []string) error {
		ref, by, of, err := d.Heard(c.Context(), plan, strings.Join(args, ""), text)
		if err != nil {
			return err
		}
		return a.print(map[string]any{"kind": parley.KindSpoken, "id": ref.String(), "by": by, "of": of}, func(w *words) { w.line("%s confirms %s", by, of) })
	})
	c.Args = cobra.MinimumNArgs(1)
	c.Flags().StringVar(&text, "text", "", "who called, and when")
	return c
}

// handoverSheet is what a person's family may be given.
func (a *app) handoverSheet() *cobra.Command {
	var release []string
	var out, language string
	c := a.onChannel("sheet PERSON", "Write a plain sheet for a person's family: only what is released for families",
		func(_ *cobra.Command, d *desk.Desk, plan string, args []string) error {
			h, err := d.Handover(plan)
			if err != nil {
				return err
			}
			sheet, err := h.Sheet(language, parley.PersonID(args[0]), release)
			if err != nil {
				return err
			}
			if out != "" {
				return a.carry(out, []byte(strings.Join(sheet, "\n")+"\n"), "The sheet")
			}
			return a.print(map[string]any{"person": args[0], "lines": sheet}, func(w *words) {
				for _, l := range sheet {
					w.line("%s", l)
				}
			})
		})
	c.Args = cobra.ExactArgs(1)
	c.Flags().StringSliceVar(&release, "say", nil, "what is released for families: status, place, received, contact=TEXT")
	c.Flags().StringVar(&language, "language", "en", "the language of the sheet: "+strings.Join(desk.PaperLanguages(), ", "))
	c.Flags().StringVar(&out, "out", "", "the file to write")
	return c
}

func (a *app) lifeCommand() *cobra.Command {
	return a.group("life", "Proof of life: ask for it, give it, examine it", a.lifeAsk(), a.lifeGive(), a.lifeExamine())
}

func (a *app) lifeAsk() *cobra.Command {
	return a.answer(parley.KindLife, "ask PERSON", "Ask for proof that a person lives", func(d *desk.Desk, c *cobra.Command, id, text string) (parley.Ref, error) {
		return d.AskLife(c.Context(), parley.PersonID(id), text)
	})
}

// maxEvidence bounds a file that is read to be named by its digest.
const maxEvidence = 256 << 20

func (a *app) lifeGive() *cobra.Command {
	var file, dated string
	c := a.answer(parley.KindLife, "give ASKED", "Give proof of life: the file goes another way, its digest is signed", func(d *desk.Desk, c *cobra.Command, id, text string) (parley.Ref, error) {
		on, err := parley.ParseDate(dated)
		if err != nil {
			return parley.Ref{}, usage(fmt.Errorf("--dated: %w", err))
		}
		data, err := casefile.ReadFile(file, maxEvidence)
		if err != nil {
			return parley.Ref{}, err
		}
		return d.GiveLife(c.Context(), id, data, on, text)
	})
	c.Flags().StringVar(&file, "evidence", "", "the file: a video, a letter")
	c.Flags().StringVar(&dated, "dated", "", "the day that it shows")
	_ = c.MarkFlagRequired("evidence")
	_ = c.MarkFlagRequired("dated")
	return c
}

func (a *app) lifeExamine() *cobra.Command {
	var file string
	var genuine bool
	c := a.answer(parley.KindLife, "examine GIVEN", "Say what the examination of the evidence found", func(d *desk.Desk, c *cobra.Command, id, text string) (parley.Ref, error) {
		data, err := casefile.ReadFile(file, maxEvidence)
		if err != nil {
			return parley.Ref{}, err
		}
		return d.ExamineLife(c.Context(), id, data, genuine, text)
	})
	c.Flags().StringVar(&file, "evidence", "", "the file that came")
	c.Flags().BoolVar(&genuine, "genuine", false, "it is genuine, and of its date")
	_ = c.MarkFlagRequired("evidence")
	return c
}

// handoverDocument writes the agreement to be printed and signed on paper too.
func (a *app) handoverDocument() *cobra.Command {
	var out string
	c := a.onChannel("document", "Write the agreement and its plan as one HTML file, to be printed: the texts side by side, the lists, the digests", func(_ *cobra.Command, d *desk.Desk, plan string, _ []string) error {
		page, err := d.Document(plan)
		if err != nil {
			return err
		}
		return a.carry(out, page, "The document")
	})
	c.Args = cobra.NoArgs
	c.Flags().StringVar(&out, "out", "", "the file to write")
	_ = c.MarkFlagRequired("out")
	return c
}
