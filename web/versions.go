package web

import (
	"reflect"
	"slices"

	"parley"
	"parley/casefile"
	"parley/desk"
)

// keepCaseAct keeps a case on this desk, before there is one on a channel.
func keepCaseAct() act {
	return act{name: "keep", fields: caseFields(), also: toldCase, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		file := f.file("file")
		_, err := d.KeepCase(v.context, file.name, file.data)
		return &outcome{}, in("file", err)
	}}
}

// reviseAct puts a new version of the case on the channel.
func reviseAct() act {
	return act{name: "revise", fields: caseFields(), also: toldCase, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		_, err := d.Revise(v.context, f.file("file").data)
		return &outcome{}, in("file", err)
	}}
}

func caseFields() []field { return []field{{name: "file", kind: upload, must: true}} }

// toldCase tells what a case holds, and what may mislead in it.
func toldCase(v *visit, f *form) []row {
	file := f.file("file")
	c, err := casefile.ParseCase(file.name, file.data)
	if err != nil {
		return nil // the act itself says what is wrong
	}
	out := []row{{v.must("people.case"), c.Title}, {v.must("people.case.people"), v.Number(len(c.Holdings()))}}
	for _, x := range v.changes(c) {
		out = append(out, row{v.must("people.version." + x.What), v.List(x.Who)})
	}
	for _, found := range casefile.Findings(c) {
		out = append(out, row{v.must("people.case.twice"), found.Field + ": " + found.Text})
	}
	return out
}

// adoptCaseAct has our side stand on another version of the case.
func adoptCaseAct() act {
	return act{name: "adopt", fields: []field{{name: "version", kind: one, must: true, options: otherVersions}}, do: func(v *visit, d *desk.Desk, f *form) (*outcome, error) {
		on, ok := v.version(d, f.get("version"))
		if !ok {
			return nil, in("version", desk.ErrNotFound)
		}
		_, err := d.Adopt(v.context, on.Digest)
		return &outcome{}, err
	}}
}

func (v *visit) version(d *desk.Desk, digest string) (parley.Version, bool) {
	for _, on := range d.Table().Versions {
		if on.Digest.String() == digest {
			return on, true
		}
	}
	return parley.Version{}, false
}

// otherVersions are those that our side does not stand on.
func otherVersions(v *visit) (out []option) {
	for _, c := range v.View.Versions {
		if !c.Ours && v.Party != "" {
			out = append(out, option{Value: c.Digest, Label: v.must("people.version.of", v.Short(c.Digest), v.PartyName(c.By))})
		}
	}
	return out
}

// versionRow is a version of the case, with what is other in it than in ours.
type versionRow struct {
	desk.VersionView
	Changes []caseChange
}

// caseChange is who is told otherwise in a version, or in one of two only.
type caseChange struct {
	What string // people.version.WHAT: added, dropped or changed
	Who  []string
}

// versions lists those on the channel, where there are several.
func (v *visit) versions() (out []versionRow) {
	if len(v.View.Versions) < 2 {
		return nil
	}
	for _, c := range v.View.Versions {
		r := versionRow{VersionView: c}
		if on, ok := v.version(v.server.desk, c.Digest); ok && !c.Ours {
			r.Changes = v.changes(on.Case)
		}
		out = append(out, r)
	}
	return out
}

// changes tells what is other in a case than in the one that this desk works on.
func (v *visit) changes(c *parley.Case) (out []caseChange) {
	if v.Case == nil || c == nil {
		return nil
	}
	var added, dropped, changed []string
	was, is := told(v.Case), told(c)
	for _, h := range c.Holdings() {
		switch before, ok := was[h.ID]; {
		case !ok:
			added = append(added, h.Name)
		case !reflect.DeepEqual(before, is[h.ID]):
			changed = append(changed, h.Name)
		}
	}
	for _, h := range v.holdings {
		if is[h.ID] == nil {
			dropped = append(dropped, h.Name)
		}
	}
	for _, x := range []caseChange{{"added", added}, {"dropped", dropped}, {"changed", changed}} {
		if len(x.Who) > 0 {
			x.Who = slices.Clip(x.Who[:min(len(x.Who), optionsShown)])
			out = append(out, x)
		}
	}
	return out
}

// told is all that a case tells of each person and group.
func told(c *parley.Case) map[parley.PersonID]any {
	out := map[parley.PersonID]any{}
	for _, p := range c.Persons {
		out[p.ID] = p
	}
	for _, g := range c.Groups {
		out[g.ID] = g
	}
	return out
}
