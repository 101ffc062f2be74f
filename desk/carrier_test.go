package desk_test

import (
	"fmt"
	mrand "math/rand/v2"
	"testing"

	"parley/channel"
	"parley/desk"
	"parley/relay"
)

// Whatever carries the envelopes, and whatever it did to them for a while, in
// the end both desks hold the same log, or a desk says what is missing.
func TestAnyCarrierWillDo(t *testing.T) {
	hostile := &relay.Memory{}
	for name, start := range map[string]func(w *world) (way func(*desk.Desk) channel.Carrier, calm func()){
		"relay": func(w *world) (func(*desk.Desk) channel.Carrier, func()) {
			return func(d *desk.Desk) channel.Carrier {
				by, err := d.Carrier(w.t.Context(), "")
				w.check(err)
				return by
			}, func() {}
		},
		"stick": func(w *world) (func(*desk.Desk) channel.Carrier, func()) {
			dir := w.t.TempDir()
			return func(d *desk.Desk) channel.Carrier {
				by, err := d.FolderCarrier(dir)
				w.check(err)
				return by
			}, func() {}
		},
		"hostile": func(w *world) (func(*desk.Desk) channel.Carrier, func()) {
			return func(*desk.Desk) channel.Carrier { return hostile }, spoil(hostile)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			way, calm := start(w)
			sync := func(d *desk.Desk) {
				_, err := d.Sync(t.Context(), way(d))
				w.check(err)
			}
			for i := range 12 {
				for _, d := range []*desk.Desk{w.east, w.west} {
					_, err := d.Note(t.Context(), "", fmt.Sprint("word ", i))
					w.check(err)
					sync(d)
				}
				if name == "hostile" && i%4 == 3 {
					_, last, _ := hostile.State(t.Context())
					hostile.Forget(last/2, i%8 == 3) // its numbers are given out again
				}
			}
			calm()
			for range 6 {
				sync(w.east)
				sync(w.west)
			}
			east, err := w.east.Status(t.Context())
			w.check(err)
			west, err := w.west.Status(t.Context())
			w.check(err)
			if east.Heads != west.Heads || len(east.Missing)+len(west.Missing)+east.Waiting+west.Waiting > 0 {
				t.Errorf("%d and %d entries, missing %v and %v, waiting %d and %d", east.Entries, west.Entries, east.Missing, west.Missing, east.Waiting, west.Waiting)
			}
		})
	}
}

// spoil makes a mailbox swallow, hide, turn round and alter what it holds, until
// calm is called.
func spoil(m *relay.Memory) (calm func()) {
	r := mrand.New(mrand.NewPCG(1, 2))
	m.Swallow = func([]byte) bool { return r.IntN(4) == 0 }
	m.Show = func(stored []relay.Stored) []relay.Stored {
		var out []relay.Stored
		for _, s := range stored {
			switch r.IntN(6) {
			case 0: // withheld
			case 1:
				altered := append([]byte(nil), s.Envelope...)
				altered[r.IntN(len(altered))] ^= 1
				out = append(out, relay.Stored{Number: s.Number, Envelope: altered})
			case 2:
				out = append(out, s, s)
			default:
				out = append(out, s)
			}
		}
		if r.IntN(2) == 0 && len(out) > 1 {
			out[0].Envelope, out[1].Envelope = out[1].Envelope, out[0].Envelope
		}
		return out
	}
	return func() { m.Swallow, m.Show = nil, nil }
}
