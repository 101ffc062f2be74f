package desk

import (
	"fmt"
	"strings"

	"parley"
	"parley/handover"
)

// Sheet is what a person's family may be given: the name, and what is released
// for families, each named: status, place, received, contact=TEXT. Whatever is
// not named is not in it. Somebody who will not travel is "still expected": the
// word that drops out is for the parties.
func (h *Handover) Sheet(id parley.PersonID, release []string) ([]string, error) {
	e, ok := h.Plan.Entry(id)
	if !ok {
		return nil, wrong("the plan has no entry %q", id)
	}
	lines := []string{e.Name}
	if e.Name == "" {
		lines[0] = string(id)
	}
	received := false
	for _, t := range h.Now.Receipts() {
		received = received || t.Entry == id && !t.Returned && !t.Instead
	}
	at, way := h.Now.Where(id)
	for _, r := range release {
		what, text, _ := strings.Cut(r, "=")
		switch what {
		case "status":
			status := "is still expected"
			if received {
				status = "has been received by " + h.nameOf(handover.ActorID(e.For))
			} else if way {
				status = "is on the way"
			}
			lines = append(lines, status)
		case "place":
			lines = append(lines, "at "+h.placeName(at))
		case "received":
			if received {
				lines = append(lines, "received, and identity "+h.identity(id))
			} else {
				lines = append(lines, "not received yet")
			}
		case "contact":
			lines = append(lines, "whom to ask: "+text)
		default:
			return nil, wrong("%q is nothing that can be released for families: status, place, received, contact=TEXT", r)
		}
	}
	return lines, nil
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

func (h *Handover) identity(id parley.PersonID) string {
	best := "claimed"
	for _, t := range h.Now.Receipts() {
		if t.Entry == id && t.Identity != "" {
			best = t.Identity
		}
	}
	return fmt.Sprintf("%s by the receiving side", best)
}
