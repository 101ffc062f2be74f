package web

import (
	"errors"

	"parley"
	"parley/desk"
	"parley/handover"
)

// interviewsPage is where a neutral keeps what people said in private. It stays
// on this desk; the channel gets one of three words.
func interviewsPage() *page {
	answer := func(name string) field {
		return field{name: name, kind: one, options: choices("record.known", "", "yes", "no")}
	}
	return &page{name: "interviews", path: "/handover/interviews", private: true, show: showInterviews, acts: []act{
		{name: "keep", fields: []field{
			{name: "who", kind: one, must: true, options: planEntries},
			{name: "on", kind: day, must: true, first: func(v *visit) []string { return []string{today(v.server.now()).String()} }},
			answer("included"), answer("instrument"), answer("destination"),
			{name: "where", kind: one, options: placeOptions},
			answer("safe"),
			{name: "unfit", kind: many, options: choices("record.known", "yes")},
			{name: "reason", kind: area},
		}, do: keepInterview},
		{name: "say", do: func(v *visit, d *desk.Desk, _ *form) (*outcome, error) {
			_, err := d.SayWords(v.context, "last")
			return &outcome{}, err
		}},
	}}
}

type interviewsData struct {
	Entries []desk.HandoverEntry
	Kept    map[parley.PersonID]desk.InterviewView // at a neutral's desk
	Due     bool                                   // the channel has other words than the interviews come to today
}

func showInterviews(v *visit) (any, error) {
	h, err := v.planView()
	if errors.Is(err, desk.ErrNotFound) || errors.Is(err, desk.ErrNoChannel) {
		return interviewsData{}, nil
	}
	if err != nil {
		return nil, err
	}
	d := interviewsData{Entries: h.Entries, Kept: map[parley.PersonID]desk.InterviewView{}}
	if v.Party != "" {
		return d, nil
	}
	all, err := v.server.desk.Interviews(v.context, "last")
	for _, i := range all {
		d.Kept[i.Person] = i
		d.Due = d.Due || i.Due()
	}
	return d, err
}

func placeOptions(v *visit) []option {
	out := []option{{Label: "–"}}
	h, err := v.plan()
	if err != nil {
		return out
	}
	for _, p := range h.Plan.Places {
		out = append(out, option{Value: string(p.ID), Label: orElse(p.Name, string(p.ID))})
	}
	return out
}

func keepInterview(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	on, err := f.day("on")
	if err != nil {
		return nil, err
	}
	answers := map[string]handover.Answer{"yes": handover.Yes, "no": handover.No}
	w, err := d.KeepInterview(v.context, "last", handover.Interview{
		Person: parley.PersonID(f.get("who")), On: on, Included: answers[f.get("included")], Instrument: answers[f.get("instrument")],
		Destination: answers[f.get("destination")], Where: handover.PlaceID(f.get("where")), Safe: answers[f.get("safe")],
		Unfit: f.get("unfit") != "", Reason: f.get("reason"),
	})
	if err != nil {
		return nil, err
	}
	return &outcome{Values: []any{v.must(wordKey(w))}}, nil
}

// wordKey is what is said of the one word that the channel gets.
func wordKey(w handover.Word) string {
	switch w {
	case handover.Confirmed:
		return "handover.word.confirmed"
	case handover.WillNotTravel:
		return "handover.word.not"
	}
	return "handover.word.open"
}

// WordOf tells what a neutral says of somebody.
func (l *look) WordOf(w handover.Word) (string, error) { return l.Plain(wordKey(w)) }
