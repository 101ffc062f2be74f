package desk

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"parley"
	"parley/channel"
)

var writeVectors = flag.Bool("vectors", false, "write testdata/lists.json anew")

// listVectors are bodies of each kind of a round of lists, with what their
// entries are taken to be called.
type listVectors struct {
	Comment string       `json:"comment"`
	Acts    []listVector `json:"acts"`
	Digest  string       `json:"digest"` // of the final list
}

type listVector struct {
	Ref  string         `json:"ref"`
	By   parley.PartyID `json:"by"`
	Kind parley.Kind    `json:"kind"`
	Body string         `json:"body"`
}

func ref(b byte) parley.Ref { return parley.Ref(bytes.Repeat([]byte{b}, 32)) }

// listActs is a small round with something in every field.
func listActs() []parley.RoundAct {
	at := func(list, id string) parley.NameID { return parley.NameID{List: parley.PartyID(list), ID: id} }
	day := parley.Date{Year: 2025, Month: 6, Day: 2}
	acts := []parley.RoundAct{
		{Ref: ref(1), By: "west", Move: &parley.ListMove{
			Between: []parley.PartyID{"east", "west"}, Due: day, Text: "our list",
			Classes: []parley.Class{{Name: "men", Ranks: []string{"private"}}, {Name: "wounded", Listed: []parley.NameID{at("west", "2")}}, {Name: "young", From: 18, Below: 25, On: day}},
			Rows: []parley.ListRow{
				{ID: "2", Name: "Olena Bondar", Also: []string{"Олена Бондар"}, Born: parley.Date{Year: 1990}},
				{ID: "10", Name: "Пётр", Father: "Иван", Mother: "Анна", Born: day, Sex: "m", Place: "Київ", Captured: parley.Date{Year: 2022, Month: 3}, Unit: "36", Rank: "private", Note: "x"},
			},
		}},
		{Ref: ref(2), By: "east", Move: &parley.ListMove{Round: ref(1), Rows: []parley.ListRow{{ID: "أ", Name: "أحمد علي"}}}},
		{Ref: ref(3), By: "east", Move: &parley.ReplyMove{Round: ref(1), Answers: []parley.NameAnswer{{Name: at("west", "2"), Code: parley.CodeNoAnswer}}, Due: day, Text: "at first"}},
		{Ref: ref(4), By: "east", Move: &parley.ReplyMove{Round: ref(1), Final: true, Answers: []parley.NameAnswer{
			{Name: at("west", "10"), Code: parley.CodeHeld, Of: "peter"}, {Name: at("west", "2"), Code: parley.CodeNotHeld},
		}}},
		{Ref: ref(5), By: "east", Move: &parley.ReplyMove{Round: ref(1), Final: true, Answers: []parley.NameAnswer{{Name: at("west", "2"), Code: parley.CodeDead, On: parley.Date{Year: 2024, Month: 3}, Of: "buried at home", Text: "sorry"}}}},
		{Ref: ref(6), By: "west", Move: &parley.ReplyMove{Round: ref(1), Final: true, Answers: []parley.NameAnswer{{Name: at("east", "أ"), Code: parley.CodeHeld}}}},
		{Ref: ref(7), By: "west", Move: &parley.CommentMove{Round: ref(1), Remarks: []parley.Remark{{Name: at("west", "10"), Text: "he is young", Class: "young", Member: true}}}},
	}
	final := &parley.FinalList{Round: ref(1), Names: []parley.NameID{at("east", "أ"), at("west", "10")}, Due: day, Text: "the first"}
	for _, a := range acts {
		final.Rests = append(final.Rests, a.Ref)
	}
	final.Digest = parley.NewRound(acts).Digest(final.Names)
	return append(acts,
		parley.RoundAct{Ref: ref(8), By: "west", Move: final},
		parley.RoundAct{Ref: ref(9), By: "east", Move: &parley.SignList{After: ref(255), Final: ref(8), Digest: final.Digest, Text: "signed"}})
}

