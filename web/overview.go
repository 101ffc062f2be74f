package web

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"parley"
	"parley/channel"
	"parley/desk"
)

const rowsShown = 50 // of a table on one page

// overviewPage opens with whose turn it is and until when; then who is in the
// case and how each stands, and whether the channel is sound. Nothing private.
func overviewPage() *page {
	return &page{name: "overview", path: "/", menu: true, show: showOverview, acts: []act{
		{name: "sync", do: doSync, atOnce: true, apart: true},
		{name: "admitted", fields: []field{{name: "word", kind: line, must: true}}, do: syncAdmitted, atOnce: true, apart: true},
		{name: "again", do: syncAgain, atOnce: true, apart: true},
		{name: "stick", fields: []field{{name: "dir", kind: line, must: true}}, do: syncByStick, atOnce: true, apart: true},
	}}
}

type overview struct {
	Ours, Theirs []step
	People       peopleTable
	Channel      string // channel.WORD: its state in one word
	Faults       []string
}

func showOverview(v *visit) (any, error) {
	o := overview{Channel: v.channelWord()}
	o.Ours, o.Theirs = v.steps()
	o.People = v.people("/")
	return o, nil
}

// channelWord is the state of the channel in one word.
func (r *reading) channelWord() string {
	s := r.State
	switch {
	case s == nil:
		return "none"
	case s.Restored:
		return "restored"
	case len(s.Forked) > 0, len(r.View.Breaches) > 0:
		return "breach"
	case len(s.Contested) > 0:
		return "contested"
	case len(s.Missing) > 0 || s.Held > 0:
		return "gaps"
	case s.Waiting > 0:
		return "waiting"
	case s.Compared == nil:
		return "uncompared"
	}
	return "sound"
}

// peopleTable is one page of the people of the case.
type peopleTable struct {
	Rows  []personRow
	Find  string
	Pages pager
}

type personRow struct {
	parley.Holding
	Holder string
	standing
}

// people lists who is in the case, those first that something is said of.
func (v *visit) people(path string) peopleTable {
	t := peopleTable{Find: v.asked("find")}
	where := v.standings()
	var said, rest []parley.Holding
	for _, h := range v.find(t.Find) {
		if where[h.ID].Status != "" {
			said = append(said, h)
		} else {
			rest = append(rest, h)
		}
	}
	all := append(said, rest...)
	t.Pages = v.pager(path, len(all))
	for _, h := range all[t.Pages.From:t.Pages.To] {
		t.Rows = append(t.Rows, personRow{h, v.PartyName(h.HeldBy), where[h.ID]})
	}
	return t
}

// pager cuts a long list into pages.
type pager struct {
	Page, Pages, From, To, Total int
	Path, Find, Show             string // Show: which rows, where there is a choice
}

// Link is where another page of the list is.
func (p pager) Link(page int) string {
	return p.Path + "?" + query("page", strconv.Itoa(page), "find", p.Find, "show", p.Show)
}

// Before and After are the pages beside this one; 0 for none.
func (p pager) Before() int { return p.Page - 1 }

// After is the page after this one; 0 for none.
func (p pager) After() int {
	if p.Page == p.Pages {
		return 0
	}
	return p.Page + 1
}

func (v *visit) pager(path string, total int) pager {
	p := pager{Path: path, Find: v.asked("find"), Total: total, Pages: max(1, (total+rowsShown-1)/rowsShown)}
	n, err := strconv.Atoi(v.asked("page"))
	if err != nil {
		n = 1
	}
	p.Page = min(max(n, 1), p.Pages)
	p.From = (p.Page - 1) * rowsShown
	p.To = min(p.From+rowsShown, total)
	return p
}

const syncLasts = 40 * time.Second // less than the server gives an answer

// doSync fetches what came and sends what waits. Pages are shown meanwhile: the
// desk's turn is let go while the relay is waited for.
func doSync(v *visit, d *desk.Desk, _ *form) (*outcome, error) {
	return syncBy(v, d, func(ctx context.Context) (channel.Carrier, error) { return d.Carrier(ctx, "") })
}

// syncAgain sends once more what others have not confirmed, sealed anew.
func syncAgain(v *visit, d *desk.Desk, _ *form) (*outcome, error) {
	return syncBy(v, d, func(ctx context.Context) (channel.Carrier, error) {
		by, err := d.Carrier(ctx, "")
		if err == nil {
			_, err = d.SendAgain(ctx)
		}
		return by, err
	})
}

// syncAdmitted brings the word that a relay asks of a new mailbox.
func syncAdmitted(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	return syncBy(v, d, func(ctx context.Context) (channel.Carrier, error) { return d.Carrier(ctx, f.get("word")) })
}

// syncByStick goes by a folder in place of the relay: a stick that is carried to
// the other desks and back.
func syncByStick(v *visit, d *desk.Desk, f *form) (*outcome, error) {
	dir := f.get("dir")
	if !filepath.IsAbs(dir) {
		return nil, in("dir", errors.New(v.must("overview.stick.dir.hint")))
	}
	return syncBy(v, d, func(context.Context) (channel.Carrier, error) {
		by, err := d.FolderCarrier(dir)
		return by, in("dir", err)
	})
}

func syncBy(v *visit, d *desk.Desk, carrier func(context.Context) (channel.Carrier, error)) (*outcome, error) {
	ctx, stop := context.WithTimeout(v.context, syncLasts)
	defer stop()
	v.server.turn.Lock()
	defer v.server.turn.Unlock()
	by, err := carrier(ctx)
	if err != nil {
		return nil, err
	}
	r, err := d.SyncApart(ctx, by, &v.server.turn)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.New("the relay did not answer in time: what waits is sent with the next sync")
	}
	return &outcome{Key: "overview.sync.done", Values: []any{r.Received, r.Sent}}, err
}

// query writes the pairs of a query that have a value.
func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q.Encode()
}
