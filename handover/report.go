package handover

import (
	"cmp"
	"fmt"
	"slices"

	"parley"
)

// Report is what was agreed against what was carried out. Every total is
// computed from the entries and the receipts.
type Report struct {
	Ending        Ending            `json:"ending"`
	Lines         []Direction       `json:"lines"`
	Total         Direction         `json:"total"`
	Missing       []parley.PersonID `json:"missing"`       // agreed, moved or not, and not received
	Short         []Short           `json:"short"`         // groups of which not all came
	Departed      []parley.PersonID `json:"departed"`      // left, and nobody has given a receipt
	Returned      []parley.PersonID `json:"returned"`      // went back to who gave
	Dropped       []parley.PersonID `json:"dropped"`       // will not travel; why is nobody's business here
	Added         []Receipt         `json:"-"`             // came and were not in the plan
	Substitutions []Receipt         `json:"-"`             // came in somebody's place
	Unproven      []parley.PersonID `json:"unproven"`      // remains whose identity was claimed and not tested
	Unchecked     []parley.PersonID `json:"unchecked"`     // living, and their identity only claimed
	Duties        []Duty            `json:"-"`             // what remains to be kept
	Contradicted  []Contradiction   `json:"contradicted"`  // printed figures that their own parts or ours contradict
	AddedLines    []string          `json:"added"`         //
	InsteadLines  []string          `json:"substitutions"` //
	DutyLines     []string          `json:"duties"`        //
}

// Direction is people who go from one party to another.
type Direction struct {
	From     parley.PartyID `json:"from"`
	For      parley.PartyID `json:"for"`
	Agreed   Amount         `json:"agreed"`
	Executed Amount         `json:"executed"`
	Added    int64          `json:"added"` // heads beyond the plan
}

// Short is a group of which fewer came than were agreed.
type Short struct {
	Entry  parley.PersonID `json:"entry"`
	Agreed int             `json:"agreed"`
	Came   int             `json:"came"`
}

// Report reconciles.
func (s *State) Report() Report {
	r := Report{Ending: s.Ending(), Missing: []parley.PersonID{}, Short: []Short{}, Departed: []parley.PersonID{}, Returned: []parley.PersonID{}, Dropped: []parley.PersonID{}, Unproven: []parley.PersonID{}, Unchecked: []parley.PersonID{}, AddedLines: []string{}, InsteadLines: []string{}, DutyLines: []string{}, Lines: []Direction{}}
	lines := map[[2]parley.PartyID]*Direction{}
	for e, entry := range s.ix.plan.Entries {
		d := lineOf(lines, entry.From, entry.For)
		d.Agreed = d.Agreed.plus(amount(entry))
		s.reconcile(&r, d, e)
	}
	for _, rc := range s.receipts {
		switch {
		case rc.Entry == "":
			r.Added = append(r.Added, rc)
			r.AddedLines = append(r.AddedLines, fmt.Sprintf("%s (%d), received by %s", rc.Name, max(1, rc.Heads), rc.By))
			lineOf(lines, "", parley.PartyID(rc.By)).Added += int64(max(1, rc.Heads))
		case rc.Instead:
			r.Substitutions = append(r.Substitutions, rc)
			r.InsteadLines = append(r.InsteadLines, fmt.Sprintf("%s came in place of %s", rc.Name, rc.Entry))
		}
	}
	for _, d := range lines {
		r.Lines = append(r.Lines, *d)
		r.Total.Agreed, r.Total.Executed = r.Total.Agreed.plus(d.Agreed), r.Total.Executed.plus(d.Executed)
		r.Total.Added += d.Added
	}
	slices.SortFunc(r.Lines, func(a, b Direction) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.For, b.For)) })
	r.Duties = s.duties()
	for _, d := range r.Duties {
		r.DutyLines = append(r.DutyLines, d.String())
	}
	r.Contradicted = s.ix.plan.Contradictions(&r)
	return r
}

func lineOf(lines map[[2]parley.PartyID]*Direction, from, to parley.PartyID) *Direction {
	key := [2]parley.PartyID{from, to}
	if lines[key] == nil {
		lines[key] = &Direction{From: from, For: to}
	}
	return lines[key]
}

