package web

import (
	"slices"
	"strings"

	"parley"
	"parley/desk"
)

// membersPage tells who speaks for whom and on whose word, founds a channel, and
// carries what the principals sign to them and back.
func membersPage() *page {
	return &page{name: "members", path: "/members", menu: true, show: showMembers, acts: []act{
		{name: "authority", fields: []field{
			{name: "keys", kind: upload, several: true},
			{name: "threshold", kind: line},
			{name: "recovery", kind: upload},
			{name: "delay", kind: line, first: func(*visit) []string { return []string{"72"} }},
		}, do: setAuthority},
		{name: "card", fields: []field{{name: "principal", kind: upload}}, do: giveCard},
		{name: "open", fields: []field{
			{name: "called", kind: line, must: true},
			{name: "with", kind: upload, must: true, several: true},
			{name: "principal", kind: upload},
			{name: "provisional", kind: many, options: provisionalOption},
			{name: "adopts", kind: area},
			{name: "settlements", kind: line, first: func(*visit) []string { return []string{"5"} }},
			{name: "before", kind: line},
		}, do: openChannel},
		{name: "countersign", fields: []field{{name: "charter", kind: upload, must: true}}, also: paperRows("charter"), do: countersign},
		{name: "join", fields: []field{
			{name: "charter", kind: upload, must: true}, {name: "relay", kind: line}, {name: "archive", kind: upload, several: true},
		}, also: paperRows("charter"), do: joinChannel},
		{name: "relay", fields: []field{{name: "url", kind: line, must: true, first: relayNow}}, do: setRelay},
		{name: "line", fields: []field{{name: "proxy", kind: line, first: proxyNow}, {name: "cover", kind: many, options: coverOption, first: coverNow}}, do: setLine},
		{name: "backup", fields: []field{{name: "to", kind: area, must: true}}, do: backUp},
		{name: "mandate", fields: []field{
			{name: "may", kind: many, must: true, options: levelOptions, first: usualLevels},
			{name: "scope", kind: many, options: peopleOptions},
			{name: "until", kind: day},
			{name: "device", kind: one, options: deviceOptions},
			{name: "together", kind: one, options: togetherOptions},
			{name: "text", kind: area},
		}, do: askMandate},
		{name: "take", fields: []field{{name: "signed", kind: upload, must: true}}, do: takeSigned},
		{name: "pass", fields: []field{{name: "device", kind: one, must: true, options: deviceOptions}, {name: "text", kind: area}}, do: passPen},
		{name: "move", fields: []field{{name: "device", kind: one, must: true, options: deviceOptions}, {name: "text", kind: area}}, do: movePen},
		{name: "enrol", fields: []field{{name: "card", kind: upload, must: true}, {name: "text", kind: area}}, do: enrol},
		{name: "revoke", fields: []field{{name: "members", kind: many, must: true, options: memberOptions}, {name: "text", kind: area}}, do: revoke},
		{name: "succeed", fields: []field{{name: "card", kind: upload, must: true}, {name: "text", kind: area}}, do: succeed},
		{name: "instruct", fields: []field{{name: "by", kind: line, must: true}, {name: "text", kind: area, must: true}}, do: instruct},
	}}
}

type membersData struct {
	Joined, Neutral bool
	Members         []desk.MemberState
	Mandates        []desk.MandateView
	Device          string
	Instructions    []desk.Instruction // ours alone: not while presenting
	May             map[string]bool
	Proxy           string
	Cover           bool
}

func showMembers(v *visit) (any, error) {
	d := membersData{Joined: v.State != nil, Neutral: v.Party == "", Device: v.server.desk.Device().String(), Mandates: v.View.Mandates}
	if v.State != nil {
		d.Members = v.State.Members
	}
	d.May = map[string]bool{"pass": v.devices() > 1, "binding": d.Joined && !d.Neutral, "join": !d.Joined || v.server.desk.Awaits()}
	if v.presenting() {
		return d, nil
	}
	var err error
	if d.Proxy, d.Cover, err = v.server.desk.Line(v.context); err != nil {
		return nil, err
	}
	d.Instructions, err = v.server.desk.Instructions(v.context)
	return d, err
}

func provisionalOption(v *visit) []option {
	return []option{{Value: "yes", Label: v.must("members.provisional")}}
}

func levelOptions(v *visit) []option {
	var out []option
	for _, l := range parley.Levels() {
		out = append(out, option{Value: string(l), Label: v.must("level." + string(l))})
	}
	return out
}

func usualLevels(*visit) []string { return []string{"explore", "offer", "accept", "seal"} }

func togetherOptions(v *visit) []option {
	var out []option
	for _, n := range []string{"1", "2", "3"} {
		out = append(out, option{Value: n, Label: n})
	}
	return out
}

func coverOption(v *visit) []option {
	return []option{{Value: "yes", Label: v.must("members.cover")}}
}

func relayNow(v *visit) []string {
	if v.State == nil {
		return nil
	}
	return []string{v.State.Relay}
}

// deviceOptions are the desks that speak for our side.
func deviceOptions(v *visit) []option {
	var out []option
	for _, o := range memberOptions(v) {
		i := slices.IndexFunc(v.State.Members, func(m desk.MemberState) bool { return m.ID == o.Value })
		if v.State.Members[i].Role == parley.Delegate {
			out = append(out, o)
		}
	}
	return out
}

func memberOptions(v *visit) []option {
	var out []option
	if v.State == nil {
		return out
	}
	for _, m := range v.State.Members {
		if m.Party == v.Party && !m.Gone && (v.Party != "" || m.ID == v.server.desk.Device().String()) {
			out = append(out, option{Value: m.ID, Label: strings.Join([]string{m.Name, m.Office, v.Short(m.ID)}, ", ")})
		}
	}
	return out
}
