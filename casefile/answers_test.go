package casefile

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"parley"
	people "parley/names"
)

func TestAnswersThereAndBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "answers.csv")
	rows := []SheetRow{
		{people.Record{ID: "=cmd", Name: "=HYPERLINK(\"x\")", Note: "a,b \"c\""}, Answer{List: "west", Code: "dead", On: parley.Date{Year: 2024, Month: 3}, Of: "-unknown", Text: "+1"}},
		{people.Record{ID: "'7", Name: "علي"}, Answer{List: "west"}},
		{people.Record{ID: "7", Name: "Анна"}, Answer{List: "east", Code: "held", Of: "anna"}},
		{people.Record{ID: "7", Name: "Anna"}, Answer{List: "south"}},
	}
	if err := WriteAnswers(path, rows); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(data), ",=") {
		t.Errorf("a formula is written: %s %v", data, err)
	}
	got, err := ReadAnswers(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		want := rows[i].Answer
		want.Row, want.ID = i+1, rows[i].Record.ID
		if !reflect.DeepEqual(got[i], want) {
			t.Errorf("row %d: %+v, want %+v", i+1, got[i], want)
		}
	}
}

func TestAnswersAreReadWholeOrNot(t *testing.T) {
	for text, want := range map[string]string{
		"id,name\n1,A\n":                             "a sheet of answers has the columns",
		"name,answer\nA,held\n":                      "a sheet of answers has the columns",
		"id,name,answer,on\n1,A,dead,31.02.2024\n":   "row 1, \"on\": a day that no calendar has",
		"id,name,answer,on\n1,A,dead,last spring?\n": "row 1, \"on\": not a date",
	} {
		path := filepath.Join(t.TempDir(), "a.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadAnswers(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
