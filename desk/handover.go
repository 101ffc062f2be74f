package desk

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"parley"
	"parley/casefile"
	"parley/channel"
	"parley/handover"
)

// ProposePlan puts a plan for the handover forward: checked, and written so that
// it says everything itself. It carries out the agreement named, "" for none
// (a plan for exercise, or for what was agreed on paper), and replaces the plan
// named, "" for none.
func (d *Desk) ProposePlan(ctx context.Context, name string, file []byte, agreement, replaces string) (parley.Ref, error) {
	if d.session == nil {
		return parley.Ref{}, ErrNoChannel
	}
	c, err := d.Case(ctx)
	if err != nil {
		return parley.Ref{}, err
	}
	p, err := casefile.ParsePlan(name, file, c)
	if err != nil {
		return parley.Ref{}, err
	}
	t := d.Table()
	m := &parley.PlanMove{File: casefile.EncodePlan(p), Parties: p.Parties(), Plan: p}
	if replaces != "" {
		old, err := d.findPlan(t, replaces)
		if err != nil {
			return parley.Ref{}, err
		}
		m.Previous = old.Move.Digest
	}
	if agreement != "" {
		if m.Agreement, err = d.inForce(t, agreement, p, m.Previous); err != nil {
			return parley.Ref{}, err
		}
	}
	if err := d.confirmersHere(p); err != nil {
		return parley.Ref{}, err
	}
	m.Digest = parley.DigestOfPlan(m.Previous, m.Agreement, m.File)
	if old, there := t.Plan(m.Digest); there {
		return parley.Ref{}, wrong("this plan was put forward already (%s): `parley handover adopt` adopts it, and another in its place says so with --replaces", old.Ref.Short())
	}
	return d.say(ctx, m)
}

// inForce finds the agreement that a plan carries out, and holds the plan to it:
// it hands over all whom the agreement releases, but for those who were received
// under a plan that it replaces.
func (d *Desk) inForce(t *parley.Table, name string, p *handover.Plan, previous parley.Digest) (parley.Ref, error) {
	ref, err := d.find(t, parley.KindSeal, name)
	if err != nil {
		return ref, err
	}
	a, ok := t.Agreement(ref)
	if !ok || a.Status != parley.InForce {
		return ref, fmt.Errorf("agreement %s is not in force: nothing is carried out before", ref.Short())
	}
	in := d.receivedBefore(t, previous)
	for _, e := range p.Entries {
		if slices.Contains(in, e.ID) {
			return ref, wrong("the plan hands over %s, who was received under the plan that it replaces", e.ID)
		}
		in = append(in, e.ID)
		if !a.Resolved.Release.Has(e.ID) {
			return ref, wrong("the plan hands over %s, who is not in the agreement", e.ID)
		}
	}
	for _, id := range a.Resolved.Release {
		if !slices.Contains(in, id) {
			return ref, wrong("the agreement releases %s, who is not in the plan", id)
		}
	}
	return ref, nil
}

// receivedBefore lists whom the receiving side has whole under a plan, or under
// one that it replaced, and so on.
func (d *Desk) receivedBefore(t *parley.Table, plan parley.Digest) (out []parley.PersonID) {
	for !plan.IsZero() {
		p, ok := t.Plan(plan)
		if !ok {
			return out
		}
		out = append(out, d.handover(p).whole()...)
		plan = p.Move.Previous
	}
	return out
}

// whole lists the entries of which the receipts say that all came.
func (h *Handover) whole() (out []parley.PersonID) {
	r := h.Now.Report()
	for _, e := range h.Plan.Entries {
		short := slices.ContainsFunc(r.Short, func(s handover.Short) bool { return s.Entry == e.ID })
		if !short && !slices.Contains(r.Missing, e.ID) {
			out = append(out, e.ID)
		}
	}
	return out
}

// confirmersHere checks that everybody who confirms has a desk on the channel.
func (d *Desk) confirmersHere(p *handover.Plan) error {
	here := map[handover.ActorID]bool{}
	for _, seat := range d.session.Log().Roster().Seats() {
		here[actorOf(p, seat)] = true
	}
	for _, a := range p.Actors {
		if named := slices.ContainsFunc(p.Gates(), func(g handover.Gate) bool { return slices.Contains(g.Confirm, a.ID) }); named && !here[a.ID] {
			return wrong("%s confirms a gate and has no desk on this channel", a.ID)
		}
	}
	return nil
}

