package relay

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// whoIs is a member of one of two sides, with a secret of its own.
func whoIs(shared byte, side, member string) Who {
	own := bytes.Repeat([]byte{0}, 32)
	copy(own, side+member)
	return Who{Shared: bytes.Repeat([]byte{shared}, 32), Own: own, Sides: []string{"east", "west"}, Side: side, Member: member}
}

func memberOf(t testing.TB, url string, who Who) *Client {
	t.Helper()
	a, err := Derive(url, who)
	if err != nil {
		t.Fatal(err)
	}
	return dialAs(t, url, a, Options{})
}

// Two relays get nothing in common, two members only what they share.
func TestWhatIsDerived(t *testing.T) {
	derived := func(url string, who Who) Access {
		a, err := Derive(url, who)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	east, west := whoIs(1, "east", "a"), whoIs(1, "west", "b")
	one, two := derived("https://one.example", east), derived("https://two.example", east)
	if one.Mailbox == two.Mailbox || one.Door == two.Door || one.Key == two.Key || one.Admin == two.Admin ||
		one.Side == two.Side || one.Member == two.Member || one.Sides[one.Side] == two.Sides[two.Side] {
		t.Error("two relays have something in common")
	}
	other := derived("https://one.example/", west)
	if one.Mailbox != other.Mailbox || one.Door != other.Door || one.Sides[other.Side] != other.Sides[other.Side] {
		t.Error("two members miss each other")
	}
	if one.Key == other.Key || one.Admin == other.Admin || one.Member == other.Member || one.Side == other.Side {
		t.Error("two members share what is one's own")
	}
	for a, b := range map[string]string{
		"https://One.example": "https://one.example:443/", "http://a.example": "http://a.example:80",
		"https://a.example#swiss": "http://b.example:7400/x#swiss",
	} {
		want(t, a, derived(a, east).Mailbox == derived(b, east).Mailbox, true)
	}
	for a, b := range map[string]string{"http://a.example": "http://a.example:81", "http://a.example/x": "http://a.example/y", "http://a#x": "http://a#y"} {
		want(t, a, derived(a, east).Mailbox == derived(b, east).Mailbox, false)
	}
}

func TestASideAdministersItsOwn(t *testing.T) {
	_, url := open(t, Config{})
	a, b := memberOf(t, url, whoIs(1, "east", "a")), memberOf(t, url, whoIs(1, "west", "b"))
	want(t, "east", mustAppend(t, a, "a"), 1)
	want(t, "west", mustAppend(t, b, "b"), 2)
	second := memberOf(t, url, whoIs(1, "east", "second"))
	administer := func(c *Client, want bool, members ...string) {
		t.Helper()
		closed, err := c.Administer(t.Context(), members)
		if err != nil || closed != want {
			t.Errorf("closed %v, %v", closed, err)
		}
	}
	administer(a, false, "a", "second")
	mustAppend(t, second, "c") // the side is still open
	administer(a, true, "a", "second")
	administer(a, true, "a", "second") // again changes nothing

	third := memberOf(t, url, whoIs(1, "east", "third"))
	for who, c := range map[string]*Client{"unknown": third, "another side's, who knows all that is shared": memberOf(t, url, Who{
		Shared: bytes.Repeat([]byte{1}, 32), Own: bytes.Repeat([]byte{7}, 32), Sides: []string{"east", "west"}, Side: "east", Member: "a",
	})} {
		_, err := c.Append(t.Context(), []byte("x"))
		if !errors.Is(err, ErrNotEnrolled) {
			t.Errorf("%s: %v", who, err)
		}
		if _, err := c.Administer(t.Context(), []string{"b"}); !errors.Is(err, ErrNotEnrolled) {
			t.Errorf("%s administers: %v", who, err)
		}
	}

	administer(a, false, "a", "third") // third has not come, second has left
	mustAppend(t, third, "d")
	administer(a, true, "a", "third")
	_, err := second.Append(t.Context(), []byte("e"))
	if !errors.Is(err, ErrNotEnrolled) {
		t.Errorf("revoked: %v", err)
	}
	want(t, "who was revoked can read why", all(t, second, 2), "3:c 4:d ")
	administer(a, false, "a", "third", "not there yet")
	_, err = second.Append(t.Context(), []byte("e"))
	wantError(t, err, "revoked by its side") // though the side is open again
	// Who enrols another side's member in its own changes nothing for that one.
	if err := b.change(t.Context(), func(sideState) (sideChange, bool) {
		return sideChange{Enrol: map[hexTag]hexKey{a.access.Member: {1}}}, true
	}); err != nil {
		t.Error(err)
	}
	want(t, "the other side is as it was", all(t, a, 0), "1:a 2:b 3:c 4:d ")
}

// An administrator's key opens no other side, a member's and the door's none.
func TestAKeyIsGoodForItsUse(t *testing.T) {
	_, url := open(t, Config{})
	a, b := memberOf(t, url, whoIs(1, "east", "a")), memberOf(t, url, whoIs(1, "west", "b"))
	mustAppend(t, a, "a")
	mustAppend(t, b, "b")
	east, west := "/side/"+a.access.Side.String(), "/side/"+b.access.Side.String()
	admin := signer{holder{side: a.access.Side}, a.access.Sides[a.access.Side]}
	door := signer{key: a.access.Door}
	enrol := fmt.Sprintf(`{"revision":1,"enrol":{"%s":"%x"}}`, Tag{9}, [32]byte{9})
	for what, q := range map[string]request{
		"a member shows a side":        {method: "GET", path: east},
		"a member changes its side":    {method: "PUT", path: east, body: []byte(enrol)},
		"a side shows another":         {method: "GET", path: west, as: admin},
		"a side changes another":       {method: "PUT", path: west, body: []byte(enrol), as: admin},
		"a side reads":                 {method: "GET", as: admin},
		"a side writes":                {method: "POST", body: []byte("x"), as: admin},
		"the door reads":               {method: "GET", as: door},
		"the door shows a side":        {method: "GET", path: east, as: door},
		"the door changes a side":      {method: "PUT", path: east, body: []byte(enrol), as: door},
		"a side's key as the door's":   {method: "POST", path: east, body: []byte(enrol), as: signer{key: admin.key}},
		"a member's tag, the door key": {method: "GET", as: signer{holder{a.access.Side, a.access.Member}, a.access.Door}},
		"another member's tag":         {method: "GET", as: signer{holder{b.access.Side, b.access.Member}, a.access.Key}},
		"nobody's tag":                 {method: "GET", as: signer{holder{a.access.Side, Tag{5}}, Key{}}},
	} {
		_, no, err := a.send(t.Context(), q)
		if err != nil || no == nil || no.Status != 404 {
			t.Errorf("%s: %v %v", what, no, err)
		}
	}
	// A seat that is taken stays as it is.
	other := hexKey(Key{3})
	if err := a.tell(t.Context(), request{method: "POST", path: west, body: []byte(fmt.Sprintf(`{"admin":"%x"}`, [32]byte(other))), as: door}); err != nil {
		t.Error(err)
	}
	if closed, err := b.Administer(t.Context(), []string{"b"}); err != nil || !closed {
		t.Errorf("west has lost its seat: %v", err)
	}
}

func TestChangesAreChecked(t *testing.T) {
	_, url := open(t, Config{})
	a := memberOf(t, url, whoIs(1, "east", "a"))
	mustAppend(t, a, "a")
	admin := signer{holder{side: a.access.Side}, a.access.Sides[a.access.Side]}
	put := func(body string) (int, string) {
		t.Helper()
		resp, no, err := a.send(t.Context(), request{method: "PUT", path: "/side/" + a.access.Side.String(), body: []byte(body), as: admin})
		if err != nil {
			t.Fatal(err)
		}
		if no != nil {
			return no.Status, no.Text
		}
		_ = drained(resp)
		return 200, ""
	}
	many := `{"revision":1,"enrol":{`
	for i := range maxMembers {
		many += fmt.Sprintf(`"%s":"%x",`, Tag{7, byte(i)}, [32]byte{1})
	}
	many = strings.TrimSuffix(many, ",") + "}}"
	for _, tc := range []struct {
		body string
		code int
	}{
		{"x", 400},
		{`{"revision":1,"admin":"00"}`, 400},
		{`{"revision":1,"revoke":["0"]}`, 400},
		{`{"revision":0}`, 409},
		{`{"revision":2}`, 409},
		{fmt.Sprintf(`{"revision":1,"enrol":{"%s":"%x"}}`, a.access.Member, [32]byte{1}), 409},
		{many, 403},
		{`{"revision":1}`, 200},
		{`{"revision":1}`, 409}, // said again
	} {
		code, text := put(tc.body)
		want(t, tc.body+" "+text, code, tc.code)
	}
}

// A neutral who came later gets a seat, and there is an end to seats.
func TestASideThatCameLater(t *testing.T) {
	dir := t.TempDir()
	s, url := open(t, Config{Dir: dir})
	mustAppend(t, memberOf(t, url, whoIs(1, "east", "a")), "a")
	for i := range maxSides - 2 {
		want(t, "seated", mustAppend(t, memberOf(t, url, whoIs(1, fmt.Sprint("neutral:", i), "n")), fmt.Sprint(i)), uint64(i)+2)
	}
	_, err := memberOf(t, url, whoIs(1, "one more", "n")).Append(t.Context(), []byte("x"))
	wantError(t, err, "as many sides as it may")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, url2 := open(t, Config{Dir: dir})
	a, err := Derive(url, whoIs(1, "neutral:3", "n"))
	if err != nil {
		t.Fatal(err)
	}
	want(t, "after a restart", mustAppend(t, dialAs(t, url2, a, Options{}), "late"), maxSides)
}

// A writer who floods is stopped for the day; its side by its share; nobody else
// notices, and neither is forgotten by a restart.
func TestFloodsStopTheirWriter(t *testing.T) {
	dir := t.TempDir()
	now := time.Unix(1_800_000_000, 0)
	cfg := Config{Dir: dir, WriterEntries: 5, WriterBytes: 5000, MaxMailboxBytes: 4 * 9000, Now: func() time.Time { return now }}
	s, url := open(t, cfg)
	client := func(side, member string) *Client {
		a, err := Derive("http://relay.example", whoIs(1, side, member))
		if err != nil {
			t.Fatal(err)
		}
		return dialAs(t, url, a, Options{Now: func() time.Time { return now }})
	}
	flood := func(c *Client, each int, word string) (n int) {
		for ; ; n++ {
			_, err := c.Append(t.Context(), []byte(fmt.Sprintf("%s%03d%s", word, n, strings.Repeat("x", each))))
			if err == nil {
				continue
			}
			wantError(t, err, "status ")
			return n
		}
	}
	want(t, "by count", flood(client("east", "a"), 1, "a"), 5)
	want(t, "by size", flood(client("east", "b"), 2000, "b"), 2)
	want(t, "by the side's share", flood(client("east", "c"), 1200, "c"), 4)
	want(t, "what is there keeps its number", mustAppend(t, client("east", "a"), "a000x"), 1)
	_, err := client("east", "a").Append(t.Context(), []byte("y"))
	wantError(t, err, "status 429", "stored as much today")
	want(t, "the other side", flood(client("west", "d"), 100, "d"), 5)

	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Second)
	_, url = open(t, cfg)
	want(t, "after a restart", flood(client("east", "a"), 2, "e"), 0)
	now = now.Add(24 * time.Hour)
	want(t, "on the next day", flood(client("west", "d"), 100, "f"), 5)
	want(t, "the share stays used up", flood(client("east", "b"), 1500, "f"), 0)
}
