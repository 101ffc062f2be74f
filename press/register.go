package press

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"parley"
)

// Act is what a statement of the register does.
type Act string

// The acts. Nothing is ever taken out: Undo makes an earlier statement count no
// longer, and both stay to be read.
const (
	Enter      Act = "enter"      // a dispatch, with what the reader proposes
	Note       Act = "note"       // a claim by hand: heard, seen, told in private
	Accept     Act = "accept"     // a proposal is taken into the register
	Reject     Act = "reject"     // a proposal is not what the dispatch says
	Correct    Act = "correct"    // Field of a claim is Value
	Grade      Act = "grade"      // Field "source" (A to F) or "item" (1 to 6)
	Judge      Act = "judge"      // Field "said" or "true": yes, no, unknown
	SameStory  Act = "same-story" // two dispatches are one story: one source
	Supports   Act = "supports"   // two claims bear each other out
	Contradict Act = "contradicts"
	Undo       Act = "undo"
)

// Statement is one act of the register, with who says so and why.
type Statement struct {
	Act     Act      `json:"act"`
	A       string   `json:"a"` // the id of a dispatch (d1) or of what is proposed in it or noted (d1-c3, d1-e0, n2)
	B       string   `json:"b"`
	Field   string   `json:"field"`
	Value   string   `json:"value"`
	Entered *Entered `json:"entered,omitempty"`
	Noted   *Noted   `json:"noted,omitempty"`
	Undoes  uint64   `json:"undoes"`
	Reasons []string `json:"reasons"`
	By      string   `json:"by"`
	At      int64    `json:"at"` // unix seconds
}

// Entered is a dispatch as it was entered. Its text is not in it.
type Entered struct {
	Title  string      `json:"title"`
	Outlet string      `json:"outlet"` // who published it
	Wire   string      `json:"wire"`   // the agency whose story it is; "" for the outlet's own
	On     parley.Date `json:"on"`
	Digest string      `json:"digest"` // SHA-256 of the text, in hexadecimal
	Reader string      `json:"reader"` // the version of the rules
	Claims []Noted     `json:"claims"`
	Events []Event     `json:"events"`
	Talks  []Talk      `json:"talks"`
}

// Noted is a claim as the register keeps it.
type Noted struct {
	Speaker  string   `json:"speaker"`
	Source   string   `json:"source"` // the phrase
	Class    Class    `json:"class"`
	Side     string   `json:"side"`
	Setting  string   `json:"setting"`
	When     When     `json:"when"`
	About    About    `json:"about"`
	Private  bool     `json:"private"`
	Negated  bool     `json:"negated"`
	Nested   bool     `json:"nested"`
	Linked   Link     `json:"linked"`
	Cue      string   `json:"cue"`
	Content  string   `json:"content"`
	Span     [2]int   `json:"span"`
	Sentence int      `json:"sentence"`
	Persons  []string `json:"persons"`
}

// Note gives a claim as the register keeps it.
func (c *Claim) Note() Noted {
	return Noted{
		Speaker: c.Speaker, Source: c.Source, Class: c.Class, Side: c.Side, Setting: c.Setting, When: c.When, About: c.About, Private: c.Private,
		Negated: c.Negated, Nested: c.Nested, Linked: c.Linked, Cue: c.Cue, Content: c.Content, Span: c.Span, Sentence: c.Sentence, Persons: c.Persons,
	}
}

// Enter gives what is read in a dispatch as the register keeps it.
func (d *Dispatch) Enter() *Entered {
	e := &Entered{On: d.Dateline, Reader: Version, Events: d.Events, Talks: d.Talks}
	for i := range d.Claims {
		e.Claims = append(e.Claims, d.Claims[i].Note())
	}
	return e
}

// State tells what became of a proposal.
type State string

// The states of a proposal.
const (
	Proposed State = "proposed"
	Accepted State = "accepted"
	Rejected State = "rejected"
)

// Grades are two grades of one claim, given apart: the source by its record, A
// (always right so far) to E (never), F where there is no record; the item by
// what bears it out, 1 (confirmed by others) to 5 (improbable), 6 where it
// can't be judged.
type Grades struct {
	Source string `json:"source"`
	Item   string `json:"item"`
}

