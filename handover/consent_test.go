package handover_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"parley"
	"parley/handover"
)

func day(s string) parley.Date {
	d, err := parley.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// TestOneWordForEveryReason: health, identity, papers and refusal look alike.
func TestOneWordForEveryReason(t *testing.T) {
	asked := handover.Asked{Where: "gaza", Act: "release", On: day("2011-10-18"), Fresh: 30}
	yes := handover.Interview{
		Person: "muna", On: day("2011-10-10"), Included: handover.Yes, Instrument: handover.Yes,
		Destination: handover.Yes, Where: "gaza", Act: "release", Safe: handover.Yes,
	}
	word := func(change func(*handover.Interview), a handover.Asked) handover.Word {
		i := yes
		change(&i)
		return i.Word(a)
	}
	elsewhere, other, later := asked, asked, asked
	elsewhere.Where, other.Act, later.On = "egypt", "pardon", day("2011-12-18")
	for _, c := range []struct {
		name   string
		change func(*handover.Interview)
		asked  handover.Asked
		want   handover.Word
	}{
		{"all yes", func(*handover.Interview) {}, asked, handover.Confirmed},
		{"not asked", func(i *handover.Interview) { *i = handover.Interview{} }, asked, handover.Open},
		{"refuses", func(i *handover.Interview) { i.Included = handover.No }, asked, handover.WillNotTravel},
		{"refuses the instrument", func(i *handover.Interview) { i.Instrument = handover.No }, asked, handover.WillNotTravel},
		{"refuses the destination", func(i *handover.Interview) { i.Destination = handover.No }, asked, handover.WillNotTravel},
		{"not safe there", func(i *handover.Interview) { i.Safe = handover.No }, asked, handover.WillNotTravel},
		{"ill", func(i *handover.Interview) { i.Unfit = true }, asked, handover.WillNotTravel},
		{"safety not looked at", func(i *handover.Interview) { i.Safe = handover.Unasked }, asked, handover.Open},
		{"another destination opens", func(*handover.Interview) {}, elsewhere, handover.Open},
		{"the one refused is no longer asked for", func(i *handover.Interview) { i.Destination = handover.No }, elsewhere, handover.Open},
		{"other instruments open", func(*handover.Interview) {}, other, handover.Open},
		{"too long ago", func(*handover.Interview) {}, later, handover.Open},
	} {
		if got := word(c.change, c.asked); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestAnInterviewHidesItself from everything that prints or encodes.
func TestAnInterviewHidesItself(t *testing.T) {
	i := handover.Interview{Person: "p", Reason: "marked-reason"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for _, v := range []any{i, &i, []handover.Interview{i}, struct{ I handover.Interview }{i}} {
			if out := fmt.Sprintf(verb, v); strings.Contains(out, "marked") {
				t.Errorf("%s: %s", verb, out)
			}
		}
	}
	if out, err := json.Marshal(i); err == nil {
		t.Errorf("encoded: %s", out)
	}
}
