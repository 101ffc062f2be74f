package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"parley"
	"parley/desk"
	"parley/handover"
)

// handoverPage is a plan being carried out: gates as a task list, whose turn it
// is, and what each side has outstanding. It is made for the narrowest screen.
func handoverPage() *page {
	of := func(status ...handover.Status) field {
		return field{name: "of", kind: one, must: true, options: ourSteps(status...)}
	}
	return &page{name: "handover", path: "/handover", menu: true, show: showHandover, acts: []act{
		{name: "adopt", fields: []field{{name: "plan", kind: one, must: true, options: plansToAdopt}}, do: onPlan(func(v *visit, d *desk.Desk, f *form) error {
			_, err := d.AdoptPlan(v.context, f.get("plan"))
			return err
		})},
		{name: "begin", fields: []field{of(handover.Ready), {name: "without", kind: many, options: optionalEntries}, {name: "text", kind: line}}, do: onPlan(func(v *visit, d *desk.Desk, f *form) error {
			_, err := d.BeginStep(v.context, "last", f.get("of"), f.people("without"), f.get("text"))
			return err
		})},
		{name: "confirm", fields: []field{of(handover.Ready, handover.UnderWay), {name: "text", kind: line}}, do: onPlan(func(v *visit, d *desk.Desk, f *form) error {
			_, err := d.ConfirmStep(v.context, "last", f.get("of"), f.get("text"))
			return err
		})},
		{name: "halt", fields: []field{{name: "text", kind: line, must: true}}, do: onPlan(func(v *visit, d *desk.Desk, f *form) error {
			_, err := d.HaltPlan(v.context, "last", f.get("text"))
			return err
		})},
		{name: "resume", fields: []field{{name: "text", kind: line}}, do: onPlan(func(v *visit, d *desk.Desk, f *form) error {
			_, err := d.ResumePlan(v.context, "last", f.get("text"))
			return err
		})},
		{name: "heard", fields: []field{{name: "code", kind: line, must: true}, {name: "text", kind: line}}, do: onPlan(func(v *visit, d *desk.Desk, f *form) error {
			_, _, _, err := d.Heard(v.context, "last", f.get("code"), f.get("text"))
			return in("code", err)
		})},
		{name: "receipt", fields: []field{
			{name: "who", kind: many, options: arrivals},
			{name: "identity", kind: one, must: true, options: choices("handover.identity", "checked", "tested", "claimed")},
			{name: "came", kind: grid, options: arrivals, columns: []field{{name: "heads", kind: line}, {name: "instead", kind: line}}},
			{name: "added", kind: area},
			{name: "text", kind: line},
		}, do: giveReceipt},
		{name: "back", fields: []field{{name: "who", kind: many, must: true, options: gone}, {name: "text", kind: line}}, do: giveBack},
		{name: "codes", do: makeCodes},
		{name: "sheet", fields: []field{
			{name: "who", kind: one, must: true, options: planEntries},
			{name: "say", kind: many, options: choices("handover.say", "status", "place", "received")},
			{name: "contact", kind: line},
			{name: "language", kind: one, must: true, options: paperLanguages, first: func(v *visit) []string { return []string{v.Lang()} }},
		}, also: toldSheet, do: giveSheet},
		{name: "document", atOnce: true, do: func(_ *visit, d *desk.Desk, _ *form) (*outcome, error) {
			page, err := d.Document("last")
			return &outcome{File: &download{"agreement.html", page}}, err
		}},
		proposePlanAct(), patternAct(), studyAct(),
	}}
}

// handoverData is nil where there is no plan.
type handoverData struct {
	*desk.HandoverView
	May      map[string]bool
	Exposure *exposure
}

// SideName is what a side of the plan is called.
func (d handoverData) SideName(l *look, side handover.SideID) string {
	return l.sideOf(l.handover.Plan, side)
}

// plan is the last plan, read once for the page and its forms.
func (v *visit) plan() (*desk.Handover, error) {
	if v.handover != nil {
		return v.handover, nil
	}
	h, err := v.server.desk.Handover("last")
	v.handover = h
	return h, err
}

// planView is the last plan as a screen shows it.
func (v *visit) planView() (*desk.HandoverView, error) {
	h, err := v.plan()
	if err != nil {
		return nil, err
	}
	if v.plans == nil {
		v.plans = h.View()
	}
	return v.plans, nil
}

func showHandover(v *visit) (any, error) {
	h, err := v.planView()
	switch {
	case errors.Is(err, desk.ErrNotFound), errors.Is(err, desk.ErrNoChannel):
		return handoverData{}, nil
	case err != nil:
		return nil, err
	}
	d := handoverData{h, map[string]bool{}, exposureOf(v, v.handover)}
	d.May["adopt"] = len(plansToAdopt(v)) > 0
	if h.InForce && h.Us != "" && h.Ending == handover.NotEnded {
		d.May["act"], d.May["halt"] = true, true
		d.May["begin"] = len(ourSteps(handover.Ready)(v)) > 0
		d.May["confirm"] = len(ourSteps(handover.Ready, handover.UnderWay)(v)) > 0
		d.May["receipt"] = len(arrivals(v)) > 0
		d.May["back"] = len(gone(v)) > 0
	}
	return d, nil
}

