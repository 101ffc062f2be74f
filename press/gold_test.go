package press

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley"
	"parley/casefile"
)

// gold is how a dispatch is labelled by hand, offsets in code points.
type gold struct {
	Dateline     string
	Attributions []struct {
		ID          string
		Sentences   []int
		Source, Cue *goldSpan
		Content     []goldSpan
		Attribution string
		Floating    bool
		CarriesFrom string `json:"carries_from"`
		Speaker     []string
	}
	LegalEvents []struct {
		ID, Person, Kind, Date, Term string
		Sentence                     int
	} `json:"legal_events"`
	ChannelClaims []struct {
		ID, What    string
		By, To      string
		Gives, Gets []string
		Adds        []string
		State, Date string
		Between     []string
		SupportedBy []string `json:"supported_by"`
	} `json:"channel_claims"`
	Distractors []struct {
		Sentence int
		Text     string
	}
	Scoring struct{ Required, Optional []string }
}

type goldSpan struct {
	Text       string
	Start, End int
}

// goldEvents gives the words of a case for those of the labels.
var goldEvents = map[string]string{
	"sentence": "sentenced", "conviction": "convicted", "arrest": "arrested", "plea": "pleaded-guilty", "imprisonment": "imprisoned",
	"custody": "held", "extradition": "extradited", "indictment": "indicted",
}