// actorOf is who a seat is in a plan; "" for nobody.
func actorOf(p *handover.Plan, seat channel.Seat) handover.ActorID {
	if seat.Party != "" {
		return handover.ActorID(seat.Party)
	}
	for _, a := range p.Actors {
		if a.Neutral && a.Name == seat.Neutral {
			return a.ID
		}
	}
	return ""
}

// AdoptPlan adopts a plan for this side. Every party of the plan must.
func (d *Desk) AdoptPlan(ctx context.Context, name string) (parley.Ref, error) {
	p, err := d.PlanState(name)
	if err != nil {
		return parley.Ref{}, err
	}
	if !p.Move.Agreement.IsZero() {
		if _, err := d.inForce(d.Table(), p.Move.Agreement.String(), p.Move.Plan.(*handover.Plan), p.Move.Previous); err != nil {
			return parley.Ref{}, err
		}
	}
	return d.say(ctx, &parley.PlanMove{Adopt: true, Digest: p.Move.Digest})
}

// PlanState finds a plan on the channel: by its id, its digest or the beginning
// of one, or "last" for the last that is in force, else the last put forward.
func (d *Desk) PlanState(name string) (parley.PlanState, error) {
	if d.session == nil {
		return parley.PlanState{}, ErrNoChannel
	}
	return d.findPlan(d.Table(), name)
}

func (d *Desk) findPlan(t *parley.Table, name string) (parley.PlanState, error) {
	var found []parley.PlanState
	for _, p := range t.Plans {
		plan := p.Move.Plan.(*handover.Plan)
		if name == "" || name == "last" || plan.ID == name || len(name) >= 4 && (strings.HasPrefix(p.Move.Digest.String(), name) || strings.HasPrefix(p.Ref.String(), name)) {
			found = append(found, p)
		}
	}
	if len(found) == 0 {
		if len(t.Plans) == 0 {
			return parley.PlanState{}, fmt.Errorf("%w: no plan is on this channel yet: `parley handover propose PLAN`", ErrNotFound)
		}
		return parley.PlanState{}, fmt.Errorf("%w: no plan %q on this channel", ErrNotFound, name)
	}
	for _, p := range slices.Backward(found) {
		if p.InForce {
			return p, nil
		}
	}
	return found[len(found)-1], nil
}

// Handover is a plan as this desk sees it carried out.
type Handover struct {
	State  parley.PlanState
	Plan   *handover.Plan
	Now    *handover.State
	Judged []handover.Judged
	Us     handover.ActorID // who this desk is in the plan; "" for nobody
}

// Handover folds what was signed about a plan.
func (d *Desk) Handover(name string) (*Handover, error) {
	p, err := d.PlanState(name)
	if err != nil {
		return nil, err
	}
	return d.handover(p), nil
}

func (d *Desk) handover(p parley.PlanState) *Handover {
	h := &Handover{State: p, Plan: p.Move.Plan.(*handover.Plan)}
	who := map[parley.MemberID]handover.ActorID{}
	for _, seat := range d.session.Log().Roster().Seats() {
		who[parley.MemberID(seat.ID)] = actorOf(h.Plan, seat)
	}
	h.Us = who[d.Device()]
	codes := map[parley.Ref]parley.PlanAct{}
	events := make([]handover.Event, len(p.Acts))
	for i, a := range p.Acts {
		if _, ok := a.Move.(*parley.CodesMove); ok {
			codes[a.Ref] = a
		}
		events[i] = d.event(p.Move.Digest, a, who, codes)
	}
	h.Now, h.Judged = h.Plan.Fold(events)
	return h
}

// event gives an act its meaning for the plan. Commitments to codes are none of
// the plan's events and have no effect there.
func (d *Desk) event(plan parley.Digest, a parley.PlanAct, who map[parley.MemberID]handover.ActorID, codes map[parley.Ref]parley.PlanAct) handover.Event {
	e := handover.Event{ID: a.Ref, By: who[a.Author], Past: a.Past, Void: a.Void, Kind: handover.Kind(a.Move.Kind())}
	if s, ok := a.Move.(*parley.Spoken); ok {
		c := codes[s.Codes]
		e.Kind, e.Of, e.Text = handover.KindConfirm, handover.StepID(s.Of), s.Text
		if e.By = who[c.Author]; !d.opens(plan, a.Ref, s, c, e.By) {
			e.Kind = "a code that does not fit"
		}
		return e
	}
	fillEvent(&e, a.Move)
	return e
}