// Entry is a claim of the register with all that was said of it.
type Entry struct {
	ID          string   `json:"id"`
	Dispatch    string   `json:"dispatch"` // "" for one noted by hand
	State       State    `json:"state"`
	Noted                // as corrected
	Grades      Grades   `json:"grades"`    // set by a person; "" where nobody did
	Suggested   Grades   `json:"suggested"` // a proposal
	Said        string   `json:"said"`      // was it said: yes, no, or unknown
	True        string   `json:"true"`      // is it true: yes, no, or unknown; another question
	Supports    []string `json:"supports"`
	Contradicts []string `json:"contradicts"`
	Statements  []uint64 `json:"statements"` // about it, by number
}

// EventEntry is a legal event that a dispatch tells.
type EventEntry struct {
	ID       string `json:"id"`
	Dispatch string `json:"dispatch"`
	State    State  `json:"state"`
	Event
}

// DispatchEntry is a dispatch of the register.
type DispatchEntry struct {
	ID     string `json:"id"`
	Number uint64 `json:"number"`
	By     string `json:"by"`
	// Story is the id of the first dispatch that tells the same story: all with
	// one Story are one source.
	Story string `json:"story"`
	*Entered
}

// Register is what its statements come to.
type Register struct {
	Dispatches []*DispatchEntry
	Claims     []*Entry
	Events     []*EventEntry
	dispatches map[string]*DispatchEntry
	claims     map[string]*Entry
	events     map[string]*EventEntry
}

// NewRegister folds statements, the first being number 1.
func NewRegister(all []Statement) *Register {
	r := &Register{dispatches: map[string]*DispatchEntry{}, claims: map[string]*Entry{}, events: map[string]*EventEntry{}}
	off := undone(all)
	dispatches, notes := 0, 0
	for i := range all {
		n := uint64(i + 1)
		switch all[i].Act { // an id is never given again
		case Enter:
			dispatches++
		case Note:
			notes++
		}
		if !off[n] {
			r.fold(n, &all[i], dispatches, notes)
		}
	}
	r.stories()
	r.suggest()
	return r
}

// undone finds the statements that count no longer. An undo can be undone.
func undone(all []Statement) map[uint64]bool {
	out := map[uint64]bool{}
	for i := len(all) - 1; i >= 0; i-- { // the latest has the last word
		if n := uint64(i + 1); all[i].Act == Undo && !out[n] {
			out[all[i].Undoes] = true
		}
	}
	return out
}

func (r *Register) fold(n uint64, s *Statement, dispatches, notes int) {
	switch s.Act {
	case Enter:
		r.enter(n, s, fmt.Sprintf("d%d", dispatches))
	case Note:
		r.claim(&Entry{ID: fmt.Sprintf("n%d", notes), State: Accepted, Noted: *s.Noted, Statements: []uint64{n}})
	case SameStory:
		if a, b := r.dispatches[s.A], r.dispatches[s.B]; a != nil && b != nil {
			r.tell(a.Story, b.Story)
		}
	case Accept, Reject:
		state := map[Act]State{Accept: Accepted, Reject: Rejected}[s.Act]
		if e := r.claims[s.A]; e != nil {
			e.State = state
			e.Statements = append(e.Statements, n)
		} else if e := r.events[s.A]; e != nil {
			e.State = state
		}
	default:
		r.of(n, s)
	}
}

func (r *Register) enter(n uint64, s *Statement, id string) {
	d := &DispatchEntry{ID: id, Number: n, By: s.By, Story: id, Entered: s.Entered}
	r.Dispatches = append(r.Dispatches, d)
	r.dispatches[id] = d
	for i, c := range s.Entered.Claims {
		r.claim(&Entry{ID: fmt.Sprintf("%s-c%d", id, i), Dispatch: id, State: Proposed, Noted: c})
	}
	for i, e := range s.Entered.Events {
		x := &EventEntry{ID: fmt.Sprintf("%s-e%d", id, i), Dispatch: id, State: Proposed, Event: e}
		r.Events = append(r.Events, x)
		r.events[x.ID] = x
	}
}

func (r *Register) claim(e *Entry) {
	e.Said, e.True = "unknown", "unknown"
	e.Supports, e.Contradicts = []string{}, []string{}
	r.Claims = append(r.Claims, e)
	r.claims[e.ID] = e
}