// reconcile files one entry under what became of it.
func (s *State) reconcile(r *Report, d *Direction, e int) {
	entry := s.ix.plan.Entries[e]
	switch {
	case s.home[e]:
		r.Returned = append(r.Returned, entry.ID)
	case s.received[e]:
		s.count(r, d, e)
		return
	case s.gone[e] > 0:
		r.Departed = append(r.Departed, entry.ID)
	}
	if s.words[e] == WillNotTravel {
		r.Dropped = append(r.Dropped, entry.ID)
	}
	r.Missing = append(r.Missing, entry.ID)
}

// count adds a received entry up: all of it, or as many as the receipts say. A
// substitute is not who was agreed.
func (s *State) count(r *Report, d *Direction, e int) {
	entry := s.ix.plan.Entries[e]
	came, identity := 0, "claimed"
	for _, rc := range s.receipts {
		if rc.Entry != entry.ID || rc.Returned || rc.Instead {
			continue
		}
		n := rc.Heads
		if n == 0 {
			n = entry.Heads
		}
		came = min(entry.Heads, came+n)
		if slices.Index(Identities(), rc.Identity) > slices.Index(Identities(), identity) {
			identity = rc.Identity
		}
	}
	d.Executed = d.Executed.plus(Amount{int64(came), entry.Units * int64(came) / int64(max(1, entry.Heads))})
	switch {
	case came < entry.Heads && entry.Heads > 1:
		r.Short = append(r.Short, Short{entry.ID, entry.Heads, came})
	case came == 0:
		r.Missing = append(r.Missing, entry.ID)
		return
	}
	switch {
	case entry.Remains && identity != "tested":
		r.Unproven = append(r.Unproven, entry.ID)
	case !entry.Remains && identity == "claimed":
		r.Unchecked = append(r.Unchecked, entry.ID)
	}
}

// duties lists what remains: the plan's own, and those of instruments that are
// done.
func (s *State) duties() []Duty {
	out := slices.Clone(s.ix.plan.Duties)
	for i := s.ix.gates; i < len(s.ix.steps); i++ {
		if s.done(i) {
			out = append(out, s.ix.steps[i].ins.Duties...)
		}
	}
	return out
}

func (d Duty) String() string {
	s := d.Text
	if d.Who != "" {
		s = d.Who + ": " + s
	}
	if !d.Until.IsZero() {
		s += ", until " + d.Until.String()
	}
	if d.Watches != "" {
		s += "; watched by " + d.Watches
	}
	if d.Breach != "" {
		s += "; breach: " + d.Breach
	}
	return s
}

// Printed is a figure that somebody has published, with its parts.
type Printed struct {
	Source string
	What   string // agreed, executed, or executed-and-added: what of ours it speaks of; "" for nothing of ours
	Total  int64
	Parts  []int64
}

// Contradiction is a printed figure that is not the sum of its own parts, or not
// ours.
type Contradiction struct {
	Source string `json:"source"`
	Text   string `json:"text"`
}

// Contradictions holds the plan's printed figures against themselves and against
// the report.
func (p *Plan) Contradictions(r *Report) []Contradiction {
	out := []Contradiction{}
	for _, f := range p.Printed {
		var sum int64
		for _, n := range f.Parts {
			sum += n
		}
		if len(f.Parts) > 0 && sum != f.Total {
			out = append(out, Contradiction{f.Source, fmt.Sprintf("prints %d, and its own parts add up to %d", f.Total, sum)})
		}
		ours, known := r.figure(f.What)
		if known && ours != f.Total {
			out = append(out, Contradiction{f.Source, fmt.Sprintf("prints %d for what is %s, and we count %d", f.Total, f.What, ours)})
		}
	}
	return out
}

func (r *Report) figure(what string) (int64, bool) {
	switch what {
	case "agreed":
		return r.Total.Agreed.Heads, true
	case "executed":
		return r.Total.Executed.Heads, r.Total.Executed.Heads > 0
	case "executed-and-added":
		return r.Total.Executed.Heads + r.Total.Added, r.Total.Executed.Heads > 0
	}
	return 0, false
}
