package web

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley"
	"parley/desk"
	"parley/internal/show"
)

// page is one page of the desk. Its template is pages/NAME.html, its words
// begin with NAME and a dot.
type page struct {
	name    string
	path    string             // as http.ServeMux reads it: "/offers/{id}"
	menu    bool               // stands in the navigation
	private bool               // shows what is ours alone: hidden while presenting, marked on paper
	wanted  func(*Server) bool // whether this desk's navigation has it; nil for always
	show    func(*visit) (any, error)
	acts    []act
}

// at is the pattern of the page's path: the first page does not stand for all
// that are not there.
func (p *page) at() string {
	if p.path == "/" {
		return "/{$}"
	}
	return p.path
}

func (p *page) actAt(a *act) string { return path.Join(p.path, a.name) }

// act finds an act of the page.
func (p *page) act(name string) *act {
	for i := range p.acts {
		if p.acts[i].name == name {
			return &p.acts[i]
		}
	}
	return nil
}

// errHidden is a page that is not shown now, or never was there.
var errHidden = errors.New("not shown")

// visit is one request at work with the desk. It holds the desk's turn.
type visit struct {
	*words
	*reading
	context context.Context
	server  *Server
	page    *page
	request *http.Request
	session *session

	form     form                  // of the act that was tried, with what is wrong with it
	settled  *desk.SettlementsView // read once for the page and its forms
	handover *desk.Handover        // likewise
	plans    *desk.HandoverView    // likewise
}

// part is a {part} of the page's path.
func (v *visit) part(name string) string { return v.request.PathValue(name) }

// asked is a value of the query.
func (v *visit) asked(name string) string {
	q := v.request.URL.Query().Get(name)
	return q[:min(len(q), 256)]
}

// look is what a template is given.
type look struct {
	*visit
	Data  any
	Still bool // what came of a form: to be left as it is
}

// Page is the page's name.
func (l *look) Page() string { return l.page.name }

// Path is where the page that is shown is.
func (l *look) Path() string { return here(l.page, l.request) }

// Back is where the choice of language leads back to: a path without parts.
func (l *look) Back() string {
	if strings.Contains(l.page.path, "{") {
		return "/"
	}
	return l.page.path
}

// Presenting tells whether others look at the screen: nothing private is shown.
func (l *look) Presenting() bool { return l.presenting() }

func (v *visit) presenting() bool {
	_, yes := v.session.view()
	return yes
}

// Private tells whether the page shows what is ours alone.
func (l *look) Private() bool { return l.page.private }

// Menu lists the pages to go to.
func (l *look) Menu() []*page {
	var out []*page
	for _, p := range l.server.pages {
		if p.menu && (p.wanted == nil || p.wanted(l.server)) && !(p.private && l.Presenting()) {
			out = append(out, p)
		}
	}
	return out
}

// Name is the page's name.
func (p *page) Name() string { return p.name }

// Path is where the page is.
func (p *page) Path() string { return p.path }

// Notice tells what was just done.
func (l *look) Notice() *outcome {
	if done, ok := l.server.drawer.outcome(l.asked("done")); ok {
		return done
	}
	return nil
}

// Told tells what was just done.
func (l *look) Told(o *outcome) (template.HTML, error) { return l.Say(o.Key, o.Values...) }

// Step tells what waits for whom.
func (l *look) Step(s step) (template.HTML, error) {
	return l.Say("turn."+s.Key, l.List(s.Who), l.Short(s.ID))
}

// Details are what is known of a legal event, in the order of its telling.
func (l *look) Details(e parley.LegalEvent) []string {
	return slices.DeleteFunc([]string{e.Term, e.Charge, e.Place, e.By, e.Note}, func(s string) bool { return s == "" })
}

// Pager is what the template "pager" needs.
func (l *look) Pager(p pager) map[string]any { return map[string]any{"P": p, "L": l} }

// With is the same page with other data, for a part of it.
func (l *look) With(data any) *look { return &look{l.visit, data, l.Still} }

// Answering is the offer that a draft answers: the one that is weighed, if it is
// not ours.
func (l *look) Answering() string {
	o := l.offer(l.asked("offer"))
	if o == nil && len(l.View.Offers) > 0 {
		o = &l.View.Offers[len(l.View.Offers)-1]
	}
	if o == nil || l.Ours(o.By) {
		return ""
	}
	return o.ID
}

// MayWeigh tells whether there is a page that weighs.
func (l *look) MayWeigh() bool { return l.server.has("weigh") }

func (s *Server) has(name string) bool {
	return slices.ContainsFunc(s.pages, func(p *page) bool { return p.name == name })
}

// StatusOf tells what has become of an offer.
func (l *look) StatusOf(s parley.OfferStatus) (string, error) {
	return l.Plain("status." + strings.ReplaceAll(string(s), " ", "-"))
}

// Agreed tells how far an agreement has come.
func (l *look) Agreed(s parley.AgreementStatus) (string, error) {
	return l.Plain("agreed." + strings.ReplaceAll(string(s), " ", "-"))
}

