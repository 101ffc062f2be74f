package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/channel"
	"parley/desk"
	"parley/internal/digits"
	"parley/names"
)

func shortOption(v *visit) []option {
	return []option{{Value: "yes", Label: v.must("transcript.short")}}
}

func reportOption(v *visit) []option {
	return []option{{Value: "yes", Label: v.must("transcript.report")}}
}

// perPage is how many rows of digits stand together.
const perPage = 40

// printEntry gives an entry as rows of digits, to be carried on paper or read
// aloud.
func printEntry(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	data, p, err := d.PrintEntry(f.get("which"), f.get("short") != "")
	if err != nil {
		return nil, in("which", err)
	}
	rows, err := digits.Rows(data)
	if err != nil {
		return nil, in("which", err)
	}
	told := v.entryRows(p)
	var out strings.Builder
	for _, r := range told {
		fmt.Fprintf(&out, "%s: %s\n", r.Label, r.Value)
	}
	for part := range slices.Chunk(rows, perPage) {
		out.WriteString("\n")
		for _, r := range part {
			fmt.Fprintln(&out, r)
		}
	}
	return &outcome{Rows: told, Values: []any{len(rows)}, File: &download{"entry-" + v.Short(p.ID) + ".txt", []byte(out.String())}}, nil
}

// entryRows say what is on a paper.
func (v *visit) entryRows(p desk.OnPaper) []row {
	out := []row{
		{v.must("transcript.entry"), v.Short(p.ID)},
		{v.must("transcript.number"), fmt.Sprint(p.Number)},
		{v.must("transcript.who"), p.Who + ", " + v.PartyName(p.By)},
		{v.must("transcript.when"), v.Time(p.At)},
	}
	if says, err := json.Marshal(p.Move); err == nil && p.Move != nil {
		out = append(out, row{v.must("transcript.says"), p.Kind + " " + string(says)})
	}
	return append(out, row{v.must("lists.digest"), names.ReadAloud(p.Digest)})
}

// keyed reads what was keyed in, and refuses what was misread.
func keyed(v *visit, d *desk.Desk, f *form) ([]byte, desk.OnPaper, error) {
	data, faults := digits.Read(f.get("rows"))
	if len(faults) > 0 {
		var lines []string
		for _, x := range faults {
			lines = append(lines, v.must("transcript.misread", x.Row, x.Text))
		}
		return nil, desk.OnPaper{}, in("rows", errors.New(strings.Join(lines, "\n")))
	}
	p, err := d.ReadEntry(data)
	if err != nil {
		return nil, p, in("rows", err)
	}
	if want := strings.Join(strings.Fields(f.get("digest")), ""); want != "" && want != strings.ReplaceAll(names.ReadAloud(p.Digest), " ", "") {
		return nil, p, in("digest", errors.New(v.must("transcript.otherdigest")))
	}
	return data, p, nil
}

func toldEntry(v *visit, f *form) []row {
	_, p, err := keyed(v, v.server.desk, f)
	if err != nil {
		return nil // the act itself says what is wrong
	}
	return append(v.entryRows(p), row{v.must("transcript.proves"), v.must(provesKey(p))})
}

func provesKey(p desk.OnPaper) string {
	switch {
	case p.Signed && p.Here:
		return "transcript.proves.here"
	case p.Signed:
		return "transcript.proves.signed"
	case p.Here:
		return "transcript.proves.same"
	}
	return "transcript.proves.nothing"
}

// keyEntry takes a signed entry as if the relay had brought it. One without
// signatures proves nothing, and is noted as reported by us where that is asked.
func keyEntry(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	data, _, err := keyed(v, d, f)
	if err != nil {
		return nil, err
	}
	p, err := d.KeepEntry(v.context, data)
	if err != nil {
		return nil, in("rows", err)
	}
	if f.get("report") != "" && !p.Signed {
		_, err = d.Report(v.context, desk.Report{Kind: "note", By: p.Who, Via: v.must("transcript.via"), On: today(v.server.now()), Text: fmt.Sprintf("%s, %s, %s", p.Kind, p.ID, names.ReadAloud(p.Digest))})
	}
	return &outcome{Rows: []row{{v.must("transcript.proves"), v.must(provesKey(p))}}}, err
}

// verifyExport verifies an exported log that anybody has.
func verifyExport(v *visit, _ *desk.Desk, f *form) (*outcome, error) {
	folder, err := unpacked(f.files["files"])
	if err != nil {
		return nil, in("files", err)
	}
	found := channel.VerifyExport(folder)
	if !found.OK {
		var lines []string
		for _, x := range found.Faults[:min(len(found.Faults), faultsTold)] {
			lines = append(lines, x.File+": "+x.Problem)
		}
		return nil, in("files", fmt.Errorf("%s\n%s", v.must("transcript.faults", len(found.Faults)), strings.Join(lines, "\n")))
	}
	return &outcome{Values: []any{found.Entries, found.Authors}, Rows: []row{{v.must("transcript.channel"), found.Channel.String()}}}, nil
}

const faultsTold = 50

// checkProof checks a proof against whoever signed two entries under one number.
func checkProof(v *visit, _ *desk.Desk, f *form) (*outcome, error) {
	data := f.file("file").data
	if len(data) > channel.MaxProof {
		return nil, in("file", errTooLarge)
	}
	g, err := channel.CheckProof(data)
	if err != nil {
		return nil, in("file", fmt.Errorf("%s\n%w", v.must("transcript.noproof"), err))
	}
	return &outcome{Rows: []row{
		{v.must("transcript.who"), v.List([]string{g.Author.Name, g.Author.Office, g.Side})},
		{v.must("transcript.number"), fmt.Sprint(g.Number)},
		{v.must("transcript.channel"), g.Channel.String() + " " + g.Title},
		{v.must("members.key"), g.Author.ID().String()},
		{v.must("transcript.entry"), g.A.String() + "\n" + g.B.String()},
	}}, nil
}
