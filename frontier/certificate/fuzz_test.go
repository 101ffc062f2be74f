package certificate_test

import (
	"encoding/json"
	"errors"
	"testing"

	"parley"
	"parley/brief"
	"parley/frontier/certificate"
)

// FuzzCheck hands whatever is JSON to the checker. It never panics, and what it
// accepts is the one exchange that can be proved.
func FuzzCheck(f *testing.F) {
	c := &parley.Case{
		ID: "x", Parties: []parley.Party{{ID: "us"}, {ID: "ru"}},
		Persons: []parley.Person{{ID: "a", HeldBy: "us"}, {ID: "b", HeldBy: "ru"}},
	}
	positions := []brief.Position{
		{Party: "us", Worth: map[parley.PersonID]int64{"a": -3, "b": 5}},
		{Party: "ru", Worth: map[parley.PersonID]int64{"a": 4, "b": -2}},
	}
	f.Add([]byte(`{"parley":"certificate/1","case":"x","parties":["us","ru"],"criterion":"total","agreeable":true,"release":["a","b"],"gains":[2,2],"lemma":{"rows":[{"weights":[1,1,0],"at_least":5}],"tree":{"y":[[3,-1]]}}}`))
	f.Add([]byte(`{"parley":"certificate/1","case":"x","parties":["us","ru"],"criterion":"nash","agreeable":true,"release":["a"],"gains":[9,9],"ideals":[{"party":7}],"lemma":{"rows":[{"weights":[]}],"tree":{"on":"a","at":9223372036854775807,"less":{"y":[[0,-1],[0,-9223372036854775808]]}}}}`))
	f.Add([]byte(`{"parley":"certificate/1","case":"x","parties":["us","ru"],"criterion":"total","agreeable":true,"release":["a","b"],"gains":[2,2],"lemma":{"rows":[{"weights":[1,1,0],"at_least":5}],"tree":{"y":[[2,-2],[3,-1]]}},"points":[{"gains":[2,2]}],"blocks":[{"to":2,"w":[0,1]},{"w":[1,0],"y":[[1,-1]]}]}`))
	f.Add([]byte(`{"parley":"certificate/1","case":"x","parties":["us","ru"],"criterion":"home","agreeable":true,"release":["a","b"],"gains":[2,2],"lemma":{"rows":[{"weights":[0,0,1],"at_least":3}],"tree":{"y":[[3,-1]]}},"points":[{"gains":[2,2]}],"blocks":[{"to":9223372036854775807,"w":[1,1],"y":[[2,-1]]},{"to":-5,"w":[4611686018427387904,0]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		x := &certificate.Certificate{}
		if json.Unmarshal(data, x) != nil {
			return
		}
		err := certificate.Check(c, positions, x)
		if err == nil && (!x.Agreeable || len(x.Release) != 2) {
			t.Fatalf("accepted %s", data)
		}
		if err == nil && len(x.Points) > 0 && (len(x.Points) != 1 || x.Points[0].Gains[0] != 2 || x.Points[0].Gains[1] != 2) {
			t.Fatalf("accepted the points of %s", data)
		}
		if err != nil && x.Parley == certificate.Format && !errors.Is(err, certificate.ErrForged) {
			t.Fatalf("%v", err)
		}
	})
}