// fillEvent copies what a move says.
func fillEvent(e *handover.Event, m parley.Move) {
	switch m := m.(type) {
	case *parley.Word:
		e.Person, e.Word, e.To = m.Person, handover.Word(m.Word), handover.PlaceID(m.To)
	case *parley.Begin:
		e.Of, e.Without, e.Text = handover.StepID(m.Of), m.Without, m.Text
	case *parley.Confirm:
		e.Of, e.Text = handover.StepID(m.Of), m.Text
	case *parley.Halt:
		e.Text = m.Text
	case *parley.Resume:
		e.Halts, e.Text = m.Halts, m.Text
	case *parley.Received:
		for _, it := range m.Items {
			e.Items = append(e.Items, handover.Item{
				Entry: it.Entry, Heads: int(it.Heads), Identity: it.Identity, Name: it.Name, Instead: it.Instead, Returned: it.Returned, Note: it.Note,
			})
		}
	}
}

// opens tells whether a code that was heard is the one committed to. Each is
// tried once: a guess is made to cost.
func (d *Desk) opens(plan parley.Digest, ref parley.Ref, s *parley.Spoken, c parley.PlanAct, by handover.ActorID) bool {
	if known, ok := d.spoken[ref]; ok {
		return known
	}
	fits := false
	if m, ok := c.Move.(*parley.CodesMove); ok {
		for _, x := range m.Codes {
			if x.Of == s.Of && !fits {
				fits = handover.Opens(x.Commitment, plan, handover.StepID(s.Of), by, s.Code)
			}
		}
	}
	if !ref.IsZero() {
		d.spoken[ref] = fits
	}
	return fits
}

// carry signs a move on a plan, after trying it on the plan's state: what would
// have no effect is never signed.
func (d *Desk) carry(ctx context.Context, h *Handover, m parley.Move) (parley.Ref, error) {
	if !h.State.InForce {
		return parley.Ref{}, fmt.Errorf("plan %s is not in force: adopted by %s, and it takes %s", h.Plan.ID, orNone(h.State.Adopted), orNone(h.State.Move.Parties))
	}
	if h.Us == "" {
		return parley.Ref{}, wrong("the plan does not name this desk")
	}
	e := handover.Event{By: h.Us, Kind: handover.Kind(m.Kind())}
	fillEvent(&e, m)
	if why := h.Now.Why(e); why != "" {
		return parley.Ref{}, &NoEffect{m.Kind(), why}
	}
	if err := d.current(ctx, h, m); err != nil {
		return parley.Ref{}, err
	}
	return d.say(ctx, m)
}

func orNone(ps []parley.PartyID) string {
	if len(ps) == 0 {
		return "nobody"
	}
	s := make([]string, len(ps))
	for i, p := range ps {
		s[i] = string(p)
	}
	return strings.Join(s, ", ")
}

// ConfirmStep says that a gate or an instrument is done.
func (d *Desk) ConfirmStep(ctx context.Context, plan, of, text string) (parley.Ref, error) {
	h, err := d.Handover(plan)
	if err != nil {
		return parley.Ref{}, err
	}
	return d.carry(ctx, h, &parley.Confirm{Plan: h.State.Move.Digest, Of: of, Text: text})
}

// BeginStep says that a gate begins. Optional entries that can't go stay behind
// by name.
func (d *Desk) BeginStep(ctx context.Context, plan, of string, without []parley.PersonID, text string) (parley.Ref, error) {
	h, err := d.Handover(plan)
	if err != nil {
		return parley.Ref{}, err
	}
	if task, ok := h.Now.Task(handover.StepID(of)); ok {
		without = append(without, task.Without...)
		slices.Sort(without)
		without = slices.Compact(without)
	}
	return d.carry(ctx, h, &parley.Begin{Plan: h.State.Move.Digest, Of: of, Without: without, Text: text})
}

// HaltPlan keeps everything from beginning that has not begun.
func (d *Desk) HaltPlan(ctx context.Context, plan, text string) (parley.Ref, error) {
	h, err := d.Handover(plan)
	if err != nil {
		return parley.Ref{}, err
	}
	return d.carry(ctx, h, &parley.Halt{Plan: h.State.Move.Digest, Text: text})
}