// TestListVectors: bodies of lists are written as they always were, read back
// alike, and a second reader, in Python, comes to the same digest.
func TestListVectors(t *testing.T) {
	v := listVectors{Comment: "Bodies of docs/wire.md, section 14, of one round of lists in the order of the table. The refs are made up."}
	for _, a := range listActs() {
		body, err := encodeMove(a.Move)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodeMove(string(a.Move.Kind()), body)
		if err != nil {
			t.Fatalf("%s: %v", a.Move.Kind(), err)
		}
		if again, err := channel.Marshal(back); err != nil || !bytes.Equal(again, body) {
			t.Errorf("%s is read back as something else: %v", a.Move.Kind(), err)
		}
		v.Acts = append(v.Acts, listVector{a.Ref.String(), a.By, a.Move.Kind(), hex.EncodeToString(body)})
		if f, ok := a.Move.(*parley.FinalList); ok {
			v.Digest = f.Digest.String()
		}
	}
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	data = append(data, '\n')
	path := filepath.Join("testdata", "lists.json")
	if *writeVectors {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, data) {
		t.Errorf("the bodies are not those of %s: %v", path, err)
	}
	var second struct {
		Digest string
		Bodies []any
	}
	if err := json.Unmarshal(secondReader(t, path), &second); err != nil {
		t.Fatal(err)
	}
	if second.Digest != v.Digest || len(second.Bodies) != len(v.Acts) {
		t.Errorf("the second reader has the digest %s of %d bodies, want %s", second.Digest, len(second.Bodies), v.Digest)
	}
}

func secondReader(t *testing.T, path string) []byte {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("CI needs python3 for the second reader")
		}
		t.Skip("the second reader needs python3, and there is none")
	}
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), python, "-B", filepath.Join("..", "channel", "testdata", "decode", "lists.py"), path)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the second reader: %v\n%s", err, errs.Bytes())
	}
	return out
}

// TestHostileLists: what is out of form in a list, a reply or a comment makes an
// entry without effect, and never a row of it.
func TestHostileLists(t *testing.T) {
	long := string(bytes.Repeat([]byte("a"), maxCell+1))
	n := parley.NameID{List: "east", ID: "1"}
	row := func(r parley.ListRow) parley.Move { return &parley.ListMove{Rows: []parley.ListRow{r}} }
	class := func(c parley.Class) parley.Move { return &parley.ListMove{Classes: []parley.Class{c}} }
	day := parley.Date{Year: 2025, Month: 1, Day: 1}
	for what, m := range map[string]parley.Move{
		"a long name": row(parley.ListRow{ID: "1", Name: long}), "a line break": row(parley.ListRow{ID: "1", Name: "a\nb"}), "a control": row(parley.ListRow{ID: "1", Note: "\x1b[2J"}),
		"loose form": row(parley.ListRow{ID: "1", Name: "Zoe\u0308"}), "a wrong day": row(parley.ListRow{ID: "1", Born: parley.Date{Year: 2020, Month: 2, Day: 30}}),
		"spellings": row(parley.ListRow{ID: "1", Also: slices.Repeat([]string{"a"}, maxSpells+1)}), "rows": &parley.ListMove{Rows: make([]parley.ListRow, parley.MaxRows+1)},
		"classes": &parley.ListMove{Classes: make([]parley.Class, maxClasses+1)}, "a class without a test": class(parley.Class{Name: "a"}), "two tests": class(parley.Class{Name: "a", On: day, Ranks: []string{"b"}}),
		"an age": class(parley.Class{Name: "a", From: 1 << 63, On: day}), "an age on no day": class(parley.Class{Name: "a", From: 1, Ranks: []string{"b"}}), "a party": &parley.ListMove{Between: []parley.PartyID{"No One"}},
		"an answer": &parley.ReplyMove{Answers: []parley.NameAnswer{{Name: n, Text: long}}}, "whose": &parley.ReplyMove{Answers: []parley.NameAnswer{{Name: parley.NameID{List: "É", ID: "1"}}}},
		"a date": &parley.ReplyMove{Answers: []parley.NameAnswer{{Name: n, On: parley.Date{Year: 1, Day: 3}}}}, "a remark": &parley.CommentMove{Remarks: []parley.Remark{{Name: n, Text: long}}},
		"a final name": &parley.FinalList{Names: []parley.NameID{{List: "east", ID: "a\tb"}}}, "a text": &parley.SignList{Text: "\x00"},
	} {
		body, err := channel.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeMove(string(m.Kind()), body); err == nil {
			t.Errorf("%s was read", what)
		}
	}
}

// FuzzListBodies: bytes of the other side never do more than be refused.
func FuzzListBodies(f *testing.F) {
	kinds := []parley.Kind{parley.KindList, parley.KindReply, parley.KindComment, parley.KindFinal, parley.KindSign}
	for _, a := range listActs() {
		body, err := encodeMove(a.Move)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(slices.Index(kinds, a.Move.Kind())), body)
	}
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		m, err := decodeMove(string(kinds[int(kind)%len(kinds)]), body)
		if err != nil {
			return
		}
		if again, err := channel.Marshal(m); err != nil || !bytes.Equal(again, body) {
			t.Fatalf("read, and written otherwise: %v", err)
		}
	})
}
