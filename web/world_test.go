package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"parley"
	"parley/channel"
	"parley/desk"
	"parley/relay"
)

// facts are an invented case, in several scripts. Nobody in it lives.
const facts = `parley: case/1
id: swap
title: Reyes, Haddad and others
as_of: 2026-03-01
parties:
  east: {name: Ostland, principal: {name: Ilse Brandt, office: President}}
  west: {name: Vostria, principal: {name: Tomas Orlo, office: President}}
  south: {name: Meridia}
persons:
  alma:
    name: Alma Reyes
    also: [Альма Рейес]
    held_by: west
    sought_by: [east]
    tags: [civilian, woman]
    born: 1987
    legal:
      - {on: 2025-02-17, event: arrested, place: the airport of Vost, sources: [paper]}
      - {on: 2025-08-04, event: sentenced, term: 9 years, charge: smuggling, sources: [paper, court]}
  huda:
    name: هدى حداد
    also: [Huda Haddad]
    held_by: west
    sought_by: [east]
    tags: [civilian, woman]
    legal:
      - {on: 2024-11, event: arrested, charge: espionage, sources: [paper]}
  peter:
    name: Пётр Савельев
    also: [Peter Saveliev]
    held_by: east
    sought_by: [west]
    legal:
      - {on: 2012-04-05, event: sentenced, term: 25 years, charge: arms, sources: [court]}
  another: {name: a second Vostrian, held_by: east, sought_by: [west], blank: true, candidates: [ivo]}
  ivo: {name: Ivo Levi, held_by: east, sought_by: [west]}
  far: {name: Farida Noor, held_by: south, sought_by: [west]}
groups:
  sailors: {name: crew of the trawler Lena, count: 12, held_by: west, sought_by: [east]}
sources:
  paper: {title: The Ostland Gazette, on: 2025-08-05}
  court: {title: judgment of the court of Vost}
`

// marks are what the briefs of the tests say and nothing else does: a page on
// which one of them stands, and which is not private, has told a secret.
var marks = []string{"731553", "42817", "106193", "the sister of a minister", "915571"}

const eastBrief = `parley: brief/1
case: swap
party: east
walk_away: 42817
worth: {alma: 731553, peter: -106193}
tiers: {huda: want, ivo: bearable}
because: {alma: "she is the sister of a minister"}
rules:
  - forbid: [ivo]
estimates:
  west: {walk_away: 0..915571, worth: {alma: -300000..-200000, huda: -100000..-50000, peter: 500000..915571, ivo: 10..20}}
`

// world is two desks in this process, a relay between them, and a server for
// each desk.
type world struct {
	t          testing.TB
	now        time.Time
	mu         sync.Mutex
	east, west *seatedDesk
	url        string
	charter    []byte
	neutrals   []*seatedDesk
}

// seatedDesk is a desk, its principal's key and the server that shows it.
type seatedDesk struct {
	*desk.Desk
	w      *world
	party  string
	home   string
	key    *channel.SigningKey
	server *Server
	at     net.Addr
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// newWorld founds a channel between two desks.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := apart(t)
	w.found()
	return w
}

// apart makes two desks that have joined no channel.
func apart(t testing.TB) *world { t.Helper(); return apartWith(t, facts) }

// apartWith makes them about another case.
func apartWith(t testing.TB, facts string) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	server, err := relay.Open(t.Context(), relay.Config{Dir: filepath.Join(t.TempDir(), "relay")})
	w.check(err)
	h := httptest.NewServer(server)
	t.Cleanup(func() { h.Close(); _ = server.Close() })
	w.url = h.URL
	w.east, w.west = w.open("east", "Ostland"), w.open("west", "Vostria")
	for _, d := range []*seatedDesk{w.east, w.west} {
		d.with(func(k *desk.Desk) error { _, err := k.KeepCase(t.Context(), "case.yaml", []byte(facts)); return err })
	}
	w.east.with(func(k *desk.Desk) error {
		_, err := k.KeepBrief(t.Context(), "brief.yaml", []byte(eastBrief))
		return err
	})
	return w
}