// ResumePlan takes back this side's own halts.
func (d *Desk) ResumePlan(ctx context.Context, plan, text string) (parley.Ref, error) {
	h, err := d.Handover(plan)
	if err != nil {
		return parley.Ref{}, err
	}
	return d.carry(ctx, h, &parley.Resume{Plan: h.State.Move.Digest, Halts: h.Now.HaltedBy(h.Us), Text: text})
}

// Receive gives a receipt.
func (d *Desk) Receive(ctx context.Context, plan string, items []parley.ReceivedItem, text string) (parley.Ref, error) {
	h, err := d.Handover(plan)
	if err != nil {
		return parley.Ref{}, err
	}
	return d.carry(ctx, h, &parley.Received{Plan: h.State.Move.Digest, Items: items, Text: text})
}

// keptInterview is an interview as the neutral's store holds it.
type keptInterview struct {
	_                                 struct{} `cbor:",toarray"`
	On                                parley.Date
	Included, Instrument, Destination uint64
	Where, Act                        string
	Safe                              uint64
	Unfit                             bool
	Reason                            string
}

const interviewBucket = "handover/interviews"

// KeepInterview keeps what a neutral heard from a person, in this desk's own
// store alone, and says the one word that follows from it where that has
// changed. Where is "" for the plan's own destination.
func (d *Desk) KeepInterview(ctx context.Context, plan string, i handover.Interview) (handover.Word, error) {
	if !d.id.neutral() {
		return "", wrong("only a neutral keeps interviews: this is the desk of %s", d.id.Party)
	}
	h, err := d.Handover(plan)
	if err != nil {
		return "", err
	}
	entry, ok := h.Plan.Entry(i.Person)
	if !ok {
		return "", wrong("the plan has no entry %q", i.Person)
	}
	asked := d.asked(h, entry)
	if i.Where == "" {
		i.Where = asked.Where
	}
	if i.Where != asked.Where && !slices.Contains(entry.Instead, i.Where) {
		return "", wrong("the plan does not let %s go to %s", i.Person, i.Where)
	}
	i.Act = asked.Act
	if err := first(date(i.On), text(i.Reason)); err != nil {
		return "", inputError{err}
	}
	k := keptInterview{
		On: i.On, Included: uint64(i.Included), Instrument: uint64(i.Instrument), Destination: uint64(i.Destination), Where: string(i.Where), Act: i.Act,
		Safe: uint64(i.Safe), Unfit: i.Unfit, Reason: i.Reason,
	}
	err = d.update(ctx, func(tx *casefile.Tx) error {
		return put(tx, interviewBucket, h.State.Move.Digest.String()+"/"+string(i.Person), k)
	})
	if err != nil {
		return "", err
	}
	m := d.word(h, entry, i)
	w := handover.Word(m.Word)
	said, _ := d.tooOld(h, i.Person)
	again := w == handover.Confirmed && said.String() < i.On.String() // what others build on has a day
	if !again && h.Now.WordOf(i.Person) == w && (m.To == "" || h.Now.Destination(i.Person) == i.Where) {
		return w, nil
	}
	_, err = d.carry(ctx, h, m)
	return w, err
}

// asked is what the plan holds ready for a person today.
func (d *Desk) asked(h *Handover, e handover.Entry) handover.Asked {
	a := handover.Asked{Where: h.Now.Planned(e.ID), Fresh: h.fresh(), On: dateOf(d.around.Now())}
	sum := sha256.New()
	for _, in := range h.Plan.Instruments {
		if slices.Contains(in.Of, e.ID) {
			fmt.Fprintf(sum, "%s\x00%s\x00%s\x00", in.ID, in.Kind, in.Text)
		}
	}
	a.Act = fmt.Sprintf("%x", sum.Sum(nil))
	return a
}

func dateOf(t time.Time) parley.Date {
	t = t.UTC()
	return parley.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
}

// SpokenCode is a code that this desk may have read over a telephone.
type SpokenCode struct {
	Of   handover.StepID `json:"of"`
	Do   string          `json:"do"`
	Code string          `json:"code"`
}

