package press

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley"
)

// shared reads a file of the evaluation data, which lies outside the
// repository because its texts are their publishers'.
func shared(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "press", name))
	if err != nil {
		t.Skipf("the evaluation data is not here: %v", err)
	}
	return data
}

type article struct {
	ID           string
	Text         string
	Attributions []struct{ Source, Cue, Content [][2]int }
}

// speechCues are the words by which the data's description tells an attribution
// of speech from the rest.
var speechCues = set(`said say says saying told tells tell according announced added adds stated states argued argues claimed claims asked called warned insisted noted wrote writes explained declared acknowledged suggested reported denied confirmed`)

// tally counts over articles.
type tally struct {
	claims, right             int // claims, and those that overlap a gold content
	gold, found               int // gold attributions with a speech cue
	all, allFound             int
	sources, sourceRight      int // matched speech attributions that name a source
	speakerRight              int // the speaker shares a word with the gold source
	speechClaims, speechRight int // claims with a speech cue
}

func TestPolNeAR(t *testing.T) {
	data := shared(t, "polnear_dev.jsonl")
	lines := bufio.NewScanner(strings.NewReader(string(data)))
	lines.Buffer(nil, 1<<20)
	var sum tally
	reader := NewReader(nil)
	for lines.Scan() {
		var a article
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		sum.score(reader, &a, os.Getenv("PARLEY_PRESS_SHOW"))
	}
	precision, recall := ratio(sum.right, sum.claims), ratio(sum.found, sum.gold)
	source := ratio(sum.sourceRight, sum.sources)
	t.Logf("precision %.3f of %d claims (%.3f of %d with a speech cue), recall on speech cues %.3f of %d, source right %.3f of %d (by words of the speaker %.3f), recall on all cues %.3f of %d",
		precision, sum.claims, ratio(sum.speechRight, sum.speechClaims), sum.speechClaims, recall, sum.gold, source, sum.sources, ratio(sum.speakerRight, sum.sources), ratio(sum.allFound, sum.all), sum.all)
	if precision < .88 || recall < .97 || source < .94 {
		t.Errorf("below what is asked: precision .88, recall on speech cues .97, source .94")
	}
}

func ratio(a, b int) float64 { return float64(a) / float64(max(b, 1)) }

func (s *tally) score(r *Reader, a *article, show string) {
	at := byteOffsets(a.Text)
	d := r.Read([]byte(a.Text), parley.Date{})
	hit := make([]bool, len(d.Claims))
	for _, g := range a.Attributions {
		cue := textOf(a.Text, at, g.Cue)
		speech := false
		for _, w := range strings.FieldsFunc(strings.ToLower(cue), func(r rune) bool { return r < 'a' || r > 'z' }) {
			speech = speech || speechCues[w]
		}
		best, right, word := -1, false, false
		for i, c := range d.Claims {
			if !overlaps(c.Span, g.Content, at) {
				continue
			}
			hit[i] = true
			best = i
			right = right || overlaps(c.SourceSpan, g.Source, at)
			word = word || shares(c.Speaker, textOf(a.Text, at, g.Source))
		}
		s.all++
		if best >= 0 {
			s.allFound++
		}
		if !speech {
			continue
		}
		s.gold++
		switch {
		case best >= 0:
			s.found++
		case show == "missed":
			fmt.Printf("MISSED %s | %s | %s | %.200s\n", a.ID[:12], textOf(a.Text, at, g.Source), cue, textOf(a.Text, at, g.Content))
		}
		if best >= 0 && len(g.Source) > 0 {
			s.sources++
			if right {
				s.sourceRight++
			}
			if word {
				s.speakerRight++
			}
			if !right && show == "source" {
				fmt.Printf("SOURCE gold %q (%s) ours %q (%s) | %.160s\n", textOf(a.Text, at, g.Source), cue, d.Claims[best].Source, d.Claims[best].Cue, textOf(a.Text, at, g.Content))
			}
		}
	}
	for i, c := range d.Claims {
		s.claims++
		speech := false
		for w := range strings.FieldsSeq(strings.ToLower(c.Cue)) {
			speech = speech || speechCues[w]
		}
		if speech {
			s.speechClaims++
		}
		if hit[i] {
			s.right++
			if speech {
				s.speechRight++
			}
		} else if show == "wrong" {
			fmt.Printf("WRONG %q %s | %.160q\n", c.Source, c.Cue, c.Content)
		}
	}
}

func byteOffsets(s string) []int {
	var out []int
	for i := range s {
		out = append(out, i)
	}
	return append(out, len(s))
}

func overlaps(have [2]int, gold [][2]int, at []int) bool {
	for _, g := range gold {
		if have[0] < at[g[1]] && at[g[0]] < have[1] {
			return true
		}
	}
	return false
}

func textOf(s string, at []int, spans [][2]int) string {
	var out []string
	for _, g := range spans {
		out = append(out, s[at[g[0]]:at[g[1]]])
	}
	return strings.Join(out, " … ")
}

func shares(a, b string) bool {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(a), notLetter) {
		words[w] = true
	}
	for _, w := range strings.FieldsFunc(strings.ToLower(b), notLetter) {
		if words[w] {
			return true
		}
	}
	return false
}

func notLetter(r rune) bool { return r < 'a' || r > 'z' }
