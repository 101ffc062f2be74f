package web

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley"
	"parley/channel"
	"parley/desk"
	"parley/names"
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
		p, err := desk.ReadPaper(f.file(field).data)
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
	file := f.file("principal")
	if file.data == nil {
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
	for _, file := range f.files["with"] {
		to.Cards = append(to.Cards, file.data)
	}
	var err error
	if to.Adopts, err = readAdopted(v, f.get("adopts")); err != nil {
		return nil, err
	}
	if to.Settlements, err = f.count("settlements"); err != nil {
		return nil, err
	}
	if to.SettlementsBefore, err = f.count("before"); err != nil {
		return nil, err
	}
	charter, err := d.DraftCharter(v.context, to)
	return &outcome{File: &download{"charter", charter}}, err
}

func countersign(_ *visit, d *desk.Desk, f *form) (*outcome, error) {
	signed, err := d.SignProvisional(f.file("charter").data)
	return &outcome{File: &download{"charter", signed}}, in("charter", err)
}

// readAdopted reads which channels' records a charter takes over, one a line:
// CHANNEL:HEADS, as their transcripts show them.
func readAdopted(v *visit, text string) (out []channel.Adopted, err error) {
	for s := range strings.Lines(text) {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		id, heads, _ := strings.Cut(s, ":")
		var x channel.Adopted
		raw, err := hex.DecodeString(strings.TrimSpace(heads))
		if x.Channel.UnmarshalText([]byte(strings.TrimSpace(id))) != nil || err != nil || len(raw) != len(x.Heads) {
			return nil, in("adopts", errors.New(v.must("members.open.adopts.hint")))
		}
		x.Heads = [32]byte(raw)
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b channel.Adopted) int { return bytes.Compare(a.Channel[:], b.Channel[:]) })
	return out, nil
}

// setAuthority says who may change our roster: so many of these together, and a
// recovery key. Without keys it is the principal alone.
func setAuthority(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	keys, err := readCards(f, "keys")
	if err != nil {
		return nil, err
	}
	recovery, err := readCards(f, "recovery")
	if err != nil {
		return nil, err
	}
	threshold, err := f.count("threshold")
	if err != nil {
		return nil, err
	}
	delay, err := f.count("delay")
	if err != nil {
		return nil, err
	}
	var last desk.PrincipalCard
	if len(recovery) > 0 {
		last = recovery[0]
	}
	return &outcome{}, d.SetAuthority(v.context, keys, int(min(threshold, maxValues)), last, time.Duration(min(delay, maxDelay))*time.Hour)
}

const maxDelay = 24 * 366 // hours; the charter bounds it closer

func readCards(f *form, name string) (out []desk.PrincipalCard, err error) {
	for _, file := range f.files[name] {
		card, err := desk.ReadPrincipalCard(file.data)
		if err != nil {
			return nil, in(name, fmt.Errorf("%s: %w", file.name, err))
		}
		out = append(out, card)
	}
	return out, nil
}

func joinChannel(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	entries, err := archived(f.files["archive"])
	if err != nil {
		return nil, in("archive", err)
	}
	return &outcome{To: "/transcript"}, d.Join(v.context, f.file("charter").data, f.get("relay"), entries)
}

func proxyNow(v *visit) []string {
	proxy, _, _ := v.server.desk.Line(v.context)
	return []string{proxy}
}

func coverNow(v *visit) []string {
	if _, cover, _ := v.server.desk.Line(v.context); cover {
		return []string{"yes"}
	}
	return nil
}

func setLine(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	if err := d.SetProxy(v.context, f.get("proxy")); err != nil {
		return nil, in("proxy", err)
	}
	return &outcome{}, d.SetCover(v.context, f.get("cover") != "")
}

// backUp seals what this desk knows to age keys. It holds no key of the desk.
func backUp(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	file, b, err := d.Backup(v.context, strings.Fields(f.get("to")))
	if err != nil {
		return nil, in("to", err)
	}
	return &outcome{File: &download{"backup.age", file}, Rows: []row{{v.must("lists.digest"), names.ReadAloud(b.Digest)}}}, nil
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
	data := f.file("signed").data
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
	return rosterChange(v, d, desk.RosterChange{Enrol: f.file("card").data, Text: f.get("text")})
}

func revoke(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	return rosterChange(v, d, desk.RosterChange{Revoke: f.all("members"), Text: f.get("text")})
}

func succeed(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	return rosterChange(v, d, desk.RosterChange{Principal: f.file("card").data, Text: f.get("text")})
}

func instruct(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	_, err := d.Instruct(v.context, f.get("by"), f.get("text"))
	return &outcome{}, err
}