// May tells what a mandate allows.
func (l *look) May(levels []parley.Level) string {
	out := make([]string, len(levels))
	for i, level := range levels {
		out[i] = l.must("level." + string(level))
	}
	return l.List(out)
}

// Side is what a side is called that is named as the channel names it.
func (l *look) Side(side string) string {
	name, neutral := strings.CutPrefix(side, "neutral:")
	if neutral {
		return name
	}
	return l.PartyName(parley.PartyID(side))
}

// Parties are sides as the channel names them, as parties.
func (l *look) Parties(sides []string) []parley.PartyID {
	out := make([]parley.PartyID, len(sides))
	for i, s := range sides {
		out[i] = parley.PartyID(strings.TrimPrefix(s, "neutral:"))
	}
	return out
}

// Neutral tells whether this is the desk of a neutral.
func (l *look) Neutral() bool { return l.Party == "" }

// Exercise tells whether this is an exercise, whose numbers are invented.
func (l *look) Exercise() bool { return l.server.sign != nil }

// Clock reads seconds since 1970.
func (l *look) Clock(seconds int64) time.Time { return time.Unix(seconds, 0) }

// Now is when the page was made.
func (l *look) Now() time.Time { return l.server.now() }

// Revision numbers the states of the desk, so that a page knows whether it is
// the newest.
func (l *look) Revision() uint64 { return l.server.stream.revision() }

// here is the path of a page with its parts filled in.
func here(p *page, r *http.Request) string {
	out := p.path
	for strings.Contains(out, "{") {
		before, rest, _ := strings.Cut(out, "{")
		name, after, _ := strings.Cut(rest, "}")
		out = before + r.PathValue(name) + after
	}
	return out
}

func (s *Server) visit(p *page, r *http.Request) *visit {
	known := sessionOf(r)
	lang, _ := known.view()
	return &visit{words: s.words.in(lang), context: r.Context(), server: s, page: p, request: r, session: known}
}

// get shows a page.
func (s *Server) get(p *page) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := s.visit(p, r)
		if kept, ok := s.drawer.pending(r.URL.Query().Get("draft")); ok && kept.page == p {
			v.form = kept.form
		}
		s.answer(w, v, http.StatusOK)
	}
}

// answer shows the page of a visit.
func (s *Server) answer(w http.ResponseWriter, v *visit, status int) {
	if v.presenting() && v.page.private {
		s.trouble(w, v, http.StatusNotFound, errHidden)
		return
	}
	var data any
	err := s.alone(func(d *desk.Desk) (err error) {
		if v.reading, err = s.reads(v.context); err != nil {
			return err
		}
		data, err = v.page.show(v)
		return err
	})
	if later, ok := data.(func() any); ok && err == nil {
		data = later() // what takes its time and needs no desk
	}
	switch {
	case errors.Is(err, desk.ErrNotFound), errors.Is(err, errHidden):
		s.trouble(w, v, http.StatusNotFound, err)
	case err != nil:
		s.trouble(w, v, http.StatusInternalServerError, err)
	default:
		s.render(w, v, status, data)
	}
}

// render writes a page, with the desk's turn: forms ask the desk what there is to
// choose from. Every character that could hide something or turn a line around is
// written out, wherever it came from.
func (s *Server) render(w http.ResponseWriter, v *visit, status int, data any) {
	var out bytes.Buffer
	shown := &look{v, data, v.request.Method != http.MethodGet || v.page == checkPage}
	err := s.alone(func(*desk.Desk) error { return s.looks[v.page.name].ExecuteTemplate(&out, "layout", shown) })
	if err != nil {
		http.Error(w, "the page could not be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	text := show.Text(out.String())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}

// trouble is the page that tells what went wrong.
func (s *Server) trouble(w http.ResponseWriter, v *visit, status int, err error) {
	v.page = troublePage
	if v.reading == nil {
		v.reading = &reading{}
	}
	if errors.Is(err, errHidden) {
		err = nil
	}
	s.render(w, v, status, map[string]any{"Status": status, "Error": err})
}

var troublePage = &page{name: "trouble", path: "/"}

// nothing answers for what is not there.
func (s *Server) nothing(w http.ResponseWriter, r *http.Request) {
	s.trouble(w, s.visit(troublePage, r), http.StatusNotFound, errHidden)
}

//go:embed pages/*.html
var pageFiles embed.FS

// readLooks reads the templates: each page's own with those that all share.
func readLooks(all []*page) (map[string]*template.Template, error) {
	shared, err := template.ParseFS(pageFiles, "pages/layout.html", "pages/parts.html")
	if err != nil {
		return nil, err
	}
	out := map[string]*template.Template{}
	for _, p := range append([]*page{troublePage, checkPage}, all...) {
		own, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		if out[p.name], err = own.ParseFS(pageFiles, "pages/"+p.name+".html"); err != nil {
			return nil, err
		}
	}
	return out, nil
}
