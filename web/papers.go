package web

import (
	"errors"

	"parley"
	"parley/desk"
)

// carried is what came of drafting a paper for the principal: a file to be
// carried there, or, in an exercise, the paper signed and taken at once.
func (v *visit) carried(d *desk.Desk, kind parley.Kind, name string, request []byte) (*outcome, error) {
	if v.server.sign == nil || d.Rehearsing() {
		return &outcome{Key: "papers.carry", File: &download{name, request}}, nil
	}
	signed, err := v.server.sign(request)
	if err != nil {
		return nil, err
	}
	if kind == kindRoster {
		_, err = d.TakeRoster(v.context, signed)
	} else {
		_, err = d.TakeSigned(v.context, kind, signed)
	}
	return &outcome{Key: "papers.exercise"}, err
}

// kindRoster is how a change of roster is told from an entry.
const kindRoster parley.Kind = "roster"

// paperRows tell, ahead of an act, all that a paper says.
func paperRows(field string) func(*visit, *form) []row {
	return func(v *visit, f *form) []row {
		p, err := desk.ReadPaper(f.files[field].data)
		if err != nil {
			return nil // the act itself says what is wrong
		}
		out := []row{{v.must("papers.says"), p.Title}}
		for _, l := range p.Lines {
			out = append(out, row{"", l})
		}
		return out
	}
}

// principal notes whose key binds us, where the form brings it.
func (v *visit) principal(d *desk.Desk, f *form) error {
	file, ok := f.files["principal"]
	if !ok {
		return nil
	}
	card, err := desk.ReadPrincipalCard(file.data)
	if err != nil {
		return in("principal", err)
	}
	return in("principal", d.SetPrincipal(v.context, card))
}

func giveCard(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	if err := v.principal(d, f); err != nil {
		return nil, err
	}
	card, err := d.Card()
	return &outcome{File: &download{orElse(string(v.Party), "neutral") + ".card", card}}, err
}

func openChannel(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	if err := v.principal(d, f); err != nil {
		return nil, err
	}
	to := desk.Foundation{Title: f.get("called"), Provisional: f.get("provisional") != ""}
	for _, name := range []string{"with", "second", "third"} {
		if file, ok := f.files[name]; ok {
			to.Cards = append(to.Cards, file.data)
		}
	}
	charter, err := d.DraftCharter(v.context, to)
	return &outcome{File: &download{"charter", charter}}, err
}

func countersign(_ *visit, d *desk.Desk, f *form) (*outcome, error) {
	signed, err := d.SignProvisional(f.files["charter"].data)
	return &outcome{File: &download{"charter", signed}}, in("charter", err)
}

func joinChannel(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	return &outcome{To: "/transcript"}, d.Join(v.context, f.files["charter"].data, f.get("relay"), nil)
}

func setRelay(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	return &outcome{}, in("url", d.SetRelay(v.context, f.get("url")))
}

func askMandate(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	m := parley.Mandate{Scope: f.people("scope"), Text: f.get("text"), Together: 1}
	for _, l := range f.all("may") {
		m.May = append(m.May, parley.Level(l))
	}
	if n := f.get("together"); n != "" {
		m.Together = uint64(n[0] - '0') // one of togetherOptions
	}
	var err error
	if m.Until, err = f.day("until"); err != nil {
		return nil, err
	}
	request, err := d.AskMandate(v.context, m, f.get("device"))
	if err != nil {
		return nil, err
	}
	return v.carried(d, parley.KindMandate, "mandate", request)
}

// takeSigned takes back whatever the principal or the authority signed.
func takeSigned(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	data := f.files["signed"].data
	if _, err := d.TakeRoster(v.context, data); err == nil {
		return &outcome{}, nil
	}
	var errs []error
	for _, k := range []parley.Kind{parley.KindMandate, parley.KindRatify, parley.KindPen} {
		_, err := d.TakeSigned(v.context, k, data)
		if err == nil {
			return &outcome{}, nil
		}
		errs = append(errs, err)
	}
	return nil, in("signed", worst(errs))
}

// worst is the error that tells most: that of the kind which the paper is of.
func worst(errs []error) error {
	for _, err := range errs {
		if !errors.Is(err, desk.ErrInput) {
			return err
		}
	}
	return errs[0]
}

func passPen(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	_, err := d.PassPen(v.context, f.get("device"), f.get("text"))
	return &outcome{}, err
}

func movePen(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	request, err := d.AskPen(v.context, f.get("device"), f.get("text"))
	if err != nil {
		return nil, err
	}
	return v.carried(d, parley.KindPen, "pen", request)
}

// rosterChange drafts a change of our roster for its authority to sign.
func rosterChange(v *visit, d *desk.Desk, r desk.RosterChange) (*outcome, error) {
	request, err := d.AskRoster(v.context, r)
	if err != nil {
		return nil, err
	}
	return v.carried(d, kindRoster, "roster", request)
}

func enrol(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	return rosterChange(v, d, desk.RosterChange{Enrol: f.files["card"].data, Text: f.get("text")})
}

func revoke(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	return rosterChange(v, d, desk.RosterChange{Revoke: f.all("members"), Text: f.get("text")})
}

func succeed(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	return rosterChange(v, d, desk.RosterChange{Principal: f.files["card"].data, Text: f.get("text")})
}

func instruct(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	_, err := d.Instruct(v.context, f.get("by"), f.get("text"))
	return &outcome{}, err
}
