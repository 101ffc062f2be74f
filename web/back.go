package web

import (
	"maps"
	"slices"
	"strconv"

	"parley"
	"parley/desk"
)

// backPage is what is said off the record: until when, and who has it. Nothing of
// it is signed, printed with a name in the record, or shown while presenting.
func backPage() *page {
	return &page{name: "back", path: "/back", menu: true, private: true, show: showBack, acts: append([]act{
		{name: "send", fields: []field{
			{name: "text", kind: area, must: true},
			{name: "persons", kind: many, options: peopleOptions},
			{name: "until", kind: day, must: true},
			{name: "to", kind: many, options: sideOptions},
		}, do: sendOffRecord},
		{name: "offer", fields: append(offerFields(),
			field{name: "stands", kind: day},
			field{name: "text", kind: area},
			field{name: "until", kind: day, must: true},
			field{name: "to", kind: many, options: sideOptions},
		), do: offerOffRecord},
		{name: "draft", fields: []field{{name: "paper", kind: fixed}}, atOnce: true, do: draftOnRecord},
		{name: "purge", atOnce: true, do: func(v *visit, d *desk.Desk, _ *form) (*outcome, error) {
			n, err := d.PurgeNonPapers(v.context)
			return &outcome{Values: []any{n}}, err
		}},
	}, mediationActs()...)}
}

type backData struct {
	Kept    []desk.NonPaper // newest first
	Missing []missingPapers
	Mediate []desk.Mediation
}

type missingPapers struct {
	Side  string
	Count int
}

func showBack(v *visit) (any, error) {
	if v.State == nil {
		return backData{}, nil
	}
	all, err := v.server.desk.NonPapers()
	if err != nil {
		return nil, err
	}
	d := backData{Kept: all.Kept}
	if d.Mediate, err = v.server.desk.Mediations(v.context); err != nil {
		return nil, err
	}
	slices.Reverse(d.Kept)
	for _, side := range slices.Sorted(maps.Keys(all.Missing)) {
		d.Missing = append(d.Missing, missingPapers{v.PartyName(parley.PartyID(side)), all.Missing[side]})
	}
	return d, nil
}

// sideOptions are the other sides on the channel.
func sideOptions(v *visit) []option {
	var out []option
	if v.State == nil {
		return out
	}
	for _, m := range v.State.Members {
		side, name := string(m.Party), v.PartyName(m.Party)
		if m.Party == "" {
			side, name = "neutral:"+m.Neutral, m.Neutral
		}
		known := slices.ContainsFunc(out, func(o option) bool { return o.Value == side })
		if m.Party != v.Party && !m.Gone && !known {
			out = append(out, option{Value: side, Label: name})
		}
	}
	return out
}

func sendOffRecord(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	until, err := f.day("until")
	if err != nil {
		return nil, err
	}
	_, err = d.SendNonPaper(v.context, desk.NonPaperDraft{Text: f.get("text"), Persons: f.people("persons"), Until: until, To: f.all("to")})
	return &outcome{}, err
}

// offerOffRecord makes an offer that binds nobody.
func offerOffRecord(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	o, err := readOffer(v, f, "stands")
	if err != nil {
		return nil, err
	}
	until, err := f.day("until")
	if err != nil {
		return nil, err
	}
	_, err = d.SendNonPaper(v.context, desk.NonPaperDraft{Offer: o, Until: until, To: f.all("to")})
	return &outcome{}, err
}

// draftOnRecord begins an offer on the record from one off it. Nothing is sent.
func draftOnRecord(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	number, err := strconv.Atoi(f.get("paper"))
	if err != nil {
		return nil, desk.ErrNotFound
	}
	p, err := d.NonPaper(number)
	if err != nil {
		return nil, err
	}
	if p.Offer == nil {
		return nil, desk.ErrNotFound
	}
	return v.drafted(p.Offer), nil
}