// ourSteps are the steps at which it is this desk's turn. Where somebody moves a
// ready step is begun, and otherwise it is confirmed.
func ourSteps(status ...handover.Status) func(*visit) []option {
	begins := len(status) == 1
	return func(v *visit) (out []option) {
		h, err := v.planView()
		if err != nil {
			return nil
		}
		for _, t := range h.Tasks {
			ready := t.Status == handover.Ready
			if !t.Ours || !slices.Contains(status, t.Status) || ready && begins != (len(t.Moves) > 0) {
				continue
			}
			out = append(out, option{Value: string(t.Of), Label: string(t.Of) + ": " + t.Do})
		}
		return out
	}
}

// arrivals are those for whom this side owes a receipt.
func arrivals(v *visit) (out []option) {
	h, err := v.plan()
	if err != nil {
		return nil
	}
	for _, e := range h.Plan.Entries {
		at, way := h.Now.Where(e.ID)
		if e.For == v.Party && !way && at == h.Now.Destination(e.ID) && at != e.Start && !h.Now.Received(e.ID) {
			out = append(out, option{Value: string(e.ID), Label: e.Name})
		}
	}
	return out
}

func onPlan(do func(*visit, *desk.Desk, *form) error) func(*visit, *desk.Desk, *form) (*outcome, error) {
	return func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		if err := do(v, d, f); err != nil {
			return nil, err
		}
		return &outcome{}, nil
	}
}

func giveReceipt(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	items, err := receivedItems(v, f)
	if err != nil {
		return nil, err
	}
	_, err = d.Receive(v.context, "last", items, f.get("text"))
	return &outcome{}, in("who", err)
}

// receivedItems reads who came, how many of a group, who came instead and who
// besides.
func receivedItems(v *visit, f *form) (items []parley.ReceivedItem, err error) {
	identity := f.get("identity")
	for _, id := range f.people("who") {
		heads, err := f.count("came.heads." + string(id))
		if err != nil {
			return nil, in("came", err)
		}
		items = append(items, parley.ReceivedItem{Entry: id, Heads: heads, Identity: identity})
	}
	for _, o := range arrivals(v) {
		if name := f.get("came.instead." + o.Value); name != "" {
			items = append(items, parley.ReceivedItem{Entry: parley.PersonID(o.Value), Name: name, Instead: true, Identity: identity})
		}
	}
	for s := range strings.Lines(f.get("added")) {
		name, count, _ := strings.Cut(strings.TrimSpace(s), "=")
		if name == "" {
			continue
		}
		heads, err := strconv.ParseUint(orElse(strings.TrimSpace(count), "1"), 10, 32)
		if err != nil {
			return nil, in("added", errors.New(v.must("handover.receipt.added.hint")))
		}
		items = append(items, parley.ReceivedItem{Name: strings.TrimSpace(name), Heads: heads, Identity: identity})
	}
	return items, nil
}

// giveBack says, as the giving side, who came back from the way or from escrow.
func giveBack(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	var items []parley.ReceivedItem
	for _, id := range f.people("who") {
		items = append(items, parley.ReceivedItem{Entry: id, Identity: "checked", Returned: true})
	}
	_, err := d.Receive(v.context, "last", items, f.get("text"))
	return &outcome{}, in("who", err)
}

// gone are those of ours who have left and whom nobody has received.
func gone(v *visit) (out []option) {
	h, err := v.plan()
	if err != nil {
		return nil
	}
	for _, e := range h.Plan.Entries {
		at, way := h.Now.Where(e.ID)
		if e.From == v.Party && (way || at != e.Start) && !h.Now.Received(e.ID) {
			out = append(out, option{Value: string(e.ID), Label: orElse(e.Name, string(e.ID))})
		}
	}
	return out
}

func planEntries(v *visit) (out []option) {
	h, err := v.plan()
	if err != nil {
		return nil
	}
	for _, e := range h.Plan.Entries {
		out = append(out, option{Value: string(e.ID), Label: orElse(e.Name, string(e.ID))})
	}
	return out
}

// optionalEntries may stay behind.
func optionalEntries(v *visit) (out []option) {
	h, err := v.plan()
	if err != nil {
		return nil
	}
	for _, e := range h.Plan.Entries {
		if e.Optional {
			out = append(out, option{Value: string(e.ID), Label: orElse(e.Name, string(e.ID))})
		}
	}
	return out
}

// makeCodes makes the codes that this desk may have to read over a telephone.
// They are shown once, and kept nowhere but in what is shown.
func makeCodes(v *visit, d *desk.Desk, _ *form) (*outcome, error) {
	codes, err := d.MakeCodes(v.context, "last")
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, c := range codes {
		rows = append(rows, row{c.Code, string(c.Of) + ": " + c.Do})
	}
	return &outcome{Rows: rows}, nil
}

func paperLanguages(*visit) (out []option) {
	for _, l := range desk.PaperLanguages() {
		out = append(out, option{Value: l, Label: l})
	}
	return out
}

// familySheet is what a person's family may be given.
func familySheet(d *desk.Desk, f *form) ([]string, error) {
	h, err := d.Handover("last")
	if err != nil {
		return nil, err
	}
	say := slices.Clone(f.all("say"))
	if c := f.get("contact"); c != "" {
		say = append(say, "contact="+c)
	}
	return h.Sheet(f.get("language"), parley.PersonID(f.get("who")), say)
}

func toldSheet(v *visit, f *form) (out []row) {
	sheet, err := familySheet(v.server.desk, f)
	if err != nil {
		return nil
	}
	return []row{{v.must("handover.sheet.says"), strings.Join(sheet, "\n")}}
}

func giveSheet(_ *visit, d *desk.Desk, f *form) (*outcome, error) {
	sheet, err := familySheet(d, f)
	return &outcome{File: &download{"sheet.txt", []byte(strings.Join(sheet, "\n") + "\n")}}, in("who", err)
}
