package casefile

import (
	"fmt"
	"maps"
	"slices"

	"parley"
	"parley/brief"
)

// EncodeBrief writes a brief as brief/1, which ParseBrief reads back as the same
// brief. It is as private as the brief, and for the encrypted store.
func EncodeBrief(b brief.Brief) []byte {
	c := b.Content()
	w := &writer{}
	w.line("parley: brief/1")
	w.line("case: %s", quote(c.Case))
	w.line("party: %s", quote(string(c.Party)))
	w.line("walk_away: %d", c.WalkAway)
	writeMap(w, "", "tiers", c.Tiers, func(t brief.Tier) string { return string(t) })
	writeMap(w, "", "tier_points", c.TierPoints, number)
	writeMap(w, "", "worth", c.Worth, number)
	writeMap(w, "", "tags", c.Tags, number)
	writeMap(w, "", "because", c.Because, quote)
	w.rules("", c.Rules)
	if len(c.Estimates) > 0 {
		w.line("estimates:")
	}
	for _, e := range c.Estimates {
		w.line("  %s:", quote(string(e.Party)))
		w.line("    walk_away: %s", span(e.WalkAway))
		writeMap(w, "    ", "worth", e.Worth, span)
		writeMap(w, "    ", "tags", e.Tags, span)
		w.rules("    ", e.Rules)
	}
	if !c.DestroyAfter.IsZero() {
		w.line("destroy_after: %s", c.DestroyAfter)
	}
	return []byte(w.String())
}

func number(n int64) string { return fmt.Sprint(n) }

func span(r brief.Range) string {
	if r.Low == r.High {
		return number(r.Low)
	}
	return fmt.Sprintf("%d..%d", r.Low, r.High)
}

func writeMap[K ~string, V any](w *writer, indent, name string, m map[K]V, show func(V) string) {
	if len(m) == 0 {
		return
	}
	w.line("%s%s:", indent, name)
	for _, k := range slices.Sorted(maps.Keys(m)) {
		w.line("%s  %s: %s", indent, quote(string(k)), show(m[k]))
	}
}

// rules writes each rule on its line, as it writes itself.
func (w *writer) rules(indent string, rules []parley.Rule) {
	if len(rules) == 0 {
		return
	}
	w.line("%srules:", indent)
	for _, r := range rules {
		w.line("%s  - {%s}", indent, r)
	}
}