// of folds a statement about a claim.
func (r *Register) of(n uint64, s *Statement) {
	e := r.claims[s.A]
	if e == nil {
		return
	}
	e.Statements = append(e.Statements, n)
	switch s.Act {
	case Grade:
		if s.Field == "source" {
			e.Grades.Source = s.Value
		} else {
			e.Grades.Item = s.Value
		}
	case Judge:
		if s.Field == "said" {
			e.Said = s.Value
		} else {
			e.True = s.Value
		}
	case Correct:
		e.correct(s.Field, s.Value)
	case Supports, Contradict:
		o := r.claims[s.B]
		if o == nil {
			return
		}
		o.Statements = append(o.Statements, n)
		if s.Act == Supports {
			e.Supports, o.Supports = addOnce(e.Supports, o.ID), addOnce(o.Supports, e.ID)
		} else {
			e.Contradicts, o.Contradicts = addOnce(e.Contradicts, o.ID), addOnce(o.Contradicts, e.ID)
		}
	}
}

func addOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// Corrections are the fields of a claim that a person may correct.
func Corrections() []string {
	return []string{"speaker", "class", "side", "setting", "on", "about", "private", "persons"}
}

func (e *Entry) correct(field, value string) {
	switch field {
	case "speaker":
		e.Speaker = value
	case "class":
		e.Class = Class(value)
	case "side":
		e.Side = value
	case "setting":
		e.Setting = value
	case "on":
		d, _ := parley.ParseDate(value)
		e.When = When{On: d}
	case "about":
		e.About = About(value)
	case "private":
		e.Private = value == "yes"
	case "persons":
		e.Persons = strings.FieldsFunc(value, func(c rune) bool { return c == ',' || c == ' ' })
	}
}

// Claim finds a claim by its id.
func (r *Register) Claim(id string) (*Entry, bool) {
	e, ok := r.claims[id]
	return e, ok
}

// Dispatch finds a dispatch by its id.
func (r *Register) Dispatch(id string) (*DispatchEntry, bool) {
	d, ok := r.dispatches[id]
	return d, ok
}

// Story is the source of a claim, for counting sources: the story of its
// dispatch, or the claim itself where it was noted by hand.
func (r *Register) Story(e *Entry) string {
	if d := r.dispatches[e.Dispatch]; d != nil {
		return d.Story
	}
	return e.ID
}

// tell makes two stories one, under the id of the earlier.
func (r *Register) tell(a, b string) {
	if a == b {
		return
	}
	if r.dispatches[b].Number < r.dispatches[a].Number {
		a, b = b, a
	}
	for _, d := range r.Dispatches {
		if d.Story == b {
			d.Story = a
		}
	}
}

// stories finds the dispatches that repeat one another: the same text, or one
// agency's story of nearly one day of which most is told in the same words.
func (r *Register) stories() {
	for i, d := range r.Dispatches {
		for _, before := range r.Dispatches[:i] {
			if before.Digest == d.Digest && d.Digest != "" || repeats(before.Entered, d.Entered) {
				r.tell(before.Story, d.Story)
				break
			}
		}
	}
}

// repeats tells whether at least half of the claims of the shorter dispatch
// stand in the longer in the same words.
func repeats(a, b *Entered) bool {
	if len(a.Claims) > len(b.Claims) {
		a, b = b, a
	}
	there := map[string]bool{}
	for _, c := range b.Claims {
		there[plainWords(c.Content)] = true
	}
	same := 0
	for _, c := range a.Claims {
		if there[plainWords(c.Content)] {
			same++
		}
	}
	return same >= 2 && 2*same >= len(a.Claims)
}

// plainWords is a text without its marks and capitals.
func plainWords(s string) string {
	return strings.Join(strings.FieldsFunc(lower(s), func(c rune) bool {
		return !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c > 127 && c != '“' && c != '”')
	}), " ")
}

// suggest proposes grades. The source's is that which a person last gave the
// same speaker, F where nobody did; the item's is 2 where another story bears it
// out, 5 where a claim that was judged true contradicts it, else 3 where
// somebody stands behind it and 6 where nobody does. The one never colours the
// other.
func (r *Register) suggest() {
	record := map[string]Grades{}
	for _, e := range r.Claims {
		if e.Grades.Source != "" && e.Speaker != "" {
			record[e.Speaker] = e.Grades
		}
	}
	for _, e := range r.Claims {
		e.Suggested.Source = cmp.Or(record[e.Speaker].Source, "F")
		e.Suggested.Item = "6"
		if e.Class != Unattributed && !e.Class.Anonymous() {
			e.Suggested.Item = "3"
		}
		for _, id := range e.Supports {
			if o := r.claims[id]; r.Story(o) != r.Story(e) {
				e.Suggested.Item = "2"
			}
		}
		for _, id := range e.Contradicts {
			if r.claims[id].True == "yes" {
				e.Suggested.Item = "5"
			}
		}
	}
}