func TestReportOfAugust2022(t *testing.T) {
	text, labels := shared(t, "seed.txt"), shared(t, "seed_gold.json")
	c, _, err := casefile.ReadCase(filepath.Join("..", "examples", "us-ru-2022", "case.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	checkGold(t, text, labels, nil)
	checkGold(t, text, labels, c)
}

// TestDispatch reads a dispatch of invented people with the same difficulties: a
// misspelt name, pronouns of the wrong gender, a quotation mark that is missing,
// a point before a comma, a sentence broken in two, a by-line glued on.
func TestDispatch(t *testing.T) {
	c, _, err := casefile.ReadCase(filepath.Join("testdata", "case.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	checkGold(t, fixture(t, "dispatch.txt"), fixture(t, "dispatch_gold.json"), c)
}

// checkGold holds what is read in a dispatch against its labels.
func checkGold(t *testing.T, text, labels []byte, c *parley.Case) {
	t.Helper()
	var g gold
	if err := json.Unmarshal(labels, &g); err != nil {
		t.Fatal(err)
	}
	at := byteOffsets(string(text))
	d := NewReader(c).Read(text, parley.Date{})
	if d.Dateline.String() != g.Dateline {
		t.Errorf("dateline %s, want %s", d.Dateline, g.Dateline)
	}
	required := map[string]bool{}
	for _, id := range g.Scoring.Required {
		required[id] = true
	}
	known := map[int]bool{}
	for _, a := range g.Attributions {
		best, score := -1, 0.0
		for i, c := range d.Claims {
			if a.Cue != nil && (c.Cue == "" || !within(c, a.Cue, at, text)) || a.Cue == nil && c.Linked != Carried {
				continue
			}
			if s := jaccard(c.Span, a.Content, at); s > score {
				best, score = i, s
			}
		}
		if best >= 0 {
			known[best] = true
		}
		if !required[a.ID] {
			continue
		}
		if best < 0 {
			t.Errorf("%s: not found: %v", a.ID, a.Content)
			continue
		}
		c := d.Claims[best]
		if score < .5 {
			t.Errorf("%s: content %q covers %.2f of %q", a.ID, c.Content, score, a.Content[0].Text)
		}
		if a.Source != nil && !overlaps(c.SourceSpan, [][2]int{{a.Source.Start, a.Source.End}}, at) {
			t.Errorf("%s: source %q, want %q", a.ID, c.Source, a.Source.Text)
		}
		if c.Class.Anonymous() != (a.Attribution == "anonymous") {
			t.Errorf("%s: class %s of %q, want %s", a.ID, c.Class, c.Speaker, a.Attribution)
		}
		if a.Attribution == "on_record_named" && len(c.Speakers) == 0 {
			t.Errorf("%s: nobody is linked to %q, want %v", a.ID, c.Speaker, a.Speaker)
		}
	}
	for i, c := range d.Claims {
		if !known[i] {
			t.Errorf("a claim that nobody labelled: %d %q %s: %q", c.Sentence, c.Source, c.Cue, c.Content)
		}
	}
	for _, x := range g.Distractors {
		for _, c := range d.Claims {
			if c.Sentence == x.Sentence && strings.Contains(x.Text, c.Cue) && c.Cue != "" && c.Source != "" && strings.Contains(x.Text, c.Source) {
				t.Errorf("taken in by %q: %+v", x.Text, c)
			}
		}
	}
	for _, e := range g.LegalEvents {
		found := false
		for _, have := range d.Events {
			found = found || have.Sentence == e.Sentence && have.Event == goldEvents[e.Kind] && have.On.String() == e.Date && (e.Term == "" || have.Term == e.Term) && samePerson(have.Person, e.Person)
		}
		if !found {
			t.Errorf("event %s is missing: %+v", e.ID, e)
		}
	}
	if c != nil { // who gives and who gets, only a case can say
		checkTalks(t, &g, d)
	}
	if len(d.Events) != len(g.LegalEvents) {
		t.Errorf("%d events, want %d: %+v", len(d.Events), len(g.LegalEvents), d.Events)
	}
}

// checkTalks holds offers, demands, channels and meetings against the labels.
func checkTalks(t *testing.T, g *gold, d *Dispatch) {
	t.Helper()
	what := map[string]string{"offer": "offer", "demand": "demand", "channel_state": "channel", "no_meeting": "no-meeting"}
	for _, want := range g.ChannelClaims {
		found := false
		for _, have := range d.Talks {
			if have.What != what[want.What] || want.State != have.State || want.Date != "" && have.What != "channel" && have.When.On.String() != want.Date {
				continue
			}
			found = slices.Equal(slugs(have.Adds), slugs(want.Adds)) && len(have.Between) == len(want.Between) &&
				(want.Gives == nil || slices.Equal(slugs(have.Gives), slugs(want.Gives)) && slices.Equal(slugs(have.Gets), slugs(want.Gets)))
			if found && len(have.Claims) < len(want.SupportedBy) {
				t.Errorf("%s rests on %d claims, want %d", want.ID, len(have.Claims), len(want.SupportedBy))
			}
		}
		if !found {
			t.Errorf("%s is missing: %+v", want.ID, want)
		}
	}
	if len(d.Talks) != len(g.ChannelClaims) {
		t.Errorf("%d things said of the talks, want %d: %+v", len(d.Talks), len(g.ChannelClaims), d.Talks)
	}
}

func slugs(ids []string) []string {
	out := []string{}
	for _, id := range ids {
		out = append(out, squeeze(id))
	}
	slices.Sort(out)
	return out
}

func samePerson(have, want string) bool {
	return slug(have) == slug(want) || squeeze(have) == squeeze(want)
}

func squeeze(s string) string {
	out := ""
	for _, r := range slug(s) {
		if r != '-' {
			out += string(r)
		}
	}
	return out
}

func within(c Claim, cue *goldSpan, at []int, text []byte) bool {
	from, to := at[cue.Start], at[cue.End]
	return c.CueSpan[0] < to && from < c.CueSpan[1]
}

func jaccard(have [2]int, want []goldSpan, at []int) float64 {
	in := func(b int) bool {
		for _, w := range want {
			if b >= at[w.Start] && b < at[w.End] {
				return true
			}
		}
		return false
	}
	both, all := 0, 0
	for b := 0; b < at[len(at)-1]; b++ {
		x, y := b >= have[0] && b < have[1], in(b)
		if x && y {
			both++
		}
		if x || y {
			all++
		}
	}
	return ratio(both, all)
}
