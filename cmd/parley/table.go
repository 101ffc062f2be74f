package main

import (
	"strings"

	"github.com/spf13/cobra"

	"parley"
	"parley/desk"
)

func (a *app) tableCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "table",
		Short: "See what all the moves add up to",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				v, err := d.View(c.Context())
				if err != nil {
					return err
				}
				return a.print(v, func(w *words) { tableWords(w, v) })
			})
		},
	}
}

func tableWords(w *words, v *desk.View) {
	var n names
	if v.Case != nil {
		n = namesOf(v.Case.Case)
		w.line("%s (%s)", v.Case.Title, v.Case.ID)
	}
	if v.Channel == "" {
		w.line("This desk has joined no channel yet.")
	}
	if len(v.Versions) > 1 {
		for _, c := range v.Versions {
			w.line("version %s of the case, put forward by %s, acted on by: %s%s", short(c.Digest), nameOf(n, c.By), orNobody(named(n, c.Adopted)), oursWords(c.Ours))
		}
	}
	for _, g := range v.Agreements {
		agreementWords(w, g, n)
	}
	for _, o := range v.Offers {
		tableOffer(w, o, n)
	}
	for _, r := range v.Rounds {
		roundWords(w, r)
	}
	for _, s := range v.Statements {
		statementWords(w, s)
	}
	for _, r := range v.Requests {
		w.line("request %s by %s: %s; a request, no offer%s", short(r.ID), nameOf(n, r.By), named(n, r.Persons), waitsWords(r, n))
		w.line("  “%s”", r.Text)
	}
	for _, s := range v.Settlements {
		w.line("%s: %s; shown so far: %s", settlementTitle(n, &s), s.Status, s.Shown)
	}
	for _, m := range v.Notes {
		w.line("note %s by %s%s: “%s”", short(m.ID), byWhom(n, m.ActView), paperWords(m.Paper), m.Text)
	}
	for _, m := range v.Mandates {
		w.line("mandate %s: %s may %s%s", short(m.ID), m.Name, levelWords(m.May), mandateWords(m))
	}
	for _, r := range v.Reported {
		w.line("reported by us, binds nobody: %s, %s%s%s: “%s”", r.On, r.Kind, byWords(r.By), viaWords(r.Via), r.Text)
	}
	for _, f := range v.WithoutEffect {
		w.line("without effect: %s %s by %s: %s", f.Kind, short(f.ID), f.Who, f.Why)
	}
	for _, b := range v.Breaches {
		w.line("breach%s: %s", byWords(b.Author), b.Text)
	}
	if v.Waiting > 0 {
		w.line("%d of our entries are not confirmed by all yet.", v.Waiting)
	}
}

func agreementWords(w *words, g desk.AgreementView, n names) {
	w.line("agreement %s: %s", short(g.ID), strings.ToUpper(string(g.Status)))
	w.line("  released: %s", named(n, g.Release))
	w.line("  ratified by: %s", orNobody(named(n, g.Ratified)))
	if len(g.Refused) > 0 {
		w.line("  refused by: %s", named(n, g.Refused))
	}
}

func orNobody(s string) string {
	if s == "" {
		return "nobody yet"
	}
	return s
}

func tableOffer(w *words, o desk.OfferView, n names) {
	past := ""
	if o.Past {
		past = " (its date is past)"
	}
	w.line("offer %s of %s: %s%s", short(o.ID), nameOf(n, o.By), o.Status, past)
	for _, l := range offerLines(o.Offer, n) {
		w.line("  %s", l)
	}
	for _, r := range o.Replies {
		switch {
		case !r.Accepts:
			w.line("  declined by %s%s", nameOf(n, r.By), quoted(r.Text))
		case r.Released:
			w.line("  accepted by %s (%s), then let go", nameOf(n, r.By), short(r.ID))
		default:
			w.line("  accepted ad referendum by %s (%s): %s", nameOf(n, r.By), short(r.ID), named(n, r.Release))
		}
	}
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return ": “" + s + "”"
}

func waitsWords(r desk.RequestView, n names) string {
	if len(r.WaitsFor) == 0 {
		return ""
	}
	return "; waits for " + named(n, r.WaitsFor) + ", which has not spoken"
}

func oursWords(ours bool) string {
	if ours {
		return "; this side stands on it"
	}
	return ""
}

func byWords(author string) string {
	if author == "" {
		return ""
	}
	return " by " + author
}

// byWhom names the side of an act; of a neutral, who belongs to none, its holder.
func byWhom(n names, a desk.ActView) string {
	if a.By == "" {
		return a.Who
	}
	return nameOf(n, a.By)
}

func paperWords(p string) string {
	if p == "" {
		return ""
	}
	return " (" + p + ")"
}

func viaWords(v string) string {
	if v == "" {
		return ""
	}
	return ", " + v
}

func levelWords(ls []parley.Level) string {
	out := make([]string, len(ls))
	for i, l := range ls {
		out[i] = string(l)
	}
	return strings.Join(out, ", ")
}

func mandateWords(m desk.MandateView) string {
	s := ""
	if len(m.Scope) > 0 {
		s += "; only " + named(names{}, m.Scope)
	}
	if !m.Until.IsZero() {
		s += "; until " + m.Until.String()
	}
	if m.Past {
		s += " (run out)"
	}
	return s
}