// Check reports what is wrong with a statement that is to follow others.
func Check(before []Statement, s Statement) error {
	if strings.TrimSpace(s.By) == "" {
		return fmt.Errorf("a statement says who makes it")
	}
	r := NewRegister(before)
	switch s.Act {
	case Undo:
		if s.Undoes == 0 || s.Undoes > uint64(len(before)) {
			return fmt.Errorf("no statement %d", s.Undoes)
		}
		if undone(before)[s.Undoes] {
			return fmt.Errorf("statement %d is undone already", s.Undoes)
		}
		return nil
	case Enter:
		return checkEntered(s.Entered)
	case Note:
		return checkNoted(s.Noted)
	case SameStory:
		if r.dispatches[s.A] == nil || r.dispatches[s.B] == nil || s.A == s.B {
			return fmt.Errorf("no two dispatches %q and %q", s.A, s.B)
		}
		return nil
	case Accept, Reject:
		if r.events[s.A] != nil {
			return nil
		}
	}
	e := r.claims[s.A]
	if e == nil {
		return fmt.Errorf("no claim %q", s.A)
	}
	return checkOf(r, e, &s)
}

func checkEntered(e *Entered) error {
	if e == nil || len(e.Digest) != 64 {
		return fmt.Errorf("a dispatch has a text")
	}
	if strings.TrimSpace(e.Outlet) == "" {
		return fmt.Errorf("a dispatch says who published it")
	}
	return nil
}

func checkNoted(n *Noted) error {
	switch {
	case n == nil || strings.TrimSpace(n.Content) == "":
		return fmt.Errorf("a claim says something")
	case !slices.Contains(Classes(), n.Class):
		return fmt.Errorf("class %q is none of %v", n.Class, Classes())
	case !slices.Contains(Abouts(), n.About):
		return fmt.Errorf("a claim is about one of %v", Abouts())
	case n.Class != Unattributed && strings.TrimSpace(n.Speaker) == "":
		return fmt.Errorf("a claim says who made it, or is unattributed")
	}
	return nil
}

func checkOf(r *Register, e *Entry, s *Statement) error {
	switch s.Act {
	case Accept, Reject:
		if e.Dispatch == "" {
			return fmt.Errorf("%s was noted by hand: undo it instead", e.ID)
		}
	case Grade:
		if s.Field == "source" && (len(s.Value) != 1 || !strings.Contains("ABCDEF", s.Value)) {
			return fmt.Errorf("a source is graded A, B, C, D, E, or F where it has no record")
		}
		if s.Field == "item" && (len(s.Value) != 1 || !strings.Contains("123456", s.Value)) {
			return fmt.Errorf("an item is graded 1, 2, 3, 4, 5, or 6 where it can't be judged")
		}
		if s.Field != "source" && s.Field != "item" {
			return fmt.Errorf("a grade is of the source or of the item")
		}
	case Judge:
		if s.Field != "said" && s.Field != "true" || s.Value != "yes" && s.Value != "no" && s.Value != "unknown" {
			return fmt.Errorf("whether it was said, or is true, is yes, no or unknown")
		}
	case Correct:
		return checkCorrection(s)
	case Supports, Contradict:
		if o := r.claims[s.B]; o == nil || o == e {
			return fmt.Errorf("no other claim %q", s.B)
		}
	default:
		return fmt.Errorf("no act %q", s.Act)
	}
	return nil
}

func checkCorrection(s *Statement) error {
	if !slices.Contains(Corrections(), s.Field) {
		return fmt.Errorf("%q is none of %v", s.Field, Corrections())
	}
	switch s.Field {
	case "class":
		if !slices.Contains(Classes(), Class(s.Value)) {
			return fmt.Errorf("class %q is none of %v", s.Value, Classes())
		}
	case "about":
		if !slices.Contains(Abouts(), About(s.Value)) {
			return fmt.Errorf("a claim is about one of %v", Abouts())
		}
	case "on":
		if _, err := parley.ParseDate(s.Value); err != nil {
			return err
		}
	case "private":
		if s.Value != "yes" && s.Value != "no" {
			return fmt.Errorf("private is yes or no")
		}
	}
	return nil
}