// MakeCodes makes a code for each step that this desk confirms and has not, and
// signs the commitments. The codes are given out once and kept nowhere.
func (d *Desk) MakeCodes(ctx context.Context, plan string) ([]SpokenCode, error) {
	h, err := d.Handover(plan)
	if err != nil {
		return nil, err
	}
	m := &parley.CodesMove{Plan: h.State.Move.Digest}
	var out []SpokenCode
	for _, t := range h.Now.Tasks() {
		if !slices.Contains(t.Confirm, h.Us) || slices.Contains(t.Said, h.Us) {
			continue
		}
		var random [8]byte
		if _, err := io.ReadFull(d.around.Rand, random[:]); err != nil {
			return nil, err
		}
		code := handover.Code(random)
		c, err := handover.Commitment(m.Plan, t.Of, h.Us, code)
		if err != nil {
			return nil, err
		}
		m.Codes = append(m.Codes, parley.CodeCommitment{Of: string(t.Of), Commitment: c})
		out = append(out, SpokenCode{t.Of, t.Do, code})
	}
	if len(out) == 0 {
		return nil, wrong("there is nothing that this desk is to confirm")
	}
	if !h.State.InForce {
		return nil, fmt.Errorf("plan %s is not in force", h.Plan.ID)
	}
	_, err = d.say(ctx, m)
	return out, err
}

// Heard puts a code that was read over the telephone on record: it confirms in
// the name of whoever made it, if it is the one committed to.
func (d *Desk) Heard(ctx context.Context, plan, code, text string) (parley.Ref, handover.ActorID, handover.StepID, error) {
	digits, err := handover.ParseCode(code)
	if err != nil {
		return parley.Ref{}, "", "", inputError{err}
	}
	h, err := d.Handover(plan)
	if err != nil {
		return parley.Ref{}, "", "", err
	}
	who := map[parley.MemberID]handover.ActorID{}
	for _, seat := range d.session.Log().Roster().Seats() {
		who[parley.MemberID(seat.ID)] = actorOf(h.Plan, seat)
	}
	for _, a := range slices.Backward(h.State.Acts) {
		m, ok := a.Move.(*parley.CodesMove)
		if !ok || a.Void {
			continue
		}
		for _, c := range m.Codes {
			by, of := who[a.Author], handover.StepID(c.Of)
			if e := (handover.Event{By: by, Kind: handover.KindConfirm, Of: of}); h.Now.Why(e) != "" || !handover.Opens(c.Commitment, m.Plan, of, by, digits) {
				continue
			}
			ref, err := d.say(ctx, &parley.Spoken{Plan: m.Plan, Codes: a.Ref, Of: c.Of, Code: digits, Text: text})
			return ref, by, of, err
		}
	}
	return parley.Ref{}, "", "", fmt.Errorf("the code confirms nothing that could be confirmed now: it moves nothing")
}

// AskLife, GiveLife and ExamineLife are proof of life: asked for, given by who
// holds the person, examined by who asked.
func (d *Desk) AskLife(ctx context.Context, person parley.PersonID, text string) (parley.Ref, error) {
	return d.say(ctx, &parley.Life{Stage: "asked", Person: person, Text: text})
}

// GiveLife answers a demand for proof of life. The evidence itself goes another
// way; its digest binds what was given.
func (d *Desk) GiveLife(ctx context.Context, asked string, evidence []byte, dated parley.Date, text string) (parley.Ref, error) {
	ref, m, err := d.life(asked)
	if err != nil {
		return parley.Ref{}, err
	}
	return d.say(ctx, &parley.Life{Stage: "given", Person: m.Person, Answers: ref, Evidence: sha256.Sum256(evidence), Dated: dated, Text: text})
}

// ExamineLife says what the examination of the evidence found.
func (d *Desk) ExamineLife(ctx context.Context, given string, evidence []byte, genuine bool, text string) (parley.Ref, error) {
	ref, m, err := d.life(given)
	if err != nil {
		return parley.Ref{}, err
	}
	sum := parley.Digest(sha256.Sum256(evidence))
	if sum != m.Evidence {
		return parley.Ref{}, wrong("this is not the evidence that was given")
	}
	return d.say(ctx, &parley.Life{Stage: "examined", Person: m.Person, Answers: ref, Evidence: sum, Dated: m.Dated, Genuine: genuine, Text: text})
}

func (d *Desk) life(name string) (parley.Ref, *parley.Life, error) {
	if d.session == nil {
		return parley.Ref{}, nil, ErrNoChannel
	}
	t := d.Table()
	ref, err := d.find(t, parley.KindLife, name)
	if err != nil {
		return ref, nil, err
	}
	i := slices.IndexFunc(t.Acts, func(s parley.Seen) bool { return s.Ref == ref })
	m, ok := t.Acts[i].Move.(*parley.Life)
	if !ok {
		return ref, nil, wrong("%s is no proof of life", ref.Short())
	}
	return ref, m, nil
}
