package names

import (
	"testing"

	"pgregory.net/rapid"

	"parley"
)

func TestCategories(t *testing.T) {
	date := func(s string) parley.Date { d, _ := parley.ParseDate(s); return d }
	young := Age{Below: 25, On: date("2025-06-02")}
	for born, want := range map[string]Membership{
		"2000-06-03": Member, "2000-06-02": NotMember, "2001": Member, "2000": NotKnown, "2000-06": NotKnown, "2000-07": Member, "1999": NotMember, "": NotKnown, "1950": NotMember,
	} {
		if got := young.Test(&Record{Born: date(born)}); got != want {
			t.Errorf("born %s, under 25 on %s: %s, want %s", born, young.On, got, want)
		}
	}
	between := Age{From: 18, Below: 19, On: date("2025-06-02")}
	for born, want := range map[string]Membership{"2006": NotKnown, "2006-08": Member, "2004": NotMember, "2009": NotMember} {
		if got := between.Test(&Record{Born: date(born)}); got != want {
			t.Errorf("born %s, 18 on %s: %s, want %s", born, between.On, got, want)
		}
	}
	if (Rank{Ranks: []string{"Lieutenant"}}).Test(&Record{Rank: "lieutenant"}) != Member || (Rank{}).Test(&Record{}) != NotKnown {
		t.Error("ranks")
	}
	if (Listed{IDs: map[string]bool{"7": true}}).Test(&Record{Row: 7}) != Member || (Listed{}).Test(&Record{Row: 7}) != NotKnown {
		t.Error("lists")
	}
}

// TestAgeNeverGuesses holds the answer for a date of lesser precision to those
// for every day that it allows.
func TestAgeNeverGuesses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Age{From: rapid.IntRange(0, 3).Draw(t, "from"), Below: rapid.IntRange(0, 5).Draw(t, "below"), On: parley.Date{Year: 2025, Month: rapid.IntRange(1, 12).Draw(t, "month"), Day: rapid.IntRange(1, 28).Draw(t, "day")}}
		born := parley.Date{Year: rapid.IntRange(2018, 2025).Draw(t, "year"), Month: rapid.IntRange(0, 12).Draw(t, "of month")}
		seen := map[Membership]bool{}
		for m := 1; m <= 12; m++ {
			for d := 1; d <= 31; d++ {
				if born.Month == 0 || born.Month == m {
					seen[a.Test(&Record{Born: parley.Date{Year: born.Year, Month: m, Day: d}})] = true
				}
			}
		}
		got := a.Test(&Record{Born: born})
		if (got == NotKnown) != (len(seen) > 1) || got != NotKnown && !seen[got] {
			t.Fatalf("born %s, %+v: %s, the days say %v", born, a, got, seen)
		}
	})
}
