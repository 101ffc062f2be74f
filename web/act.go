package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"parley/desk"
)

// act is something that a page lets its user do.
type act struct {
	name   string
	fields []field
	// do does it, on the desk or, before anything is done, on a rehearsal of it:
	// there a move goes through every check and is neither signed nor kept. What
	// is no move asks desk.Rehearsing and does nothing then.
	do func(v *visit, d *desk.Desk, f *form) (*outcome, error)
	// first fills the form in before anybody has; nil for no more than its fields do.
	first func(v *visit) *form
	// also adds lines to what the check page says; nil for none.
	also func(v *visit, f *form) []row
	// atOnce acts change nothing that anybody else sees and can be done again:
	// they have no check page.
	atOnce bool
	// apart acts take the desk's turn themselves, since they wait for others.
	apart bool
}

// outcome is what came of an act.
type outcome struct {
	Key    string // of what is said: PAGE.ACT.done if ""
	Values []any
	Rows   []row     // what it came to, line by line
	File   *download // what is carried away by hand; nil for nothing
	To     string    // where to go; the page itself if ""
	ID     string    // set by the drawer
}

// download is a file that leaves the desk by hand.
type download struct {
	Name string
	data []byte
}

// row is a line of a check page: what, and which.
type row struct {
	Label string
	Value string
}

// post tries an act, or carries out what was checked.
func (s *Server) post(p *page, a *act) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := s.visit(p, r)
		if v.presenting() && p.private {
			s.trouble(w, v, http.StatusNotFound, errHidden)
			return
		}
		if id := r.URL.Query().Get("checked"); id != "" {
			s.carryOut(w, v, id)
			return
		}
		var err error
		if v.form, err = readForm(w, r, a); err != nil {
			status := http.StatusBadRequest
			if errors.Is(err, errTooLarge) {
				status = http.StatusRequestEntityTooLarge
			}
			s.trouble(w, v, status, err)
			return
		}
		s.try(w, v, a)
	}
}

// try finds what is wrong with an act, and asks whether it is meant.
func (s *Server) try(w http.ResponseWriter, v *visit, a *act) {
	var done *outcome
	var rows []row
	err := s.begin(v, a, func(d *desk.Desk) (err error) {
		if v.form.checkFields(v, a); len(v.form.errors) > 0 {
			return nil
		}
		if !a.atOnce {
			d = d.Rehearsal()
			rows = v.rows(a)
		}
		done, err = a.do(v, d, &v.form)
		if a.atOnce && err == nil {
			s.changedBy(a)
		}
		return err
	})
	if err != nil {
		v.form.blame(err)
	}
	if len(v.form.errors) > 0 {
		s.answer(w, v, http.StatusUnprocessableEntity)
		return
	}
	if a.atOnce {
		s.went(w, v, a, done)
		return
	}
	id := s.drawer.keep(&intent{page: v.page, act: a, form: v.form, at: here(v.page, v.request), rows: rows})
	http.Redirect(w, v.request, "/check/"+id, http.StatusSeeOther)
}

// begin gives an act the desk, and its turn unless it takes that itself.
func (s *Server) begin(v *visit, a *act, do func(*desk.Desk) error) error {
	read := func(*desk.Desk) (err error) {
		v.reading, err = s.reads(v.context)
		return err
	}
	if a.apart {
		if err := s.alone(read); err != nil {
			return err
		}
		return do(s.desk)
	}
	return s.alone(func(d *desk.Desk) error {
		if err := read(d); err != nil {
			return err
		}
		return do(d)
	})
}

// changedBy has the pages read again after an act, and takes the turn for that
// where the act has run without.
func (s *Server) changedBy(a *act) {
	if a.apart {
		s.turn.Lock()
		defer s.turn.Unlock()
	}
	s.changed()
}

// carryOut does what was checked, once.
func (s *Server) carryOut(w http.ResponseWriter, v *visit, id string) {
	meant, ok := s.drawer.take(id)
	if !ok || meant.page != v.page || meant.at != here(v.page, v.request) {
		s.trouble(w, v, http.StatusGone, errGone)
		return
	}
	v.form = meant.form
	var done *outcome
	err := s.begin(v, meant.act, func(d *desk.Desk) (err error) {
		done, err = meant.act.do(v, d, &v.form)
		s.changedBy(meant.act)
		return err
	})
	if err != nil {
		v.form.blame(err)
		s.answer(w, v, http.StatusUnprocessableEntity)
		return
	}
	s.went(w, v, meant.act, done)
}

