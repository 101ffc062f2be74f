package channel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Through a carrier that hides, repeats and reorders for a while, with desks that
// start anew and days that pass, each non-paper comes to those that it is for,
// once, unchanged, and to nobody else; in the end nothing is missing, nothing is
// contradicted, all is confirmed, and it comes to rest.
func TestNonPapersThroughAnyCarrier(t *testing.T) {
	c := charterOf("de", "ru", "us")
	sides := []string{"de", "ru", "us"}
	rapid.Check(t, func(rt *rapid.T) {
		if rapid.IntRange(0, 7).Draw(rt, "one in eight") != 0 {
			return // each takes as long as dozens of others
		}
		relay := newCarrier()
		desks := map[string]*desk{}
		for _, side := range sides {
			desks[side] = openDesk(t, c, side)
		}
		due := map[string][]string{} // what each is to have
		now := int64(1_660_000_000)
		sync := func(side string) {
			d := desks[side]
			d.now = now
			if rapid.IntRange(0, 3).Draw(rt, "reopen") == 0 {
				d.reopen()
			}
			if _, err := d.Sync(ctx, relay); err != nil {
				rt.Fatal(err)
			}
		}
		for _, side := range sides {
			sync(side)
		}
		for i := range rapid.IntRange(1, 12).Draw(rt, "steps") {
			side := rapid.SampledFrom(sides).Draw(rt, "side")
			d := desks[side]
			d.now = now
			switch rapid.IntRange(0, 4).Draw(rt, "act") {
			case 0:
				d.say(fmt.Sprint("on the record ", i))
			case 1, 2:
				to := slices.DeleteFunc(slices.Clone(sides), func(s string) bool { return s == side })
				if one := rapid.IntRange(0, 2).Draw(rt, "to"); one < 2 {
					to = to[one : one+1]
				}
				words := fmt.Sprint(side, " to ", to, ": ", i)
				d.offForLong(words, to...)
				for _, s := range to {
					due[s] = append(due[s], words)
				}
			case 3:
				now += rapid.Int64Range(0, 2*24*3600).Draw(rt, "seconds")
			}
			spoil := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "spoil"), 1))
			relay.view = func(items []item) []item { return mangled(spoil, items) }
			sync(side)
		}
		relay.view = nil
		calm(sides, desks, &now, sync)
		for _, side := range sides {
			d := desks[side]
			got := d.heard()
			slices.Sort(got)
			slices.Sort(due[side])
			if !slices.Equal(got, due[side]) {
				rt.Fatalf("%s has %q and is to have %q", side, got, due[side])
			}
			if lost := d.LostNonPapers(); len(lost) > 0 {
				rt.Fatalf("%s misses %v", side, lost)
			}
			for _, p := range d.NonPapers() {
				if p.Contradicted || p.Own && len(p.Confirmed) != len(p.To) {
					rt.Fatalf("%s: %s: contradicted %v, %d of %d confirmed", side, p.Body, p.Contradicted, len(p.Confirmed), len(p.To))
				}
			}
			if r := d.sync(relay); r.Sent != 0 {
				rt.Fatalf("%s does not come to rest: %+v", side, r)
			}
		}
	})
}

// offForLong is off for longer than any run lasts.
func (d *desk) offForLong(text string, sides ...string) {
	draft := d.draft(text, sides...)
	draft.Until = d.clock().Add(80 * 24 * time.Hour)
	if _, err := d.SendNonPaper(ctx, draft); err != nil {
		d.t.Fatal(err)
	}
}

// mangled leaves out, repeats and reorders.
func mangled(r *rand.Rand, items []item) (out []item) {
	for _, x := range items {
		switch r.IntN(5) {
		case 0:
		case 1:
			out = append(out, x, x)
		default:
			out = append(out, x)
		}
	}
	if r.IntN(2) == 0 {
		r.Shuffle(len(out), func(i, j int) { out[i].envelope, out[j].envelope = out[j].envelope, out[i].envelope })
	}
	return out
}

// calm lets all speak and read for some days, over an honest carrier.
func calm(sides []string, desks map[string]*desk, now *int64, sync func(string)) {
	for day := range 4 {
		*now += 25 * 3600
		for range 2 {
			for _, side := range sides {
				desks[side].now = *now
				if day < 3 {
					desks[side].say(fmt.Sprint("day ", day))
				}
				sync(side)
			}
		}
		for _, side := range sides {
			sync(side)
		}
	}
}
