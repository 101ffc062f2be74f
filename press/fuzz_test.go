package press

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley"
)

// sound checks what must hold of every reading, whatever the text.
func sound(t *testing.T, text []byte, d *Dispatch) {
	t.Helper()
	last := 0
	for i, c := range d.Claims {
		if c.Span[0] < 0 || c.Span[1] <= c.Span[0] || c.Span[1] > len(text) || string(text[c.Span[0]:c.Span[1]]) != c.Content {
			t.Fatalf("claim %d: span %v does not hold its content", i, c.Span)
		}
		if c.SourceSpan[1] > len(text) || c.Source != string(text[c.SourceSpan[0]:c.SourceSpan[1]]) || c.Cue != string(text[c.CueSpan[0]:c.CueSpan[1]]) {
			t.Fatalf("claim %d: source or cue is not where it says", i)
		}
		if c.Sentence < last || c.Sentence >= d.Sentences {
			t.Fatalf("claim %d: sentence %d of %d", i, c.Sentence, d.Sentences)
		}
		if c.Class == Unattributed != (c.Speaker == "") {
			t.Fatalf("claim %d: class %s of speaker %q", i, c.Class, c.Speaker)
		}
		last = c.Sentence
	}
	for i, e := range d.Events {
		if e.Span[1] > len(text) || e.Span[0] >= e.Span[1] || e.Sentence >= d.Sentences || e.Claim >= len(d.Claims) || parley.CheckID(e.Person) != nil {
			t.Fatalf("event %d: %+v", i, e)
		}
	}
	for i, k := range d.Talks {
		for _, n := range append(k.Claims, k.Terms...) {
			if n < 0 || n >= len(d.Claims) {
				t.Fatalf("talk %d rests on claim %d of %d", i, n, len(d.Claims))
			}
		}
	}
	for _, p := range d.People {
		if len(p.Names) == 0 {
			t.Fatalf("a person without a name: %+v", p)
		}
	}
}

func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join("testdata", "*.txt"))
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, s := range hostile {
		f.Add([]byte(strings.Repeat(s, 40)))
	}
	r := NewReader(&parley.Case{
		Parties: []parley.Party{{ID: "us", Name: "United States", Principal: parley.Principal{Name: "Jane Smith"}}},
		Persons: []parley.Person{{ID: "p", Name: "Иван Петров", Also: []string{"Ivan Petrov", ""}}, {ID: "q", Name: "a second Russian", Blank: true}},
	})
	f.Fuzz(func(t *testing.T, text []byte) { sound(t, text, r.Read(text, parley.Date{})) })
}

// hostile are texts that make a careless reader slow when they are repeated.
var hostile = []string{
	"said ", "Smith said that ", "“", "”", "\"", "''", "‘a ", "‘a’ ", "a, ", ". ", "a. ", "x", "A B C D ", "Aaaaaaab ", "(", "-", "1,1", "U.S.", "Jan. 1, ",
	"\n", "\n\n", "\xff", "according to a person ", ", who ", ", said Smith, ", "he said. ", "“Yes,” he said. ", "to swap Smith for ", "was arrested ",
	"John Smith said. They did not meet. ", "“a b c d e. ", "and ", "of the ", "’", "é", "Smith, a man, ", "in 2012 ", "sentenced to nine years ", "’s", "M. ",
	"Aaa Bbb ", "the channel is open. ", "proposal ", "Mr. ", " ", "\u202e", "סמית אמר ", "John Abcdefgh said. ", "Jane Smith and Tom Brown said no. They did not meet. ", "to swap Jane Smith for Tom Brown. ",
	"“‘", "“a\u0301” said ", "a\u0301", "\u0301", "said said said ", "according to according to a ", "who said that who ", "offer ", "The offer said ", "swap John Smith for ", "meeting between John Smith and John Smith ",
	"spokesman John Smith's spokesman John Smith's ", "John Smith said John Smith said ", "he told them that she said that ", "a”b“c", "𝒥ohn ", "\u200b", "\x00", "1,000 ", "\r",
}

// TestNoTextIsSlow reads long texts of the kinds above, and ones that never
// repeat. A reader whose time grew with the square of the text would take hours.
func TestNoTextIsSlow(t *testing.T) {
	if testing.Short() {
		t.Skip("long texts")
	}
	r := NewReader(&parley.Case{Persons: []parley.Person{{ID: "p", Name: "Иван Петров"}, {ID: "q", Name: "John Smith"}}})
	whole := string(fixture(t, "dispatch.txt"))
	for _, s := range append(hostile, whole) {
		size := 256 << 10
		if s == whole { // what is linear in a long text of all kinds of sentences
			size = 10 << 20
		}
		text := []byte(strings.Repeat(s, 1+size/len(s)))
		start := time.Now()
		sound(t, text, r.Read(text, parley.Date{}))
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%.60q, repeated to %d bytes: %v", s, len(text), took)
		}
	}
}

func BenchmarkTenMegabytes(b *testing.B) {
	text := fixture(b, "dispatch.txt")
	long := []byte(strings.Repeat(string(text), 10<<20/len(text)+1))
	r := NewReader(nil)
	b.SetBytes(int64(len(long)))
	for b.Loop() {
		r.Read(long, parley.Date{})
	}
}

func BenchmarkDispatch(b *testing.B) {
	text := fixture(b, "dispatch.txt")
	r := NewReader(nil)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r.Read(text, parley.Date{})
	}
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
