package web

import (
	"errors"
	"slices"
	"time"

	"parley/desk"
)

// transcriptPage is the channel's record: how it stands, whether both sides have
// the same, and what leaves for the archive.
func transcriptPage() *page {
	return &page{name: "transcript", path: "/transcript", menu: true, show: showTranscript, acts: []act{
		{name: "digits", fields: []field{{name: "nonce", kind: line, must: true}}, do: showDigits, atOnce: true},
		{name: "compare", fields: []field{{name: "nonce", kind: line, must: true}, {name: "digits", kind: line, must: true}}, do: compareDigits, atOnce: true},
		{name: "export", fields: []field{{name: "to", kind: area}, {name: "plain", kind: many, options: plainOption}}, do: exportLog},
		{name: "verify", fields: []field{{name: "files", kind: upload, must: true, several: true}}, do: verifyExport, atOnce: true},
		{name: "print", fields: []field{{name: "which", kind: line, must: true}, {name: "short", kind: many, options: shortOption}}, do: printEntry, atOnce: true},
		{name: "key", fields: []field{{name: "rows", kind: area, must: true}, {name: "digest", kind: line}, {name: "report", kind: many, options: reportOption}}, do: keyEntry, also: toldEntry},
		{name: "check", fields: []field{{name: "file", kind: upload, must: true}}, do: checkProof, atOnce: true},
		{name: "proof", fields: []field{{name: "author", kind: one, must: true, options: forkedOptions}}, do: giveProof},
	}}
}

type transcriptData struct {
	Word     string
	Compared time.Time // zero for never
	Breaches []desk.BreachView
	History  []event
}

func showTranscript(v *visit) (any, error) {
	d := transcriptData{Word: v.channelWord(), Breaches: v.View.Breaches, History: v.history()}
	if v.State != nil && v.State.Compared != nil {
		d.Compared = time.Unix(v.State.Compared.At, 0)
	}
	return d, nil
}

func showDigits(_ *visit, d *desk.Desk, f *form) (*outcome, error) {
	digits, err := d.Digits(f.get("nonce"))
	return &outcome{Values: []any{digits, f.get("nonce")}}, in("nonce", err)
}

func compareDigits(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	same, err := d.Compare(v.context, f.get("nonce"), f.get("digits"))
	if err != nil {
		return nil, in("nonce", err)
	}
	if !same {
		return nil, in("digits", errors.New(v.must("transcript.differ")))
	}
	return &outcome{}, nil
}

func plainOption(v *visit) []option {
	return []option{{Value: "yes", Label: v.must("transcript.plain")}}
}

// exportLog gives the whole log, sealed to whoever keeps the archive; in the clear
// only to whoever says so.
func exportLog(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	files, err := d.Export(v.context)
	if err != nil {
		return nil, err
	}
	switch {
	case f.get("plain") != "" && f.get("to") == "":
		data, err := packed(files, v.server.now())
		return &outcome{File: &download{"log.zip", data}}, err
	case f.get("to") == "":
		return nil, in("to", errors.New(v.must("transcript.export.must")))
	case f.get("plain") != "":
		return nil, in("plain", errors.New(v.must("transcript.export.both")))
	}
	sealed, err := desk.SealFolder(f.get("to"), files)
	return &outcome{File: &download{"log.tar.age", sealed}}, in("to", err)
}

func forkedOptions(v *visit) []option {
	var out []option
	for _, m := range v.State.Members {
		if slices.Contains(v.State.Forked, m.ID) {
			out = append(out, option{Value: m.ID, Label: m.Name + ", " + v.Short(m.ID)})
		}
	}
	return out
}

// giveProof gives the proof that a member signed two entries under one number.
func giveProof(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	proofs, err := d.Proofs(v.context)
	if err != nil {
		return nil, err
	}
	author := f.get("author")
	if proofs[author] == nil {
		return nil, in("author", desk.ErrNotFound)
	}
	return &outcome{File: &download{"proof-" + v.Short(author) + ".parley", proofs[author]}}, nil
}
