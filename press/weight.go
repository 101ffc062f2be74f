package press

import (
	"fmt"
	"slices"
)

// Weight is what a thing said of the talks rests on, over all dispatches.
type Weight struct {
	Talk
	Dispatch string   `json:"dispatch"`
	OnRecord []string `json:"on_record"` // claims of named sources, institutions and documents that it exists
	Unnamed  []string `json:"unnamed"`   // the other claims that it exists
	TermsOn  []string `json:"terms_on"`  // claims on which its terms rest
	Stories  int      `json:"stories"`   // how many sources the terms have, repeats of one story counted once
	Words    string   `json:"words"`
}

// Weigh tells, for each offer, demand, channel and meeting that is spoken of in
// a dispatch, on what it rests. Claims that a person rejected count for nothing.
func (r *Register) Weigh() []Weight {
	out := []Weight{}
	for _, d := range r.Dispatches {
		for _, t := range d.Talks {
			w := Weight{Talk: t, Dispatch: d.ID, OnRecord: []string{}, Unnamed: []string{}, TermsOn: []string{}}
			for _, n := range t.Claims {
				r.weigh(&w, d, n, slices.Contains(t.Terms, n))
			}
			out = r.together(out, w)
		}
	}
	for i := range out {
		out[i].count(r)
	}
	return out
}

func (r *Register) weigh(w *Weight, d *DispatchEntry, n int, terms bool) {
	e := r.claims[fmt.Sprintf("%s-c%d", d.ID, n)]
	if e == nil || e.State == Rejected {
		return
	}
	switch {
	case terms:
		w.TermsOn = append(w.TermsOn, e.ID)
	case e.Class == Named || e.Class == Institution || e.Class == Document:
		w.OnRecord = append(w.OnRecord, e.ID)
	default:
		w.Unnamed = append(w.Unnamed, e.ID)
	}
}

// together puts one offer that several dispatches tell of into one line.
func (r *Register) together(all []Weight, w Weight) []Weight {
	for i := range all {
		b := &all[i]
		if b.What != w.What || b.By != w.By || b.State != w.State || !slices.Equal(b.Exchange, w.Exchange) || !slices.Equal(b.For, w.For) || !slices.Equal(b.Adds, w.Adds) || !slices.Equal(b.Between, w.Between) {
			continue
		}
		b.OnRecord, b.Unnamed, b.TermsOn = append(b.OnRecord, w.OnRecord...), append(b.Unnamed, w.Unnamed...), append(b.TermsOn, w.TermsOn...)
		return all
	}
	return append(all, w)
}

// count counts the sources of the terms and puts it all into words.
func (w *Weight) count(r *Register) {
	stories := map[string]bool{}
	in := map[string]int{} // claims by dispatch: of a repeated story each counts by itself
	named, several := false, false
	for _, id := range w.TermsOn {
		e := r.claims[id]
		in[e.Dispatch]++
		several = several || in[e.Dispatch] > 1
		stories[r.Story(e)] = true
		named = named || e.Class == Named || e.Class == Institution || e.Class == Document
		several = several || e.Class == AnonymousSeveral
	}
	w.Stories = len(stories)
	w.Words = w.exists() + w.terms(named, several)
}

func (w *Weight) exists() string {
	thing := map[string]string{"offer": "an offer", "demand": "a demand", "channel": "a channel", "meeting": "a meeting", "no-meeting": "no meeting"}[w.What]
	switch {
	case len(w.OnRecord) > 0 && len(w.TermsOn) > 0:
		return "on record only that " + thing + " exists; "
	case len(w.OnRecord) > 0:
		return "on record: " + thing
	case len(w.Unnamed) > 0 && len(w.TermsOn) == 0:
		return thing + ", on the word of unnamed sources"
	case len(w.TermsOn) == 0:
		return thing + ", on the reporter's own word"
	}
	return "nothing on record; "
}

func (w *Weight) terms(named, several bool) string {
	switch {
	case len(w.TermsOn) == 0:
		return ""
	case named:
		return "its terms are on record"
	case w.Stories == 1 && !several:
		return "its terms rest on one unnamed source"
	case w.Stories == 1:
		return "its terms rest on several unnamed people in one story"
	}
	return fmt.Sprintf("its terms rest on unnamed sources in %d stories", w.Stories)
}
