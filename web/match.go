package web

import (
	"slices"
	"strconv"
	"strings"

	"parley/desk"
	"parley/names"
)

// matchPage lists the pairs of the two lists on the desk, and what is left over.
// It is ours alone: a list tells what its owner knows.
func matchPage() *page {
	return &page{name: "match", path: "/lists/match", private: true, show: showMatch, acts: []act{undoLastAct()}}
}

type matchData struct {
	On      *desk.Reviewed
	Show    string // which pairs
	Shows   []string
	Left    int
	Same    int // decided so
	Apart   int
	Open    int
	Rows    []pairRow
	Pages   pager
	OnlyA   []names.Record // on the first page only, at most lonesShown
	OnlyB   []names.Record
	Copies  [][]names.Record
	Unread  []string
	OnlyNow bool
}

const lonesShown = 200

// pairRow is a proposal with its two rows.
type pairRow struct {
	Number   int // its place, from 1
	A, B     names.Record
	Match    names.Match
	Decision string // "" while nobody has decided
	By       string
}

func showMatch(v *visit) (any, error) {
	r, err := v.onDesk()
	if err != nil {
		return nil, err
	}
	d := matchData{On: r, Show: v.asked("show"), Shows: []string{"left", "review", "same", "decided", "all"}}
	if !slices.Contains(d.Shows, d.Show) {
		d.Show = "left"
	}
	left := undecided(r)
	d.Left, d.Same, d.Apart, d.Open = len(left), r.Decisions.Count(names.Hold), r.Decisions.Count(names.Tell), r.Decisions.Count(names.LeaveOpen)
	rowsA, rowsB := byLabel(r.A), byLabel(r.B)
	chosen := slices.DeleteFunc(places(r, d.Show, left), func(i int) bool {
		m := r.Found.Matches[i]
		return !nameHas(rowsA[m.A], v.asked("find")) && !nameHas(rowsB[m.B], v.asked("find"))
	})
	d.Pages = v.pager("/lists/match", len(chosen))
	d.Pages.Show = d.Show
	for _, i := range chosen[d.Pages.From:d.Pages.To] {
		d.Rows = append(d.Rows, pairAt(r, i, rowsA, rowsB))
	}
	if d.Pages.Page == 1 && v.asked("find") == "" {
		d.alone(v, r, rowsA, rowsB)
	}
	return d, nil
}

// alone gathers what is in no pair, twice on a list, or was not read.
func (d *matchData) alone(v *visit, r *desk.Reviewed, rowsA, rowsB map[string]names.Record) {
	d.OnlyNow = true
	d.OnlyA, d.OnlyB = recordsOf(r.Found.UnmatchedA, rowsA), recordsOf(r.Found.UnmatchedB, rowsB)
	for _, g := range r.Found.DuplicatesA {
		d.Copies = append(d.Copies, recordsOf(g, rowsA))
	}
	for _, g := range r.Found.DuplicatesB {
		d.Copies = append(d.Copies, recordsOf(g, rowsB))
	}
	d.Copies = d.Copies[:min(len(d.Copies), lonesShown)]
	for name, l := range map[string]*names.List{r.NameA: r.A, r.NameB: r.B} {
		for _, u := range l.Unread {
			d.Unread = append(d.Unread, name+": "+unreadText(v, u))
		}
	}
	slices.Sort(d.Unread)
	d.Unread = d.Unread[:min(len(d.Unread), lonesShown)]
}

func recordsOf(ids []string, rows map[string]names.Record) []names.Record {
	var out []names.Record
	for _, id := range ids[:min(len(ids), lonesShown)] {
		out = append(out, rows[id])
	}
	return out
}

func byLabel(l *names.List) map[string]names.Record {
	m := make(map[string]names.Record, len(l.Records))
	for _, r := range l.Records {
		m[r.Label()] = r
	}
	return m
}

func nameHas(r names.Record, find string) bool {
	find = strings.ToLower(strings.TrimSpace(find))
	return find == "" || strings.Contains(strings.ToLower(r.Name), find) || r.Label() == find
}

// places are those of the pairs to show.
func places(r *desk.Reviewed, show string, left []int) []int {
	if show == "left" {
		return left
	}
	var out []int
	for i, m := range r.Found.Matches {
		_, decided := r.Decisions.Of(m.A, m.B)
		if show == "all" || show == "decided" && decided || show == string(m.Verdict) {
			out = append(out, i)
		}
	}
	return out
}

func pairAt(r *desk.Reviewed, i int, rowsA, rowsB map[string]names.Record) pairRow {
	m := r.Found.Matches[i]
	p := pairRow{Number: i + 1, A: rowsA[m.A], B: rowsB[m.B], Match: m}
	if s, ok := r.Decisions.Of(m.A, m.B); ok {
		p.Decision, p.By = string(s.Act), s.By
	}
	return p
}

// Score writes a score.
func (p pairRow) Score() string { return strconv.FormatFloat(p.Match.Score, 'f', 2, 64) }

// undoLastAct undoes the latest decision that counts.
func undoLastAct() act {
	return act{name: "undo", atOnce: true, fields: []field{{name: "by", kind: line, must: true, first: whoDecides}}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		r, err := v.onDesk()
		if err != nil {
			return nil, err
		}
		return &outcome{}, d.DecideMatch(v.context, names.Statement{Act: names.Undo, Undoes: r.Decisions.Last(), By: f.get("by")})
	}}
}

// whoDecides is who sits at the desk, until somebody else is named.
func whoDecides(v *visit) []string {
	_, delegate, _ := v.server.desk.Whose()
	return []string{delegate}
}
