package web

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley"
	"parley/casefile"
	"parley/desk"
)

// kind is how a field is filled in.
type kind string

const (
	line   kind = "line"   // one line
	area   kind = "area"   // a text
	day    kind = "day"    // a date, as precise as it is known
	one    kind = "one"    // one of some
	many   kind = "many"   // any of some
	upload kind = "upload" // a file
	grid   kind = "grid"   // some questions about each of some
	fixed  kind = "fixed"  // set by the page, not typed
)

// Bounds of a form. What the desk takes of a text is less.
const (
	maxForm   = 512 << 10
	maxUpload = 33 << 20 // a charter, an archive, a case
	maxValues = 4096     // of one field
)

// field is a question of an act's form.
type field struct {
	name    string
	kind    kind
	must    bool
	options func(*visit) []option // of one and many
	first   func(*visit) []string // what stands there before anything is typed
	when    func(*visit) bool     // asked only then; nil for always
	columns []field               // of a grid; what is filled in is NAME.COLUMN.OPTION
	several bool                  // files, of an upload
}

// takes tells whether a value of the form is of this field.
func (x *field) takes(name string) bool {
	if x.kind != grid {
		return x.name == name && x.kind != upload
	}
	rest, ok := strings.CutPrefix(name, x.name+".")
	column, id, more := strings.Cut(rest, ".")
	return ok && more && id != "" && slices.ContainsFunc(x.columns, func(c field) bool { return c.name == column })
}

// option is a choice of a field.
type option struct {
	Value, Label string
	Chosen       bool
}

// form is what was filled in, and what is wrong with it.
type form struct {
	act    string // "" where nothing was tried
	values map[string][]string
	files  map[string][]upfile
	errors map[string]error // by field; "" for the whole
}

type upfile struct {
	name string
	data []byte
}

// get is a field's value, trimmed; "" for none.
func (f *form) get(name string) string {
	if len(f.values[name]) == 0 {
		return ""
	}
	return strings.TrimSpace(f.values[name][0])
}

// file is the file of a field; without data for none.
func (f *form) file(name string) upfile {
	if len(f.files[name]) == 0 {
		return upfile{}
	}
	return f.files[name][0]
}

// set fills a field in, with nothing if the value is empty.
func (f *form) set(name, value string) {
	delete(f.values, name)
	if value != "" {
		f.values[name] = []string{value}
	}
}

func (f *form) all(name string) []string { return f.values[name] }

// names tells whether somebody is chosen in the form.
func (f *form) names(id parley.PersonID) bool {
	return f.get("entry.how."+string(id)) != "" || slices.Contains(f.values["persons"], string(id))
}

// people reads a field as ids of persons.
func (f *form) people(name string) []parley.PersonID {
	var out []parley.PersonID
	for _, s := range f.values[name] {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, parley.PersonID(s))
		}
	}
	return out
}

// day reads a field as a date.
func (f *form) day(name string) (parley.Date, error) {
	if f.get(name) == "" {
		return parley.Date{}, nil
	}
	d, err := parley.ParseDate(f.get(name))
	return d, in(name, err)
}

// fieldError is a mistake in one field of a form.
type fieldError struct {
	field string
	error
}

func (e fieldError) Unwrap() error { return e.error }

// in says in which field a mistake is.
func in(field string, err error) error {
	if err == nil {
		return nil
	}
	return fieldError{field, err}
}

// blame puts an error beside its field, or above the form.
func (f *form) blame(err error) {
	if f.errors == nil {
		f.errors = map[string]error{}
	}
	var at fieldError
	if errors.As(err, &at) {
		f.errors[at.field] = at.error
		return
	}
	f.errors[""] = err
}

var errTooLarge = errors.New("the form is too large")