// neutral makes the desk of an intermediary, humanitarian unless said otherwise.
func (w *world) neutral(name string, capabilities ...string) *seatedDesk {
	w.t.Helper()
	if capabilities == nil {
		capabilities = []string{"humanitarian"}
	}
	f := desk.Founding{Name: name, Capabilities: capabilities, Delegate: "delegate of " + name, Office: "delegate"}
	d, err := desk.Create(w.t.Context(), filepath.Join(w.t.TempDir(), name), []byte("pass"), f, desk.Surroundings{Now: w.clock, Light: true})
	w.check(err)
	w.t.Cleanup(func() { _ = d.Close() })
	s := &seatedDesk{Desk: d, w: w}
	s.serve(Options{Now: w.clock})
	return s
}

func (w *world) open(party, name string) *seatedDesk {
	w.t.Helper()
	f := desk.Founding{Party: parley.PartyID(party), Name: name, Delegate: "envoy of " + name, Office: "envoy"}
	home := filepath.Join(w.t.TempDir(), party)
	d, err := desk.Create(w.t.Context(), home, []byte("pass"), f, desk.Surroundings{Now: w.clock, Light: true})
	w.check(err)
	w.t.Cleanup(func() { _ = d.Close() })
	key, err := channel.GenerateSigningKey(rand.Reader)
	w.check(err)
	w.check(d.SetPrincipal(w.t.Context(), desk.PrincipalCard{Name: "president of " + name, Office: "President", Public: key.Public()}))
	s := &seatedDesk{Desk: d, w: w, party: party, home: home, key: key}
	s.serve(Options{Now: w.clock})
	return s
}

// serve shows the desk at a free port of this machine, until the test ends.
func (s *seatedDesk) serve(o Options) {
	var err error
	s.server, err = New(s.w.t.Context(), s.Desk, o)
	s.w.check(err)
	l, err := Listen(s.w.t.Context(), "127.0.0.1:0")
	s.w.check(err)
	s.at = l.Addr()
	ctx, stop := context.WithCancel(context.WithoutCancel(s.w.t.Context()))
	over := make(chan struct{})
	go func() { _ = s.server.Serve(ctx, l); close(over) }()
	s.w.t.Cleanup(func() { stop(); <-over })
}

func (s *seatedDesk) link() string {
	s.w.t.Helper()
	link, err := s.server.Link(s.at)
	s.w.check(err)
	return link
}

func (s *seatedDesk) base() string { return "http://" + s.at.String() }

// with has the desk to itself, as a handler has.
func (s *seatedDesk) with(do func(d *desk.Desk) error) {
	s.w.t.Helper()
	s.w.check(s.server.alone(func(d *desk.Desk) error {
		defer s.server.changed()
		return do(d)
	}))
}

// found founds a channel of the two, and of neutrals.
func (w *world) found(neutrals ...*seatedDesk) {
	w.t.Helper()
	ctx := w.t.Context()
	var cards [][]byte
	for _, d := range append([]*seatedDesk{w.west}, neutrals...) {
		card, err := d.Card()
		w.check(err)
		cards = append(cards, card)
	}
	charter, err := w.east.DraftCharter(ctx, desk.Foundation{Title: "special channel", Cards: cards, Settlements: 5})
	w.check(err)
	for _, d := range []*seatedDesk{w.east, w.west} {
		charter = d.sign(charter)
	}
	w.charter, w.neutrals = charter, neutrals
	for _, d := range append([]*seatedDesk{w.east, w.west}, neutrals...) {
		d.with(func(k *desk.Desk) error { return k.Join(ctx, charter, w.url, nil) })
	}
	for _, d := range []*seatedDesk{w.east, w.west} {
		d.with(func(k *desk.Desk) error {
			request, err := k.AskMandate(ctx, parley.Mandate{May: parley.Levels()}, "")
			w.check(err)
			_, err = k.TakeSigned(ctx, parley.KindMandate, d.sign(request))
			return err
		})
	}
	w.meet()
}

