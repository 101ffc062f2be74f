package casefile

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"parley/handover"
)

// EncodePlan writes a plan as plan/1 that says everything itself: ParsePlan
// reads it back as the same plan without a case. It is JSON, which is YAML, with
// a line for each entry, gate and instrument.
func EncodePlan(p *handover.Plan) []byte {
	var parties, neutrals, sides, places, entries, instruments, bounds, reasons fieldList
	for _, a := range p.Actors {
		if a.Neutral {
			neutrals.add(string(a.ID), fieldList{}.with("name", a.Name).with("person", a.Person))
		} else {
			parties.add(string(a.ID), a.Name)
		}
	}
	for _, s := range p.Sides {
		sides.add(string(s.ID), s.Parties)
	}
	for _, pl := range p.Places {
		places.add(string(pl.ID), fieldList{}.with("name", pl.Name).with("under", pl.Under).with("escrow", pl.Escrow).with("after", pl.After))
	}
	for _, e := range p.Entries {
		entries.add(string(e.ID), fieldList{}.with("name", e.Name).with("heads", e.Heads).with("units", e.Units).with("from", e.From).with("for", e.For).
			with("start", e.Start).with("optional", e.Optional).with("if_confirmed", e.IfConfirmed).with("instead", e.Instead).with("remains", e.Remains))
	}
	for _, i := range p.Instruments {
		instruments.add(string(i.ID), fieldList{}.with("kind", i.Kind).with("of", i.Of).with("text", i.Text).with("decides", i.Decides).with("confirm", i.Confirm).
			with("needs", i.Needs).with("before", i.Before).with("free", i.Free).with("earliest", moment(i.Earliest)).with("latest", moment(i.Latest)).
			with("planned", moment(i.Planned)).with("takes", minutes(i.Minutes)).with("final", i.Final).with("public", i.Public).with("hidden", i.Hidden).with("duties", dutyList(i.Duties)))
	}
	for _, b := range p.Bounds {
		bounds.add(string(b.Side), fieldList{}.with("heads", b.Heads).with("units", b.Units))
	}
	for _, r := range p.Reasons {
		reasons.add(string(r.Party), fieldList{}.with("persons", r.Persons).with("with", r.With).with("text", r.Text))
	}
	root := fieldList{}.with("parley", "plan/1").with("id", p.ID).with("case", p.Case).with("title", p.Title).with("parties", parties).with("neutrals", neutrals).
		with("neutral", p.Neutral).with("fresh_days", p.FreshDays).with("sides", sides).with("places", places).with("entries", entries).
		with("phases", phaseList(p.Phases)).with("instruments", instruments).with("bounds", bounds).with("reasons", reasons).
		with("duties", dutyList(p.Duties)).with("halt", p.Halters).with("printed", printedList(p.Printed)).with("texts", textList(p.Texts))
	var out bytes.Buffer
	writeJSON(&out, root, 0)
	out.WriteByte('\n')
	return out.Bytes()
}

func phaseList(phases []handover.Phase) (out []any) {
	for _, ph := range phases {
		var gates []any
		for _, g := range ph.Gates {
			var moves fieldList
			for _, m := range g.Move {
				moves.add(string(m.Who), m.To)
			}
			gates = append(gates, fieldList{}.with("id", g.ID).with("do", g.Do).with("by", g.By).with("move", moves).with("at", g.At).with("needs", g.Needs).
				with("confirm", g.Confirm).with("evidence", g.Evidence).with("planned", moment(g.Planned)).with("until", moment(g.Until)).with("stop", g.Stop).with("go", g.Go))
		}
		out = append(out, fieldList{}.with("id", ph.ID).with("title", ph.Title).with("gates", gates))
	}
	return out
}

func dutyList(duties []handover.Duty) (out []any) {
	for _, d := range duties {
		out = append(out, fieldList{}.with("id", d.ID).with("who", d.Who).with("text", d.Text).with("until", d.Until.String()).with("watches", d.Watches).with("breach", d.Breach).with("of", d.Of))
	}
	return out
}

func printedList(printed []handover.Printed) (out []any) {
	for _, f := range printed {
		l := fieldList{}.with("source", f.Source).with("what", f.What).with("parts", f.Parts)
		l.add("total", f.Total)
		out = append(out, l)
	}
	return out
}

func textList(texts []handover.Text) (out []any) {
	for _, t := range texts {
		out = append(out, fieldList{}.with("language", t.Language).with("title", t.Title).with("authentic", t.Authentic).with("translator", t.Translator).with("paragraphs", t.Paragraphs))
	}
	return out
}

func moment(m handover.Moment) string {
	if m == 0 {
		return ""
	}
	return time.Unix(int64(m)*60, 0).UTC().Format(momentForms[0])
}

func minutes(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10) + "m"
}

// fieldList is a map of fields in order.
type fieldList []struct {
	name  string
	value any
}

func (l *fieldList) add(name string, v any) {
	*l = append(*l, struct {
		name  string
		value any
	}{name, v})
}

// with adds a field unless it says nothing.
func (l fieldList) with(name string, v any) fieldList {
	switch s := jsonOf(v); s {
	case `""`, "null", "[]", "false", "0":
		return l
	}
	if m, ok := v.(fieldList); ok && len(m) == 0 {
		return l
	}
	l.add(name, v)
	return l
}

// MarshalJSON writes the fields in their order.
func (l fieldList) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, f := range l {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(jsonOf(f.name) + ":" + jsonOf(f.value))
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// jsonOf can't fail: all that a plan holds is text, numbers and lists of them.
func jsonOf(v any) string {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("casefile: " + err.Error())
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// writeJSON writes three levels with a line for each field, the rest on one line.
func writeJSON(out *bytes.Buffer, v any, depth int) {
	indent := strings.Repeat("  ", depth)
	l, isMap := v.(fieldList)
	list, isList := v.([]any)
	switch {
	case depth > 3 || !isMap && !isList || isMap && depth > 1 && !hasLists(l):
		out.WriteString(jsonOf(v))
	case isMap:
		out.WriteString("{\n")
		for i, f := range l {
			out.WriteString(indent + "  " + jsonOf(f.name) + ": ")
			writeJSON(out, f.value, depth+1)
			out.WriteString(comma(i, len(l)))
		}
		out.WriteString(indent + "}")
	default:
		out.WriteString("[\n")
		for i, item := range list {
			out.WriteString(indent + "  ")
			writeJSON(out, item, depth+1)
			out.WriteString(comma(i, len(list)))
		}
		out.WriteString(indent + "]")
	}
}

// hasLists tells a map that holds lists of maps.
func hasLists(l fieldList) bool {
	for _, f := range l {
		if list, ok := f.value.([]any); ok && len(list) > 0 {
			return true
		}
	}
	return false
}

func comma(i, n int) string {
	if i < n-1 {
		return ",\n"
	}
	return "\n"
}