// readForm reads the form of an act: its fields and no others, within bounds.
func readForm(w http.ResponseWriter, r *http.Request, a *act) (form, error) {
	bound := int64(maxForm)
	if slices.ContainsFunc(a.fields, func(f field) bool { return f.kind == upload }) {
		bound = maxUpload
	}
	r.Body = http.MaxBytesReader(w, r.Body, bound)
	f := form{act: a.name, values: map[string][]string{}, files: map[string][]upfile{}, errors: map[string]error{}}
	// Files stay in memory: what is uploaded may be private. ParseMultipartForm alone
	// would keep an error of a form without files to itself.
	err := r.ParseForm()
	if err == nil {
		err = r.ParseMultipartForm(bound)
	}
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return f, errTooLarge
		}
		return f, fmt.Errorf("the form can't be read")
	}
	for name, values := range r.PostForm {
		known := slices.ContainsFunc(a.fields, func(x field) bool {
			// A browser sends a file that nobody chose as an empty value.
			return x.takes(name) || x.kind == upload && x.name == name && strings.Join(values, "") == ""
		})
		if !known || len(values) > maxValues {
			return f, fmt.Errorf("the form has a field that is not known here")
		}
		for _, v := range values {
			f.values[name] = append(f.values[name], strings.ReplaceAll(v, "\r\n", "\n"))
		}
	}
	return f, f.readFiles(a, r.MultipartForm)
}

func (f *form) readFiles(a *act, from *multipart.Form) error {
	if from == nil {
		return nil
	}
	for name, list := range from.File {
		known := slices.ContainsFunc(a.fields, func(x field) bool { return x.name == name && x.kind == upload && (x.several || len(list) == 1) })
		if !known || len(list) > maxValues {
			return fmt.Errorf("the form has a file that is not known here")
		}
		for _, h := range list {
			data, err := readUpload(h)
			if err != nil {
				return err
			}
			if len(data) > 0 {
				f.files[name] = append(f.files[name], upfile{h.Filename, data})
			}
		}
	}
	return nil
}

func readUpload(h *multipart.FileHeader) ([]byte, error) {
	file, err := h.Open()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(file)
	return data, errors.Join(err, file.Close())
}

// checkFields looks for what every act asks: that what must be there is, and
// that a choice is one of those to choose from.
func (f *form) checkFields(v *visit, a *act) {
	for _, x := range a.fields {
		empty := f.get(x.name) == "" && len(f.files[x.name]) == 0
		if x.must && empty {
			f.errors[x.name] = errors.New(v.must("form.must"))
		}
		if (x.kind != one && x.kind != many) || x.options == nil {
			continue
		}
		options := x.options(v)
		for _, value := range f.values[x.name] {
			if value != "" && !slices.ContainsFunc(options, func(o option) bool { return o.Value == value }) {
				f.errors[x.name] = errors.New(v.must("form.choice"))
			}
		}
	}
}

// shown is a form as its template needs it.
type shown struct {
	Act, Action   string
	Title, Button string
	Upload        bool
	Fields        []shownField
	Error         template.HTML
	Open          bool // it was tried
}

// shownField is a field as its template needs it.
type shownField struct {
	Name, ID, Label, Hint, Value string
	Kind                         kind
	Must, Several                bool
	Options                      []option
	Columns                      []string
	Rows                         []gridRow
	Error                        template.HTML
}

// gridRow is what is asked about one of some.
type gridRow struct {
	Label string
	Cells []shownField
}

// Form is an act's form, to be given to the template "form".
func (l *look) Form(name string) (*shown, error) {
	a := l.page.act(name)
	if a == nil {
		return nil, fmt.Errorf("page %s has no act %q", l.page.name, name)
	}
	key := l.page.name + "." + a.name
	title, err := l.Plain(key + ".title")
	if err != nil {
		return nil, err
	}
	button, err := l.Plain(key + ".button")
	if err != nil {
		return nil, err
	}
	tried := l.form.act == a.name
	if !tried && a.first != nil {
		if draft := a.first(l.visit); draft != nil {
			defer func(was form) { l.form = was }(l.form) // another act's may have been tried
			l.form, tried = *draft, true
		}
	}
	out := &shown{Act: a.name, Action: here(l.page, l.request) + "/" + a.name, Title: title, Button: button, Open: tried}
	if l.page.path == "/" {
		out.Action = "/" + a.name
	}
	if tried {
		out.Error = l.Wrong(l.form.errors[""])
	}
	for _, x := range a.fields {
		if x.when != nil && !x.when(l.visit) {
			continue
		}
		f, err := l.field(key, a.name, x, tried)
		if err != nil {
			return nil, err
		}
		out.Upload = out.Upload || x.kind == upload
		out.Fields = append(out.Fields, f)
	}
	return out, nil
}

