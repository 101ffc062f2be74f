// Package web is the desk in a browser on this machine: the face that an envoy
// uses all day, over the same desk as the command line. It serves this machine
// alone, to whoever holds the one-time link that it prints.
//
// Everything is rendered here, by html/template, and works without script:
// links and forms. With script, a stream says "changed" and the page is fetched
// again and morphed in place, so that each page has one template and half-typed
// input survives.
//
// # A request
//
//	Host list ─ cross-origin ─ Sec-Fetch-Site ─ cookie        guard.go, entry.go
//	   └► page: show reads the desk ─► template ─► HTML        page.go
//	   └► act:  fields ─► a rehearsal ─► check page ─► do      act.go
//
// An act is never carried out by the form in which it is written. The form is
// first tried on a rehearsal of the desk, and what is wrong is told beside the
// field. Then a page says what is about to be done, and only the button there,
// once, does exactly what was checked.
//
// # To add a page
//
//  1. NAME.go with a function that gives a page: its path, what it shows, its
//     acts.
//  2. pages/NAME.html, which defines "main". It writes text by {{$.Say "NAME.key"
//     …}}, whole sentences, every value an argument; what people wrote by
//     {{$.Text .}}; an act's form by {{template "form" ($.Form "ACT")}}.
//  3. words/NAME.json, each key in every language. An act called A of a page P
//     has P.A.title, P.A.button, P.A.check (what will happen), P.A.done, and
//     P.A.FIELD for each of its fields (with P.A.FIELD.hint where that helps).
//  4. A row in the table of pages (pages.go).
//  5. A line in docs/desk.md with its picture, which a test makes:
//     PARLEY_SCREENSHOTS=1 go test ./web -run TestScreenshots
//  6. In docs/desk.md, for each command that does the same, by which act of the
//     page it is done (cmd/parley's TestEveryActHasItsForm).
//
// The tests then visit it in a browser, in both colours and directions, on a
// narrow screen and with axe, and search it for what a brief says. A page whose
// path has a {part} gives an example of it in the tests (pages_test.go). A page
// that shows anything private says so (private: true): it is then hidden while
// the desk is being presented, and bears the word on its prints.
package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"parley/desk"
)

// Options are what a server takes from outside.
type Options struct {
	Now  func() time.Time // nil for the clock
	Rand io.Reader        // nil for the system's
	Lang string           // of the interface; "" for what the browser asks for
	// Sign signs as this side's principal, in an exercise: what is otherwise
	// carried to the principal's own machine is signed at once. Nil in earnest.
	Sign func(paper []byte) (signed []byte, err error)
	// Briefs are those of all who play: for the facilitator of an exercise. Nil on
	// every other desk.
	Briefs Briefs
}

// Server shows one desk.
type Server struct {
	now    func() time.Time
	rand   io.Reader
	lang   string
	words  *catalogue
	pages  []*page
	looks  map[string]*template.Template // by page
	port   string
	sign   func(paper []byte) ([]byte, error)
	briefs Briefs
	entry  *entry

	drawer *drawer
	stream *stream

	turn sync.Mutex // held by whoever works with the desk, which is not concurrent
	desk *desk.Desk
	read *reading // what the desk said last; nil where it must be asked again
}

// ErrLanguage is a language that the interface does not speak.
var ErrLanguage = errors.New("the language")

// New makes a server of a desk, which nobody else may use from now on. It reads
// the desk, so that whoever comes in need not wait for that.
func New(ctx context.Context, d *desk.Desk, o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	words, err := readCatalogue()
	if err != nil {
		return nil, err
	}
	if _, ok := words.match(o.Lang); o.Lang != "" && !ok {
		return nil, fmt.Errorf("%w: no %q: there are %v", ErrLanguage, o.Lang, languages())
	}
	s := &Server{now: o.Now, rand: o.Rand, lang: o.Lang, words: words, sign: o.Sign, briefs: o.Briefs, desk: d, pages: pages()}
	s.entry = newEntry(o.Now, o.Rand)
	s.drawer = newDrawer(o.Now, o.Rand)
	s.stream = newStream()
	d.Watch(func(desk.SettleProgress) { s.stream.tell() })
	if s.looks, err = readLooks(s.pages); err != nil {
		return nil, err
	}
	_, err = s.reads(ctx)
	return s, err
}

// ErrNotLocal is an address that other machines could reach.
var ErrNotLocal = errors.New("the desk is for this machine alone")

// Listen takes an address of this machine for the desk; port 0 takes a free one.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("listening on %s: %w: name 127.0.0.1, [::1] or localhost", address, ErrNotLocal)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	return l, nil
}

// Serve shows the desk until the context ends. It returns when no request is at
// work any more, so the desk may be closed then.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	handler, rested := s.resting(s.Handler(l.Addr()))
	defer rested()
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10,
		BaseContext:    func(net.Listener) context.Context { return ctx },
		ErrorLog:       quiet(),
	}
	over := make(chan error, 1)
	go func() { over <- server.Serve(l) }()
	select {
	case err := <-over:
		return err
	case <-ctx.Done():
	}
	s.stream.end()
	rest, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	if err := server.Shutdown(rest); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

// Link is a new link into the desk, for one browser, once, within ten minutes.
func (s *Server) Link(at net.Addr) (string, error) {
	code, err := s.entry.mint()
	if err != nil {
		return "", err
	}
	return "http://" + at.String() + "/in/" + code, nil
}

// Handler answers the requests that come to an address of this machine.
func (s *Server) Handler(at net.Addr) http.Handler {
	s.port = portOf(at)
	inside := http.NewServeMux()
	for _, p := range s.pages {
		inside.HandleFunc("GET "+p.at(), s.get(p))
		for i := range p.acts {
			inside.HandleFunc("POST "+p.actAt(&p.acts[i]), s.post(p, &p.acts[i]))
			inside.HandleFunc("GET "+p.actAt(&p.acts[i]), toPage(p)) // somebody reloads what came of a form
		}
	}
	inside.HandleFunc("GET /check/{id}", s.check)
	inside.HandleFunc("GET /file/{id}", s.file)
	inside.HandleFunc("POST /view", s.chooseView)
	inside.HandleFunc("GET /events", s.events)
	inside.HandleFunc("/", s.nothing)

	all := http.NewServeMux()
	all.HandleFunc("GET /in/{code}", s.enter)
	all.Handle("GET /static/", static())
	all.Handle("/", s.entered(inside))
	return s.guarded(all)
}

func toPage(p *page) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, here(p, r), http.StatusSeeOther) }
}

func portOf(at net.Addr) string {
	if tcp, ok := at.(*net.TCPAddr); ok {
		return strconv.Itoa(tcp.Port)
	}
	return ""
}

// alone runs a piece of work with the desk.
func (s *Server) alone(do func(d *desk.Desk) error) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	return do(s.desk)
}

// changed has every open page read again: the desk's state is not what it was.
// The caller has the desk's turn.
func (s *Server) changed() {
	s.read = nil
	s.stream.tell()
}
