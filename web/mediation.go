package web

import (
	"parley/desk"
)

// mediationActs are what a side does with its mediator, and a mediator with the
// sides, on the page of the back channel. What a mediator's desk weighs stands on
// no page: parley mediate weigh tells it.
func mediationActs() []act {
	words := field{name: "text", kind: area}
	until := field{name: "until", kind: day, must: true}
	return []act{
		{name: "confide", fields: []field{until}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
			day, err := f.day("until")
			if err != nil {
				return nil, err
			}
			return &outcome{}, d.Confide(v.context, desk.Confiding{Until: day})
		}},
		{name: "takeback", do: func(v *visit, d *desk.Desk, _ *form) (*outcome, error) {
			return &outcome{}, d.WithdrawBrief(v.context, "")
		}},
		{name: "yes", fields: []field{words}, do: replying(true)},
		{name: "no", fields: []field{words}, do: replying(false)},
		{name: "put", fields: []field{{name: "persons", kind: many, options: peopleOptions}, words, until}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
			day, err := f.day("until")
			if err != nil {
				return nil, err
			}
			return &outcome{}, d.PutText(v.context, f.people("persons"), f.get("text"), day)
		}},
		{name: "tell", do: telling(false)},
		{name: "close", do: telling(true)},
	}
}

func replying(yes bool) func(*visit, *desk.Desk, *form) (*outcome, error) {
	return func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		return &outcome{}, d.ReplyText(v.context, "", yes, f.get("text"))
	}
}

func telling(closed bool) func(*visit, *desk.Desk, *form) (*outcome, error) {
	return func(v *visit, d *desk.Desk, _ *form) (*outcome, error) {
		return &outcome{}, d.TellOutcome(v.context, closed)
	}
}