func (l *look) field(key, act string, x field, tried bool) (shownField, error) {
	f := shownField{Name: x.name, ID: act + "-" + x.name, Kind: x.kind, Must: x.must, Several: x.several}
	var values []string
	if x.first != nil {
		values = x.first(l.visit)
	}
	if tried {
		values = l.form.all(x.name)
		f.Error = l.Wrong(l.form.errors[x.name])
	}
	if len(values) > 0 {
		f.Value = values[0]
	}
	if x.kind == fixed {
		return f, nil
	}
	var err error
	if f.Label, err = l.Plain(l.labelKey(key, x.name)); err != nil {
		return f, err
	}
	if hint := l.labelKey(key, x.name) + ".hint"; l.from.messages[hint] != nil {
		f.Hint, _ = l.Plain(hint)
	}
	if x.kind == grid {
		return f, l.grid(&f, key, x)
	}
	if x.options != nil {
		f.Options = chosen(x.options(l.visit), values)
	}
	return f, nil
}

// labelKey is the message that a field is called by: its own, or the one that
// fields of its name share.
func (w *words) labelKey(key, name string) string { return w.from.labelKey(key, name) }

func (c *catalogue) labelKey(key, name string) string {
	if _, own := c.messages[key+"."+name]; !own && c.messages["form."+name] != nil {
		return "form." + name
	}
	return key + "." + name
}

func (w *words) label(key, name string) string { return w.must(w.labelKey(key, name)) }

func chosen(options []option, values []string) []option {
	for i := range options {
		options[i].Chosen = slices.Contains(values, options[i].Value)
	}
	return options
}

// grid lays out what is asked about each of some.
func (l *look) grid(f *shownField, key string, x field) error {
	for _, c := range x.columns {
		label, err := l.Plain(l.labelKey(key, x.name+"."+c.name))
		if err != nil {
			return err
		}
		f.Columns = append(f.Columns, label)
	}
	options := make([][]option, len(x.columns))
	for i, c := range x.columns {
		if c.options != nil {
			options[i] = c.options(l.visit)
		}
	}
	for _, o := range x.options(l.visit) {
		row := gridRow{Label: o.Label}
		for i, c := range x.columns {
			name := x.name + "." + c.name + "." + o.Value
			cell := shownField{Name: name, ID: f.ID + "-" + c.name + "-" + o.Value, Kind: c.kind, Label: o.Label + ": " + f.Columns[i]}
			cell.Value = l.form.get(name)
			cell.Options = chosen(slices.Clone(options[i]), []string{cell.Value})
			row.Cells = append(row.Cells, cell)
		}
		f.Rows = append(f.Rows, row)
	}
	return nil
}

// Wrong tells an error to people: in their language where the desk's word is
// one of those that are known, and in the desk's own words.
func (w *words) Wrong(err error) template.HTML {
	if err == nil {
		return ""
	}
	out := template.HTML("")
	if key := hintFor(err); key != "" {
		said, sayErr := w.Say(key)
		if sayErr == nil {
			out = said + " "
		}
	}
	return out + template.HTML(`<bdi lang="en" dir="ltr">`+template.HTMLEscapeString(err.Error())+`</bdi>`) //nolint:gosec // escaped
}

// hintFor is the message that goes with an error of the desk's.
func hintFor(err error) string {
	switch {
	case errors.Is(err, desk.ErrRefused):
		return "error.refused"
	case errors.Is(err, desk.ErrNoChannel):
		return "error.channel"
	case errors.Is(err, desk.ErrNoCase):
		return "error.case"
	case errors.Is(err, errGone):
		return "error.gone"
	case errors.Is(err, casefile.ErrClosed):
		return "error.closed"
	}
	return ""
}

// today is the day by a clock.
func today(now time.Time) parley.Date {
	now = now.UTC()
	return parley.Date{Year: now.Year(), Month: int(now.Month()), Day: now.Day()}
}
