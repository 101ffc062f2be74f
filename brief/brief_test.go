package brief_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"maps"
	"strings"
	"testing"

	"parley"
	"parley/brief"

	"github.com/fxamacker/cbor/v2"
	"go.yaml.in/yaml/v4"
)

// marks are what must never be seen.
var marks = []string{"7391", "secretly", "griner", "bonus"}

func secret() brief.Content {
	worth := map[parley.PersonID]int64{"griner": 7391}
	return brief.Content{
		Case: "swap", Party: "us", WalkAway: 7391, Worth: worth, Tags: map[string]int64{"secretly": 7391},
		Tiers: map[parley.PersonID]brief.Tier{"griner": brief.Must}, Because: map[parley.PersonID]string{"griner": "secretly"},
		Rules:     []parley.Rule{parley.Bonus{Points: 7391, All: []parley.PersonID{"griner"}}},
		Estimates: []brief.Estimate{{Party: "ru", WalkAway: brief.Range{Low: 7391, High: 7391}}},
	}
}

// hiders are the private types, bare, pointed to, and inside other things.
func hiders() map[string]any {
	c := secret()
	b := brief.New(c)
	return map[string]any{
		"brief": b, "pointer": &b, "content": c, "content pointer": &c, "position": b.Position(), "estimate": c.Estimates[0],
		"slice": []brief.Brief{b}, "map": map[string]brief.Brief{"x": b}, "exported": struct{ B brief.Brief }{b},
		"unexported": struct{ b brief.Brief }{b}, "deep": []any{struct{ p *struct{ b brief.Brief } }{&struct{ b brief.Brief }{b}}},
		"content exported": struct{ C brief.Content }{c}, "contents": []brief.Content{c},
	}
}

func clean(t *testing.T, where, text string) {
	t.Helper()
	for _, m := range marks {
		if strings.Contains(text, m) {
			t.Errorf("%s shows %q: %s", where, m, text)
		}
	}
}

func TestHidesFromEveryVerb(t *testing.T) {
	for name, v := range hiders() {
		for _, verb := range "vTtbcdoOqxXUeEfFgGsp" {
			for _, flag := range []string{"", "+", "#", " ", "-", "0", "9.3"} {
				f := "%" + flag + string(verb)
				if bare := !strings.Contains(fmt.Sprintf("%T", v), "brief.Brief"); verb == 'T' || verb == 'p' && bare {
					continue // %T has no value; %p of a bare struct is fmt's own hole
				}
				clean(t, name+" "+f, fmt.Sprintf(f, v))
			}
		}
		clean(t, name, fmt.Sprint(v)+fmt.Sprintln(v))
		clean(t, name+" in an error", fmt.Errorf("weighing %v: %+v", v, v).Error())
	}
}

func TestHidesFromLogs(t *testing.T) {
	for name, v := range hiders() {
		var out bytes.Buffer
		log.New(&out, "", 0).Print(v)
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("weighing", "brief", v, slog.Group("g", "b", v))
		}
		clean(t, name, out.String())
	}
}

func TestHidesFromEncoders(t *testing.T) {
	encoders := map[string]func(any) ([]byte, error){
		"json": json.Marshal, "xml": xml.Marshal, "cbor": cbor.Marshal, "yaml": func(v any) ([]byte, error) { return yaml.Marshal(v) },
		"gob": func(v any) ([]byte, error) {
			var b bytes.Buffer
			err := gob.NewEncoder(&b).Encode(v)
			return b.Bytes(), err
		},
	}
	for name, v := range hiders() {
		for with, encode := range encoders {
			func() {
				defer func() { // an encoder that panics tells nothing either
					if p := recover(); p != nil {
						clean(t, name+" "+with, fmt.Sprint(p))
					}
				}()
				out, err := encode(v)
				clean(t, name+" "+with, string(out))
				if err != nil {
					clean(t, name+" "+with, err.Error())
				}
			}()
		}
	}
	if _, err := json.Marshal(brief.New(secret())); !errors.Is(err, brief.ErrPrivate) {
		t.Errorf("json of a brief: %v, want ErrPrivate", err)
	}
}

func TestTiersBecomePointsAndRules(t *testing.T) {
	b := brief.New(brief.Content{
		Party: "us", WalkAway: 3,
		Tiers: map[parley.PersonID]brief.Tier{
			"a": brief.Must, "b": brief.Want, "c": brief.Welcome, "d": brief.Neutral, "e": brief.Bearable, "f": brief.Painful, "g": brief.Never, "h": brief.Want,
		},
		TierPoints: map[brief.Tier]int64{brief.Welcome: 7},
		Worth:      map[parley.PersonID]int64{"h": 1, "a": 9},
	})
	p := b.Position()
	d := brief.DefaultPoints()
	want := map[parley.PersonID]int64{"a": 9, "b": d[brief.Want], "c": 7, "d": 0, "e": d[brief.Bearable], "f": d[brief.Painful], "h": 1}
	if !maps.Equal(p.Worth, want) {
		t.Error("the tiers do not stand for the points that they should")
	}
	if len(p.Rules) != 2 || p.Rules[0].String() != "require: [a]" || p.Rules[1].String() != "forbid: [g]" {
		t.Error("must and never are not the rules that they should be")
	}
}

func TestMiddleIsRoundedDown(t *testing.T) {
	for _, c := range []struct{ low, high, want int64 }{{0, 10, 5}, {0, 3, 1}, {-3, 0, -2}, {-3, -2, -3}, {4, 4, 4}, {-1_000_000_000, 1_000_000_000, 0}} {
		if got := (brief.Range{Low: c.low, High: c.high}).Middle(); got != c.want {
			t.Errorf("middle of %d..%d is %d, want %d", c.low, c.high, got, c.want)
		}
	}
}
