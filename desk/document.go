package desk

import (
	"bytes"
	_ "embed"
	"html/template"
	"slices"
	"strings"

	"parley"
	"parley/handover"
)

//go:embed document.html
var documentText string

var documentPage = template.Must(template.New("document").Funcs(template.FuncMap{"dir": direction, "say": onPaper}).Parse(documentText))

// direction is how a language runs.
func direction(language string) string {
	base, _, _ := strings.Cut(language, "-")
	if slices.Contains([]string{"ar", "fa", "he", "ps", "ur", "yi", "ckb", "dv"}, base) {
		return "rtl"
	}
	return "ltr"
}

// document is what the agreement's paper says.
type document struct {
	*Handover
	Languages  []string // of parley's own words, side by side: those of the texts
	Texts      []handover.Text
	Rows       [][]string // a paragraph of each text, side by side
	Gates      []handover.Gate
	Digest     string
	Agreement  string
	Exchange   string // the digest of the exchange
	Signatures []signatureLine
	Channel    string
}

// signatureLine is what somebody signed; What is a word for paper.
type signatureLine struct {
	What, Who string
	Party     parley.PartyID
	ID        string
}

// heading is parley's own words under one key, in the document's languages.
type heading struct {
	Key       string
	Languages []string
}

// Words are for the template: the words of a key in every language.
func (d *document) Words(key string) heading { return heading{key, d.Languages} }

// Named is what the plan calls somebody.
func (d *document) Named(id any) string {
	switch id := id.(type) {
	case parley.PartyID:
		return d.nameOf(handover.ActorID(id))
	case handover.SideID:
		return d.nameOf(handover.ActorID(id))
	case handover.ActorID:
		return d.nameOf(id)
	}
	return ""
}

// paperLanguages are those of the texts as far as parley speaks them, and
// English for the others.
func paperLanguages(texts []handover.Text) (out []string) {
	for _, t := range texts {
		if l := spokenOnPaper(t.Language); !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		return []string{"en"}
	}
	return out
}

// Document writes the agreement and its plan as one HTML file that needs nothing
// else: the texts side by side, which of them is authentic and who translated the
// others, the annexed lists of people, steps, bounds and duties, the digests of
// what was signed and how to check them. What parley says itself stands in the
// languages of the texts too. It is made to be printed.
func (d *Desk) Document(name string) ([]byte, error) {
	h, err := d.Handover(name)
	if err != nil {
		return nil, err
	}
	doc := &document{Handover: h, Languages: paperLanguages(h.Plan.Texts), Texts: h.Plan.Texts, Gates: h.Plan.Gates(), Digest: h.State.Move.Digest.String(), Channel: d.charter.ID().String()}
	for _, t := range doc.Texts {
		for i, p := range t.Paragraphs {
			if i == len(doc.Rows) {
				doc.Rows = append(doc.Rows, make([]string, 0, len(doc.Texts)))
			}
			doc.Rows[i] = append(doc.Rows[i], p)
		}
	}
	for _, r := range doc.Rows {
		if len(r) != len(doc.Texts) {
			return nil, wrong("the texts of plan %s have not the same number of paragraphs: they can't stand side by side", h.Plan.ID)
		}
	}
	t := d.Table()
	if a, ok := t.Agreement(h.State.Move.Agreement); ok {
		doc.Agreement, doc.Exchange = a.Seal.String(), a.Digest.String()
	}
	for _, s := range t.Acts {
		if what := signed(s, h.State); what != "" {
			doc.Signatures = append(doc.Signatures, signatureLine{what, s.Member.Name, s.Member.Party, s.Ref.String()})
		}
	}
	var out bytes.Buffer
	if err := documentPage.Execute(&out, doc); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// signed tells what an act signs of an agreement and its plan, as a word for
// paper; "" for nothing.
func signed(s parley.Seen, p parley.PlanState) string {
	if !s.Effect() {
		return ""
	}
	switch m := s.Move.(type) {
	case *parley.Seal:
		if s.Ref == p.Move.Agreement {
			return "seal"
		}
	case *parley.Ratify:
		if m.Agreement == p.Move.Agreement && !m.Refuse {
			return "ratification"
		}
	case *parley.PlanMove:
		if m.Adopt && m.Digest == p.Move.Digest {
			return "adoption"
		}
	}
	return ""
}
