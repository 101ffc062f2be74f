package casefile

import (
	"fmt"
	"strings"
	"testing"

	"parley"
)

// secretBrief has a § before every value that a brief can hold, with a right
// value behind it.
const secretBrief = `parley: §brief/1
case: §x
party: §us
walk_away: §10
tiers: {whelan: §want, griner: §must}
tier_points: {want: §55}
worth: {griner: §60, bout: §-50}
tags: {woman: §5}
because: {griner: §family}
rules:
  - {require: §[§griner, §whelan]}
  - {forbid: §[§krasikov]}
  - {together: §[§griner, §whelan]}
  - {at_most_one: §[§griner, §whelan]}
  - {if: §griner, then: §[§bout]}
  - {count: §{held_by: §us, sought_by: §ru, tag: §spy, ids: §[§bout]}, at_least: §1, at_most: §3}
  - {equal: §[§{held_by: §us}, §{held_by: §ru}]}
  - {ratio: §[§{held_by: §us}, §{held_by: §ru}], at_most: §2/1}
  - {bonus: §15, all: §[§griner, §whelan]}
estimates:
  ru: {walk_away: §0..10, worth: {bout: §40..60, griner: §-30}, tags: {spy: §7}, rules: §[§{forbid: §[§bout]}]}
destroy_after: §2023-01-01
`

// marks are wrong values, each of which can be found in an error. None is an
// id that stands as a key.
var marks = []string{
	"zzmarkzz", "ZZMARKZZ", "ZZMARKZZ and more", "\"zzmarkzz\"", "'zzmarkzz'", "[zzmarkzz, 86421357]", "{zzmarkzz}", "{griner: zzmarkzz}",
	"86421357.5", "864213579999", "1e86421357", "\"86421357\"", "0x86421357", "86421357..1", "1..86421357e1", "2022-86421357", "86421357/zzmarkzz", "86421357",
	"*zzmarkzz", "&zzmarkzz [*zzmarkzz]", "!zzmarkzz zzmarkzz", "!!int zzmarkzz", "!!binary zzmarkzz", "@zzmarkzz", "%zzmarkzz", "`zzmarkzz",
	"\"zzmarkzz", "'zzmarkzz", "\"zzmarkzz \\q\"", "\"\\uzzmarkzz\"", "[zzmarkzz", "zzmarkzz: zzmarkzz", "zzmarkzz]", "|zzmarkzz", "zzmarkzz # [", "\tzzmarkzz",
	"zzmarkzz\n zzmarkzz: zzmarkzz\n", "zzmarkzz\nzzmarkzz", "\"zzmarkzz\\e\"", "zzmarkzz\x1b", "zzmarkzz\xff", "? zzmarkzz", "- zzmarkzz", "<<", "~", "null", "",
}

// A problem in a brief tells a place and a field and never what stands there.
func TestNoErrorTellsWhatABriefSays(t *testing.T) {
	c := exercise(t)
	parts := strings.Split(secretBrief, "§")
	if _, err := ParseBrief("b", []byte(strings.Join(parts, "")), c); err != nil {
		t.Fatal(err)
	}
	refused := 0
	for i := 1; i < len(parts); i++ {
		for _, mark := range marks {
			file := strings.Join(parts[:i], "") + mark + afterValue(parts[i]) + strings.Join(parts[i+1:], "")
			_, err := ParseBrief("b", []byte(file), c)
			if err == nil {
				continue
			}
			refused++
			tellsNothing(t, file, err)
		}
	}
	if refused < len(parts)*len(marks)*3/4 {
		t.Errorf("%d of %d wrong values were refused", refused, len(parts)*len(marks))
	}
}

// afterValue cuts the right value off what follows a §.
func afterValue(s string) string {
	if i := strings.IndexAny(s, ",}]\n"); i >= 0 {
		return s[i:]
	}
	return ""
}

func tellsNothing(t *testing.T, file string, err error) {
	t.Helper()
	told := strings.ToLower(fmt.Sprintf("%v %+v %#v", err, err, err))
	for _, secret := range []string{"zzmark", "markzz", "86421357"} {
		if strings.Contains(told, secret) {
			t.Errorf("the error tells %q:\n%v\nin\n%s", secret, err, file)
		}
	}
}

// Every value wrong at once, which is also how all problems come at once.
func TestAllValuesOfABriefWrongAtOnce(t *testing.T) {
	c := exercise(t)
	for _, mark := range []string{"zzmarkzz", "86421357.5", "\"86421357\"", "{griner: zzmarkzz}"} {
		var b strings.Builder
		parts := strings.Split(secretBrief, "§")
		b.WriteString(parts[0] + "brief/1" + afterValue(parts[1]))
		for _, p := range parts[2:] {
			switch {
			case strings.HasPrefix(p, "["), strings.HasPrefix(p, "{"), p == "":
				b.WriteString(p)
			default:
				b.WriteString(mark + afterValue(p))
			}
		}
		_, err := ParseBrief("b", []byte(b.String()), c)
		if err == nil {
			t.Fatal("a brief of wrong values was read")
		}
		tellsNothing(t, b.String(), err)
		if n := strings.Count(err.Error(), "\n"); n < 25 {
			t.Errorf("%d problems for %s", n+1, mark)
		}
	}
}

// A number as a key may be a worth that changed places with a name.
func TestNoErrorTellsANumberThatStandsAsAKey(t *testing.T) {
	for _, line := range []string{"worth: {86421357: griner}", "86421357: griner", "tags: {\"86421357 \": x}", "because: {'86421357': x}", "estimates: {86421357: {}}"} {
		for _, c := range []*parley.Case{exercise(t), nil} {
			_, err := ParseBrief("b", []byte(briefHead+line+"\nwalk_away: x\n"), c)
			if err == nil {
				t.Fatal(line)
			}
			tellsNothing(t, line, err)
		}
	}
}