var errGone = errors.New("this was done already, or was written too long ago")

// went shows what came of an act.
func (s *Server) went(w http.ResponseWriter, v *visit, a *act, done *outcome) {
	if done == nil {
		done = &outcome{}
	}
	if done.Key == "" {
		done.Key = v.page.name + "." + a.name + ".done"
	}
	to := done.To
	if to == "" {
		to = here(v.page, v.request)
	}
	mark := "?"
	if strings.Contains(to, "?") {
		mark = "&"
	}
	http.Redirect(w, v.request, to+mark+"done="+url.QueryEscape(s.drawer.note(done)), http.StatusSeeOther)
}

// rows tell an act's form back to who filled it in.
func (v *visit) rows(a *act) []row {
	var out []row
	key := v.page.name + "." + a.name
	for _, x := range a.fields {
		if x.kind == fixed {
			continue
		}
		for i, value := range v.told(x) {
			label := ""
			if i == 0 {
				label = v.label(key, x.name)
			}
			out = append(out, row{label, value})
		}
	}
	if a.also != nil {
		out = append(out, a.also(v, &v.form)...)
	}
	return out
}

const filesTold = 12 // names of files on a check page

// told is what a field holds, in words.
func (v *visit) told(x field) []string {
	if x.kind == upload {
		var names []string
		for _, file := range v.form.files[x.name] {
			names = append(names, file.name)
		}
		return names[:min(len(names), filesTold)]
	}
	if x.kind == grid {
		return v.toldGrid(x)
	}
	values := v.form.all(x.name)
	if x.options == nil {
		if v.form.get(x.name) == "" {
			return nil
		}
		return values[:1]
	}
	var out []string
	for _, o := range x.options(v) {
		for _, value := range values {
			if value == o.Value && value != "" {
				out = append(out, o.Label)
			}
		}
	}
	return out
}

// toldGrid tells each row of a grid in which something is filled in.
func (v *visit) toldGrid(x field) []string {
	var out []string
	for _, o := range x.options(v) {
		var parts []string
		for _, c := range x.columns {
			value := v.form.get(x.name + "." + c.name + "." + o.Value)
			if value == "" {
				continue
			}
			if c.options != nil {
				for _, of := range c.options(v) {
					if of.Value == value {
						value = of.Label
						break
					}
				}
			}
			parts = append(parts, value)
		}
		if len(parts) > 0 {
			out = append(out, o.Label+": "+v.List(parts))
		}
	}
	return out
}

var checkPage = &page{name: "check", path: "/check/{id}"}

// check is the page between a form and its act.
func (s *Server) check(w http.ResponseWriter, r *http.Request) {
	v := s.visit(checkPage, r)
	meant, ok := s.drawer.pending(r.PathValue("id"))
	if !ok {
		s.trouble(w, v, http.StatusGone, errGone)
		return
	}
	if v.presenting() && meant.page.private {
		s.trouble(w, v, http.StatusNotFound, errHidden)
		return
	}
	if err := s.alone(func(*desk.Desk) (err error) { v.reading, err = s.reads(v.context); return err }); err != nil {
		s.trouble(w, v, http.StatusInternalServerError, err)
		return
	}
	action := meant.at + "/" + meant.act.name
	if meant.at == "/" {
		action = "/" + meant.act.name
	}
	key := meant.page.name + "." + meant.act.name
	id := r.PathValue("id")
	s.render(w, v, http.StatusOK, map[string]any{
		"Title": key + ".title", "What": key + ".check", "Button": key + ".button", "Rows": meant.rows, "Private": meant.page.private,
		"Action": action + "?checked=" + id, "Change": meant.at + "?draft=" + id + "#" + meant.act.name,
	})
}

// file gives a file to be carried by hand.
func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	done, ok := s.drawer.outcome(r.PathValue("id"))
	if !ok || done.File == nil {
		s.trouble(w, s.visit(checkPage, r), http.StatusGone, errGone)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(done.File.Name))
	_, _ = w.Write(done.File.data)
}
