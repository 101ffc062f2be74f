package web

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"parley"
)

//go:embed words/*.json
var wordFiles embed.FS

// languages are those of the interface, the first where no other fits.
func languages() []string { return []string{"en", "ru", "ar"} }

// catalogue holds the interface's messages: whole sentences, with {0}, {1} …
// where values go. One that counts something has a text for each plural form of
// its language, chosen by its first number.
type catalogue struct {
	messages map[string]map[string]forms // by key, then language
	matcher  language.Matcher
	reasons  []reasonShape
}

// forms are a message's texts: one, and where it counts something one by each
// plural form, too. There are thousands, and nearly all count nothing.
type forms struct {
	other   string
	counted map[string]string
}

// of is the text for a plural form.
func (f forms) of(plural string) string {
	if text, ok := f.counted[plural]; ok {
		return text
	}
	return f.other
}

// UnmarshalJSON reads a text, or an object of plural forms.
func (f *forms) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &f.other) == nil {
		return nil
	}
	if err := json.Unmarshal(data, &f.counted); err != nil {
		return err
	}
	f.other = f.counted["other"]
	return nil
}

func readCatalogue() (*catalogue, error) {
	c := &catalogue{messages: map[string]map[string]forms{}}
	var tags []language.Tag
	for _, l := range languages() {
		tags = append(tags, language.MustParse(l))
	}
	c.matcher = language.NewMatcher(tags)
	files, err := fs.Glob(wordFiles, "words/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		if err := c.add(name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	c.reasons = reasonShapes(c.messages)
	return c, nil
}

func (c *catalogue) add(name string) error {
	data, err := wordFiles.ReadFile(name)
	if err != nil {
		return err
	}
	var more map[string]map[string]forms
	if err := json.Unmarshal(data, &more); err != nil {
		return err
	}
	for key, texts := range more {
		if c.messages[key] != nil {
			return fmt.Errorf("%s stands in another file too", key)
		}
		for _, l := range languages() {
			if texts[l].other == "" {
				return fmt.Errorf("%s is missing in %s", key, l)
			}
		}
		c.messages[key] = texts
	}
	return nil
}

// match finds the language that fits a list of wishes best.
func (c *catalogue) match(wishes string) (lang string, ok bool) {
	tags, _, err := language.ParseAcceptLanguage(wishes)
	if err != nil || len(tags) == 0 {
		return languages()[0], false
	}
	_, i, sure := c.matcher.Match(tags...)
	return languages()[i], sure != language.No
}

// words speak one language. Pages embed them.
type words struct {
	from    *catalogue
	tag     language.Tag
	lang    string
	printer *message.Printer
}

func (c *catalogue) in(lang string) *words {
	tag := language.MustParse(lang)
	// One set of digits in every language: what two sides read to each other over
	// the telephone is written alike.
	return &words{from: c, tag: tag, lang: lang, printer: message.NewPrinter(language.MustParse(lang + "-u-nu-latn"))}
}

// Lang is the language, as HTML names it.
func (w *words) Lang() string { return w.lang }

// Dir is the direction that the language is written in.
func (w *words) Dir() string {
	if w.lang == "ar" {
		return "rtl"
	}
	return "ltr"
}

// Say is a message as HTML, each value set apart so that its direction can't
// reach the sentence around it.
func (w *words) Say(key string, values ...any) (template.HTML, error) {
	text, err := w.text(key, values)
	if err != nil {
		return "", err
	}
	return template.HTML(fill(template.HTMLEscapeString(text), values, func(v any) string { //nolint:gosec // escaped on both paths
		return "<bdi>" + template.HTMLEscapeString(w.value(v)) + "</bdi>"
	})), nil
}

// Plain is a message as bare text, for attributes and titles. Values stand in
// isolates of their own.
func (w *words) Plain(key string, values ...any) (string, error) {
	text, err := w.text(key, values)
	return fill(text, values, w.value), err
}

func (w *words) text(key string, values []any) (string, error) {
	texts, ok := w.from.messages[key]
	if !ok {
		return "", fmt.Errorf("no message %q", key)
	}
	return texts[w.lang].of(w.form(values)), nil
}

// form is the plural form that the first number among the values takes.
func (w *words) form(values []any) string {
	for _, v := range values {
		if n, ok := v.(int); ok && n >= 0 {
			return [...]string{"other", "zero", "one", "two", "few", "many"}[plural.Cardinal.MatchPlural(w.tag, n, 0, 0, 0, 0)]
		}
	}
	return "other"
}

// fill puts values in their places in one pass: a value that holds "{1}" stays
// as it is.
func fill(text string, values []any, show func(any) string) string {
	if len(values) == 0 {
		return text
	}
	pairs := make([]string, 0, 2*len(values))
	for i, v := range values {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", show(v))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// value writes a value as the language does.
func (w *words) value(v any) string {
	switch v := v.(type) {
	case int:
		return w.Number(v)
	case parley.Date:
		return w.Date(v)
	case time.Time:
		return w.Time(v)
	case []string:
		return w.List(v)
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprint(v)
}

// Number writes a number as the language does.
func (w *words) Number(n int) string { return w.printer.Sprint(n) }

// List joins what is told in one breath.
func (w *words) List(items []string) string {
	comma := ", "
	if w.lang == "ar" {
		comma = "، "
	}
	return strings.Join(items, comma)
}

// Date writes a date in the precision that it has.
func (w *words) Date(d parley.Date) string {
	year := strconv.Itoa(d.Year)
	switch {
	case d.IsZero():
		return ""
	case d.Month == 0:
		return year
	case d.Day == 0:
		return w.must("date.month", w.must("month."+strconv.Itoa(d.Month)), year)
	}
	return w.must("date.day", strconv.Itoa(d.Day), w.must("month.of."+strconv.Itoa(d.Month)), year)
}

// Time writes a time of day with its date, in UTC, which both sides read alike.
func (w *words) Time(t time.Time) string {
	t = t.UTC()
	day := w.Date(parley.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()})
	return w.must("date.time", day, t.Format("15:04"))
}

// must is a message of the house, which is there.
func (w *words) must(key string, values ...any) string {
	text, err := w.Plain(key, values...)
	if err != nil {
		return key
	}
	return text
}

// Or is a message, or the word itself where the catalogue has none: for words
// that other packages may add to.
func (w *words) Or(prefix string, word any) (template.HTML, error) {
	key := prefix + "." + fmt.Sprint(word)
	if _, ok := w.from.messages[key]; ok {
		return w.Say(key)
	}
	return w.Text(fmt.Sprint(word)), nil
}

// Text is what people wrote: its direction is its own.
func (w *words) Text(s any) template.HTML {
	return template.HTML(`<bdi>` + template.HTMLEscapeString(fmt.Sprint(s)) + `</bdi>`) //nolint:gosec // escaped
}

var errWords = errors.New("the catalogue of messages")

// Languages are those to choose from, each by its own name.
func (w *words) Languages() ([]option, error) {
	var out []option
	for _, l := range languages() {
		name, ok := w.from.messages["language"][l]
		if !ok {
			return nil, fmt.Errorf("%w: language %s has no name", errWords, l)
		}
		out = append(out, option{Value: l, Label: name.other, Chosen: l == w.lang})
	}
	return out, nil
}
