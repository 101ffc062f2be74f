package relay

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// put registers by hand.
func put(t *testing.T, url, name, body, word string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "PUT", url+"/v1/box/"+name, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if word != "" {
		r.Header.Set(admitHeader, word)
	}
	return do(t, r)
}

// openingOf opens a mailbox with this door key and one side.
func openingOf(door Key) string {
	return fmt.Sprintf(`{"door":"%x","sides":{"%s":"%x"}}`, [32]byte(door), sideTag, [32]byte{9})
}

func TestTheFirstKeyStays(t *testing.T) {
	dir := t.TempDir()
	s, url := open(t, Config{Dir: dir})
	name, key := secret()
	_, other := secret()
	box := fmt.Sprintf("%x", [32]byte(name))
	check := func(body string, want int, part string) {
		t.Helper()
		code, text := put(t, url, box, body, "")
		wantAnswer(t, code, text, want, part)
	}
	check(openingOf(key), 201, "")
	check(openingOf(key), 200, "")
	check(openingOf(other), 409, "another key")
	for _, bad := range []string{
		"", "x", "{}", "null", openingOf(key) + "x", strings.Repeat(" ", maxOpening), openingOf(Key{}),
		`{"door":"00","sides":{}}`, strings.ToUpper(openingOf(key)), fmt.Sprintf(`{"door":"%x","sides":{}}`, [32]byte(key)),
	} {
		check(bad, 400, "opens no mailbox")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, url = open(t, Config{Dir: dir})
	check(openingOf(other), 409, "another key")
	check(openingOf(key), 200, "")

	late := dial(t, url, name, other, Options{})
	_, err := late.Append(t.Context(), []byte("x"))
	wantError(t, err, "status 409", "another key")
	if errors.Is(err, ErrUnreachable) {
		t.Error("a refusal looks like a relay that is down")
	}
}

func TestNamesHaveOneSpelling(t *testing.T) {
	_, url := open(t, Config{})
	_, key := secret()
	for _, name := range []string{"x", strings.Repeat("A", 64), strings.Repeat("g", 64), strings.Repeat("0", 63), strings.Repeat("0", 66)} {
		code, text := put(t, url, name, openingOf(key), "")
		wantAnswer(t, code, text, 400, "64 lower-case hex digits")
	}
}

func TestAnAccessWord(t *testing.T) {
	_, url := open(t, Config{Admit: "open sesame"})
	name, key := secret()
	box := fmt.Sprintf("%x", [32]byte(name))
	for _, word := range []string{"", "open", "Open sesame"} {
		_, err := dial(t, url, name, key, Options{Admit: word}).Append(t.Context(), []byte("x"))
		wantError(t, err, "status 403", "access word")
	}
	want(t, "with the word", mustAppend(t, dial(t, url, name, key, Options{Admit: "open sesame"}), "x"), 1)
	want(t, "once registered", mustAppend(t, dial(t, url, name, key, Options{}), "y"), 2)

	// Without the word nobody learns whether a mailbox is there.
	_, other := secret()
	nobody, _ := secret()
	code1, text1 := put(t, url, box, openingOf(other), "")
	code2, text2 := put(t, url, fmt.Sprintf("%x", [32]byte(nobody)), openingOf(other), "")
	want(t, "status", code1, code2)
	want(t, "answer", text1, text2)
	code, text := put(t, url, box, openingOf(other), "open sesame")
	wantAnswer(t, code, text, 409, "another key")
}

func TestMailboxesAreCounted(t *testing.T) {
	_, url := open(t, Config{MaxMailboxes: 2})
	a := member(t, url)
	mustAppend(t, a, "a")
	mustAppend(t, member(t, url), "b")
	_, err := member(t, url).Append(t.Context(), []byte("c"))
	wantError(t, err, "status 507", "as many mailboxes as it may")
	want(t, "those that are there go on", mustAppend(t, a, "c"), 2)
}

// A mailbox whose making was cut off (kill -9 between two files) or whose
// description is damaged must not swallow what is sent to it later.
func TestADamagedMailboxIsSetAside(t *testing.T) {
	for _, file := range []string{"meta.sum", "meta.inf"} {
		for _, act := range []string{"missing", "changed"} {
			t.Run(file+" "+act, func(t *testing.T) { testSetAside(t, file, act) })
		}
	}
}

func testSetAside(t *testing.T, file, act string) {
	dir := t.TempDir()
	name, key := secret()
	s, url := open(t, Config{Dir: dir})
	c := dial(t, url, name, key, Options{})
	mustAppend(t, c, "old")
	fine := member(t, url)
	mustAppend(t, fine, "untouched")
	epoch, _, _ := c.State(t.Context())
	restart := func() {
		t.Helper()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s, url = open(t, Config{Dir: dir})
		c.base, fine.base = url, url
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "jetstream", "$G", "streams", fmt.Sprintf("box-%x", [32]byte(name)), file)
	if err := spoilFile(path, act); err != nil {
		t.Fatal(err)
	}
	restart()
	again, _, err := c.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again == epoch {
		t.Error("a mailbox that was set aside has the same epoch")
	}
	mustAppend(t, c, "new")
	restart()
	want(t, "after the next start", all(t, c, 0), "1:new ")
	want(t, "the neighbour", all(t, fine, 0), "1:untouched ")
	kept, err := filepath.Glob(filepath.Join(dir, "set-aside", "*", "*", "msgs", "*.blk"))
	if err != nil || len(kept) != 1 {
		t.Errorf("set aside: %q, %v", kept, err)
	}
}

func spoilFile(path, act string) error {
	if act == "missing" {
		return os.Remove(path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text[len(text)/2] ^= 1
	return os.WriteFile(path, text, 0o600)
}

func TestOneRelayPerDirectory(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, Config{Dir: dir})
	_, err := Open(t.Context(), Config{Dir: dir})
	wantError(t, err, "another relay uses this directory", dir)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, Config{Dir: dir})
}

func TestConfigsThatCantBeMeant(t *testing.T) {
	dir := t.TempDir()
	for _, cfg := range []Config{
		{},
		{Dir: dir, MaxEnvelope: -1},
		{Dir: dir, MaxEnvelope: maxFrame + 1},
		{Dir: dir, MaxMailboxes: -1},
		{Dir: dir, MaxMailboxBytes: -1},
		{Dir: filepath.Join(dir, "file", "below")},
	} {
		if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := Open(t.Context(), cfg); err == nil {
			t.Errorf("%+v opens", cfg)
			_ = s.Close()
		}
	}
}
