package web

import (
	"errors"
	"slices"

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
		{name: "adopt", fields: []field{}, do: onPlan(func(v *visit, d *desk.Desk, _ *form) error {
			_, err := d.AdoptPlan(v.context, "last")
			return err
		})},
		{name: "begin", fields: []field{of(handover.Ready), {name: "text", kind: line}}, do: onPlan(func(v *visit, d *desk.Desk, f *form) error {
			_, err := d.BeginStep(v.context, "last", f.get("of"), nil, f.get("text"))
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
		{name: "receipt", fields: []field{{name: "who", kind: many, options: arrivals}, {name: "text", kind: line}}, do: giveReceipt},
	}}
}

// handoverData is nil where there is no plan.
type handoverData struct {
	*desk.HandoverView
	May map[string]bool
}

func showHandover(v *visit) (any, error) {
	h, err := v.server.desk.HandoverView("last")
	switch {
	case errors.Is(err, desk.ErrNotFound), errors.Is(err, desk.ErrNoChannel):
		return handoverData{}, nil
	case err != nil:
		return nil, err
	}
	d := handoverData{h, map[string]bool{}}
	d.May["adopt"] = slices.Contains(h.Parties, v.Party) && !slices.Contains(h.Adopted, v.Party)
	if h.InForce && h.Us != "" && h.Ending == handover.NotEnded {
		d.May["act"], d.May["halt"] = true, true
		d.May["begin"] = len(ourSteps(handover.Ready)(v)) > 0
		d.May["confirm"] = len(ourSteps(handover.Ready, handover.UnderWay)(v)) > 0
		d.May["receipt"] = len(arrivals(v)) > 0
	}
	return d, nil
}

// ourSteps are the steps at which it is this desk's turn. Where somebody moves a
// ready step is begun, and otherwise it is confirmed.
func ourSteps(status ...handover.Status) func(*visit) []option {
	begins := len(status) == 1
	return func(v *visit) (out []option) {
		h, err := v.server.desk.HandoverView("last")
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
	h, err := v.server.desk.Handover("last")
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
	var items []parley.ReceivedItem
	for _, id := range f.all("who") {
		items = append(items, parley.ReceivedItem{Entry: parley.PersonID(id), Identity: "checked"})
	}
	_, err := d.Receive(v.context, "last", items, f.get("text"))
	return &outcome{}, in("who", err)
}
