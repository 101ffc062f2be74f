package press

import "parley"

// ExportVersion names the form of an export.
const ExportVersion = "parley-press/1"

// Export is the register for somebody else's eyes: claims and where they stand,
// not the text of a dispatch. Who has the same text finds a claim by its span.
type Export struct {
	Parley     string           `json:"parley"`
	Dispatches []ExportDispatch `json:"dispatches"`
	Claims     []Entry          `json:"claims"`
	Events     []EventEntry     `json:"events"`
}

// ExportDispatch is a dispatch without its text.
type ExportDispatch struct {
	ID     string      `json:"id"`
	Title  string      `json:"title"`
	Outlet string      `json:"outlet"`
	Wire   string      `json:"wire"`
	On     parley.Date `json:"on"`
	Digest string      `json:"digest"`
	Story  string      `json:"story"`
	Reader string      `json:"reader"`
}

// ExportOptions say what an export holds beyond accepted public claims.
type ExportOptions struct {
	Proposed bool // also what nobody has looked at
	Private  bool // also what was said behind closed doors
	Words    bool // also the words of each claim
}

// Export gives the register as it may be handed on. Rejected proposals never
// are. The words of claims are left out unless they are asked for: all claims of
// a dispatch together can be most of its text.
func (r *Register) Export(o ExportOptions) Export {
	x := Export{Parley: ExportVersion, Dispatches: []ExportDispatch{}, Claims: []Entry{}, Events: []EventEntry{}}
	for _, d := range r.Dispatches {
		x.Dispatches = append(x.Dispatches, ExportDispatch{d.ID, d.Title, d.Outlet, d.Wire, d.On, d.Digest, d.Story, d.Reader})
	}
	shown := func(s State) bool { return s == Accepted || s == Proposed && o.Proposed }
	for _, e := range r.Claims {
		if !shown(e.State) || e.Private && !o.Private {
			continue
		}
		c := *e
		if !o.Words && c.Dispatch != "" {
			c.Content, c.Cue = "", ""
		}
		x.Claims = append(x.Claims, c)
	}
	for _, e := range r.Events {
		if shown(e.State) {
			c := *e
			if !o.Words {
				c.Phrase = ""
			}
			x.Events = append(x.Events, c)
		}
	}
	return x
}
