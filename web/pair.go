package web

import (
	"strconv"

	"parley"
	"parley/desk"
	"parley/names"
)

// pairPage shows one pair: both rows side by side, what speaks for them, who
// else each may be, and where somebody decides.
func pairPage() *page {
	return &page{name: "pair", path: "/lists/match/{pair}", private: true, show: showPair, acts: []act{decideAct(), undoPairAct()}}
}

type pairData struct {
	pairRow
	Of     int
	Fields []pairField
	Rivals []rivalRow
	Reason []string // of the decision
	Left   int
}

// pairField is one field of both rows.
type pairField struct{ Key, A, B string }

// rivalRow is another pair that one of the two may belong to.
type rivalRow struct {
	A, B  names.Record
	Score string
}

// pair finds the pair of the page's path.
func (v *visit) pair() (*desk.Reviewed, int, error) {
	r, err := v.onDesk()
	if err != nil {
		return nil, 0, err
	}
	n, err := strconv.Atoi(v.part("pair"))
	if err != nil || n < 1 || n > len(r.Found.Matches) {
		return nil, 0, desk.ErrNotFound
	}
	return r, n - 1, nil
}

func showPair(v *visit) (any, error) {
	r, i, err := v.pair()
	if err != nil {
		return nil, err
	}
	rowsA, rowsB := byLabel(r.A), byLabel(r.B)
	d := pairData{pairRow: pairAt(r, i, rowsA, rowsB), Of: len(r.Found.Matches), Left: len(undecided(r))}
	d.Fields = v.pairFields(d.A, d.B)
	for _, x := range d.Match.Rivals {
		d.Rivals = append(d.Rivals, rivalRow{rowsA[x.A], rowsB[x.B], strconv.FormatFloat(x.Score, 'f', 2, 64)})
	}
	if s, ok := r.Decisions.Of(d.Match.A, d.Match.B); ok {
		d.Reason = s.Reasons
	}
	return d, nil
}

// pairFields lists what either row says.
func (v *visit) pairFields(a, b names.Record) []pairField {
	date := func(d parley.Date) string {
		if d.IsZero() {
			return ""
		}
		return v.Date(d)
	}
	all := []pairField{
		{"id", a.Label(), b.Label()},
		{"name", a.Name, b.Name},
		{"father", a.Father, b.Father},
		{"mother", a.Mother, b.Mother},
		{"born", date(a.Born), date(b.Born)},
		{"sex", a.Sex, b.Sex},
		{"place", a.Place, b.Place},
		{"captured", date(a.Captured), date(b.Captured)},
		{"unit", a.Unit, b.Unit},
		{"rank", a.Rank, b.Rank},
		{"note", a.Note, b.Note},
	}
	var out []pairField
	for _, f := range all {
		if f.A != "" || f.B != "" {
			out = append(out, f)
		}
	}
	return out
}

func decideAct() act {
	return act{name: "decide", atOnce: true, fields: []field{
		{name: "verdict", kind: one, must: true, options: verdicts},
		{name: "reason", kind: line},
		{name: "by", kind: line, must: true, first: whoDecides},
	}, do: doDecide}
}

func verdicts(v *visit) []option {
	var out []option
	for _, a := range []names.Act{names.Hold, names.Tell, names.LeaveOpen} {
		out = append(out, option{Value: string(a), Label: v.must("pair.is." + string(a))})
	}
	return append([]option{{Label: v.must("pair.choose")}}, out...)
}

// doDecide keeps a decision with its reasons, and goes on to the next pair.
func doDecide(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	r, i, err := v.pair()
	if err != nil {
		return nil, err
	}
	m := r.Found.Matches[i]
	s := names.Statement{Act: names.Act(f.get("verdict")), A: m.A, B: m.B, Reasons: m.Why, By: f.get("by")}
	if why := f.get("reason"); why != "" {
		s.Reasons = append([]string{why}, m.Why...)
	}
	if err := d.DecideMatch(v.context, s); err != nil {
		return nil, err
	}
	to := "/lists/match"
	if r, err = v.onDesk(); err == nil {
		if left := undecided(r); len(left) > 0 {
			to = "/lists/match/" + strconv.Itoa(left[0]+1)
		}
	}
	return &outcome{To: to, Values: []any{m.A, m.B}}, nil
}

// undoPairAct takes back what was decided about the pair.
func undoPairAct() act {
	return act{name: "undo", atOnce: true, fields: []field{
		{name: "reason", kind: line},
		{name: "by", kind: line, must: true, first: whoDecides},
	}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		r, i, err := v.pair()
		if err != nil {
			return nil, err
		}
		m := r.Found.Matches[i]
		return &outcome{}, d.DecideMatch(v.context, names.Statement{
			Act: names.Undo, Undoes: r.Decisions.NumberOf(m.A, m.B), By: f.get("by"), Reasons: []string{f.get("reason")},
		})
	}}
}