// sign signs a paper as this side's principal.
func (s *seatedDesk) sign(paper []byte) []byte {
	s.w.t.Helper()
	p, err := desk.ReadPaper(paper)
	s.w.check(err)
	signed, err := p.Sign(s.key)
	s.w.check(err)
	return signed
}

// meet syncs until both have seen all.
func (w *world) meet() {
	w.t.Helper()
	for range 2 {
		for _, d := range append([]*seatedDesk{w.east, w.west}, w.neutrals...) {
			d.with(func(k *desk.Desk) error {
				by, err := k.Carrier(w.t.Context(), "")
				w.check(err)
				_, err = k.Sync(w.t.Context(), by)
				return err
			})
		}
	}
}

// offer puts an offer forward.
func (s *seatedDesk) offer(o parley.Offer) parley.Ref {
	s.w.t.Helper()
	var ref parley.Ref
	s.with(func(k *desk.Desk) (err error) {
		o.Case, o.From = "swap", k.Party()
		ref, err = k.Send(s.w.t.Context(), &o)
		return err
	})
	return ref
}

func (s *seatedDesk) accept(offer parley.Ref) {
	s.w.t.Helper()
	s.with(func(k *desk.Desk) error {
		_, err := k.Accept(s.w.t.Context(), offer.String(), desk.Choices{})
		return err
	})
}

func (s *seatedDesk) seal(offer parley.Ref) {
	s.w.t.Helper()
	s.with(func(k *desk.Desk) error {
		_, err := k.Seal(s.w.t.Context(), offer.String())
		return err
	})
}

// client is a browser without script, that has come in.
type client struct {
	t testing.TB
	*http.Client
	base string
}

func (s *seatedDesk) client() *client {
	s.w.t.Helper()
	jar, err := cookiejar.New(nil)
	s.w.check(err)
	c := &client{s.w.t, &http.Client{Jar: jar, Timeout: time.Minute}, s.base()}
	if page := c.get(strings.TrimPrefix(s.link(), s.base())); page.status != http.StatusOK {
		s.w.t.Fatalf("coming in: %d %s", page.status, page.body)
	}
	return c
}

// sheet is a page that came.
type sheet struct {
	status int
	header http.Header
	url    *url.URL
	body   string
}

func (c *client) do(r *http.Request) sheet {
	c.t.Helper()
	resp, err := c.Client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return sheet{resp.StatusCode, resp.Header, resp.Request.URL, string(body)}
}

func (c *client) get(path string) sheet {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.base+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.do(r)
}

// post sends a form as a browser does: with the files, if there are any.
func (c *client) post(path string, values url.Values, files map[string][]byte) sheet {
	c.t.Helper()
	var body bytes.Buffer
	kind := "application/x-www-form-urlencoded"
	if files == nil {
		body.WriteString(values.Encode())
	} else {
		m := multipart.NewWriter(&body)
		for k, list := range values {
			for _, v := range list {
				_ = m.WriteField(k, v)
			}
		}
		for k, data := range files {
			name, _, _ := strings.Cut(k, "#") // several files of one field: NAME#1, NAME#2
			part, _ := m.CreateFormFile(name, k+".file")
			_, _ = part.Write(data)
		}
		_ = m.Close()
		kind = m.FormDataContentType()
	}
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.base+path, &body)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	return c.do(r)
}

var checked = regexp.MustCompile(`action="([^"]*\?checked=[^"]*)"`)

// act fills in a form, checks it and says yes.
func (c *client) act(path string, values url.Values, files map[string][]byte) sheet {
	c.t.Helper()
	page := c.post(path, values, files)
	found := checked.FindStringSubmatch(page.body)
	if page.status != http.StatusOK || found == nil {
		c.t.Fatalf("%s: %d, no page to check: %s", path, page.status, page.body)
	}
	return c.post(found[1], nil, nil)
}

func (w *world) view(s *seatedDesk) (v *desk.View) {
	w.t.Helper()
	s.with(func(k *desk.Desk) (err error) {
		v, err = k.View(w.t.Context())
		return err
	})
	return v
}
