package desk

import (
	"slices"
	"strings"

	"parley"
	"parley/handover"
)

// Sheet is what a person's family may be given, in a language of
// PaperLanguages: the name, and what is released for families, each named:
// status, place, received, contact=TEXT. Whatever is not named is not in it.
// Somebody who will not travel is "still expected": the word that drops out is
// for the parties.
func (h *Handover) Sheet(language string, id parley.PersonID, release []string) ([]string, error) {
	e, ok := h.Plan.Entry(id)
	if !ok {
		return nil, wrong("the plan has no entry %q", id)
	}
	if language == "" {
		language = "en"
	}
	if !slices.Contains(PaperLanguages(), language) {
		return nil, wrong("parley has no words for families in %q: the languages are %s", language, strings.Join(PaperLanguages(), ", "))
	}
	lines := []string{e.Name}
	if e.Name == "" {
		lines[0] = string(id)
	}
	for _, r := range release {
		line, err := h.released(language, e, r)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// released says one thing that was released for families.
func (h *Handover) released(language string, e handover.Entry, what string) (string, error) {
	what, contact, _ := strings.Cut(what, "=")
	identity := h.identity(e.ID)
	at, way := h.Now.Where(e.ID)
	switch {
	case what == "status" && identity != "":
		return onPaper(language, "sheet.received-by", h.nameOf(handover.ActorID(e.For))), nil
	case what == "status" && way:
		return onPaper(language, "sheet.on-the-way"), nil
	case what == "status":
		return onPaper(language, "sheet.expected"), nil
	case what == "place":
		return onPaper(language, "sheet.at", h.placeName(at)), nil
	case what == "received" && identity != "":
		return onPaper(language, "sheet.received."+identity), nil
	case what == "received":
		return onPaper(language, "sheet.not-received"), nil
	case what == "contact":
		return onPaper(language, "sheet.contact", contact), nil
	}
	return "", wrong("%q is nothing that can be released for families: status, place, received, contact=TEXT", what)
}

func (h *Handover) nameOf(a handover.ActorID) string {
	for _, x := range h.Plan.Actors {
		if x.ID == a && x.Name != "" {
			return x.Name
		}
	}
	return string(a)
}

func (h *Handover) placeName(id handover.PlaceID) string {
	for _, p := range h.Plan.Places {
		if p.ID == id && p.Name != "" {
			return p.Name
		}
	}
	return string(id)
}

// identity is how sure the receiving side is of who came; "" where there is no
// receipt for the person.
func (h *Handover) identity(id parley.PersonID) string {
	best := -1
	for _, t := range h.Now.Receipts() {
		if t.Entry == id && !t.Returned && !t.Instead {
			best = max(best, 0, slices.Index(handover.Identities(), t.Identity))
		}
	}
	if best < 0 {
		return ""
	}
	return handover.Identities()[best]
}
