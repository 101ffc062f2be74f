package web

import (
	"encoding/base64"
	"io"
	"sync"
	"time"
)

const (
	keptFor    = 12 * time.Hour
	maxKept    = 64
	maxInTray  = 128 << 20 // bytes of files in it
	idInDrawer = 12
)

// intent is an act that was tried and is not done yet: exactly what will be, once
// somebody says yes.
type intent struct {
	page *page
	act  *act
	at   string
	form form
	rows []row
}

// drawer keeps, in memory and for a while, what waits for a yes and what is to be
// told of what was done.
type drawer struct {
	now  func() time.Time
	rand io.Reader

	mu    sync.Mutex
	items []kept // oldest first
}

type kept struct {
	id    string
	until time.Time
	meant *intent // one of the two
	done  *outcome
}

func newDrawer(now func() time.Time, source io.Reader) *drawer {
	return &drawer{now: now, rand: source}
}

func (d *drawer) put(k kept) string {
	var raw [idInDrawer]byte
	if _, err := io.ReadFull(d.rand, raw[:]); err != nil {
		panic(err) // crypto/rand does not fail
	}
	k.id = base64.RawURLEncoding.EncodeToString(raw[:])
	d.mu.Lock()
	defer d.mu.Unlock()
	k.until = d.now().Add(keptFor)
	d.items = append(d.items, k)
	for len(d.items) > maxKept || len(d.items) > 1 && d.bytes() > maxInTray {
		d.items = d.items[1:]
	}
	return k.id
}

func (d *drawer) bytes() (n int) {
	for _, k := range d.items {
		if k.done != nil && k.done.File != nil {
			n += len(k.done.File.data)
		}
		if k.meant != nil {
			for _, list := range k.meant.form.files {
				for _, f := range list {
					n += len(f.data)
				}
			}
		}
	}
	return n
}

func (d *drawer) keep(i *intent) string { return d.put(kept{meant: i}) }

func (d *drawer) note(o *outcome) string { return d.put(kept{done: o}) }

func (d *drawer) find(id string, out bool) (kept, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, k := range d.items {
		if k.id == id && id != "" && d.now().Before(k.until) {
			if out {
				d.items = append(d.items[:i:i], d.items[i+1:]...)
			}
			return k, true
		}
	}
	return kept{}, false
}

// pending is an act that waits for a yes.
func (d *drawer) pending(id string) (*intent, bool) {
	k, ok := d.find(id, false)
	return k.meant, ok && k.meant != nil
}

// take takes an act out: it is done at most once.
func (d *drawer) take(id string) (*intent, bool) {
	k, ok := d.find(id, true)
	return k.meant, ok && k.meant != nil
}

// outcome is what came of an act.
func (d *drawer) outcome(id string) (*outcome, bool) {
	k, ok := d.find(id, false)
	if !ok || k.done == nil {
		return nil, false
	}
	done := *k.done
	done.ID = id
	return &done, true
}
