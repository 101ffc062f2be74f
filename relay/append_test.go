package relay

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func TestAppendAndFetch(t *testing.T) {
	_, url := open(t, Config{})
	c := member(t, url)
	want(t, "a new mailbox", all(t, c, 0), "")
	want(t, "first", mustAppend(t, c, "a"), 1)
	want(t, "second", mustAppend(t, c, "b"), 2)
	want(t, "everything", all(t, c, 0), "1:a 2:b ")
	want(t, "after the first", all(t, c, 1), "2:b ")
	want(t, "after the last", all(t, c, 2), "")
	want(t, "after what never was", all(t, c, 1<<63), "")
	_, last, err := c.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want(t, "last", last, 2)
}

func TestSameBytesKeepTheirNumberAcrossRestarts(t *testing.T) {
	dir := t.TempDir()
	name, key := secret()
	s, url := open(t, Config{Dir: dir})
	c := dial(t, url, name, key, Options{})
	mustAppend(t, c, "a")
	mustAppend(t, c, "b")
	want(t, "again", mustAppend(t, c, "a"), 1)
	epoch, _, _ := c.State(t.Context())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	_, url = open(t, Config{Dir: dir})
	c = dial(t, url, name, key, Options{})
	want(t, "again after a restart", mustAppend(t, c, "a"), 1)
	want(t, "next", mustAppend(t, c, "c"), 3)
	want(t, "everything", all(t, c, 0), "1:a 2:b 3:c ")
	again, last, err := c.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want(t, "epoch", again, epoch)
	want(t, "last", last, 3)
}

func TestAWipedRelayHasAnotherEpoch(t *testing.T) {
	dir := t.TempDir()
	name, key := secret()
	s, url := open(t, Config{Dir: dir})
	c := dial(t, url, name, key, Options{})
	mustAppend(t, c, "a")
	epoch, _, _ := c.State(t.Context())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}

	_, url = open(t, Config{Dir: dir})
	c.base = url // as if the relay came back where it was
	again, last, err := c.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again == epoch {
		t.Error("a wiped relay has the same epoch")
	}
	want(t, "last", last, 0)
	want(t, "number", mustAppend(t, c, "a"), 1)
}

func TestMailboxesAreApart(t *testing.T) {
	_, url := open(t, Config{})
	a, b := member(t, url), member(t, url)
	mustAppend(t, a, "same bytes")
	want(t, "number elsewhere", mustAppend(t, b, "same bytes"), 1)
	mustAppend(t, a, "for a alone")
	want(t, "b sees", all(t, b, 0), "1:same bytes ")

	thief := dial(t, url, a.access.Mailbox, b.access.Key, Options{})
	if _, err := thief.Append(t.Context(), []byte("x")); err == nil {
		t.Error("another mailbox's key appends")
	}
	err := thief.Fetch(t.Context(), 0, func(uint64, []byte) error { t.Error("another mailbox's key reads"); return nil })
	if err == nil {
		t.Error("another mailbox's key fetches")
	}
}

func TestWritersAtOnce(t *testing.T) {
	_, url := open(t, Config{})
	name, key := secret()
	const writers, each = 6, 25
	var mu sync.Mutex
	numbers := map[string]uint64{}
	var wg sync.WaitGroup
	for w := range writers {
		c := dial(t, url, name, key, Options{})
		wg.Go(func() {
			for i := range each {
				for _, envelope := range []string{fmt.Sprintf("shared %d", i), fmt.Sprintf("own %d %d", w, i)} {
					n, err := c.Append(t.Context(), []byte(envelope))
					mu.Lock()
					if old, ok := numbers[envelope]; err != nil || ok && old != n {
						t.Errorf("%s: number %d after %d, error %v", envelope, n, old, err)
					}
					numbers[envelope] = n
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	got := map[string]uint64{}
	err := dial(t, url, name, key, Options{}).Fetch(t.Context(), 0, func(n uint64, e []byte) error {
		got[string(e)] = n
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "envelopes", len(got), each+writers*each)
	want(t, "the numbers are those that were answered", maps.Equal(got, numbers), true)
}

// What a mailbox answers is what a list would, whatever the order of acts.
func TestAMailboxIsAList(t *testing.T) {
	_, url := open(t, Config{})
	rapid.Check(t, func(rt *rapid.T) {
		c := member(t, url)
		var list []string
		rt.Repeat(map[string]func(*rapid.T){
			"append": func(rt *rapid.T) {
				e := rapid.StringN(1, 5, -1).Draw(rt, "envelope")
				if !slices.Contains(list, e) {
					list = append(list, e)
				}
				want(rt, "number", mustAppend(t, c, e), uint64(1+slices.Index(list, e)))
			},
			"fetch": func(rt *rapid.T) {
				after := rapid.IntRange(0, len(list)).Draw(rt, "after")
				var b strings.Builder
				for i, e := range list[after:] {
					fmt.Fprintf(&b, "%d:%s ", after+i+1, e)
				}
				want(rt, "contents", all(t, c, uint64(after)), b.String())
			},
		})
	})
}

func TestPages(t *testing.T) {
	_, url := open(t, Config{})
	c := member(t, url)
	var b strings.Builder
	for i := range 2*pageCount + 3 {
		fmt.Fprintf(&b, "%d:%d ", mustAppend(t, c, fmt.Sprint(i)), i)
	}
	want(t, "three pages", all(t, c, 0), b.String())

	// A page is bounded in bytes, too, but no envelope is too large for one.
	big := member(t, url)
	for i := range 3 {
		mustAppend(t, big, strings.Repeat(fmt.Sprint(i), 6<<20))
	}
	p := page{}
	count := 0
	err := big.page(t.Context(), &p, 0, func(uint64, []byte) error { count++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	want(t, "envelopes in a page", count, 2)
	want(t, "more", p.more, true)
	want(t, "all of them", len(all(t, big, 0)), 3*(6<<20+3))
}

// Numbers may have gaps, where something was removed or lost.
func TestAGapIsSkipped(t *testing.T) {
	s, url := open(t, Config{})
	c := member(t, url)
	for _, e := range []string{"a", "b", "c"} {
		mustAppend(t, c, e)
	}
	b := s.boxes.find(fmt.Sprintf("%x", [32]byte(c.access.Mailbox)))
	if err := b.stream.DeleteMsg(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	want(t, "around the gap", all(t, c, 0), "1:a 3:c ")
	want(t, "from the gap on", all(t, c, 1), "3:c ")
}

func TestAMailboxThatIsFull(t *testing.T) {
	dir := t.TempDir()
	name, key := secret()
	s, url := open(t, Config{Dir: dir, MaxMailboxBytes: 160 << 10})
	c := dial(t, url, name, key, Options{})
	fill := strings.Repeat("x", 10<<10)
	for i := range 3 {
		mustAppend(t, c, fmt.Sprint(i)+fill)
	}
	_, err := c.Append(t.Context(), []byte("3"+fill))
	wantError(t, err, "status 507", "share of the mailbox is full")
	want(t, "what was there keeps its number", mustAppend(t, c, "1"+fill), 2)
	want(t, "another mailbox", mustAppend(t, member(t, url), fill), 1)
	whole := all(t, c, 0)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	// A lower limit deletes nothing, a higher one makes room.
	s, url = open(t, Config{Dir: dir, MaxMailboxBytes: 4 << 10})
	c = dial(t, url, name, key, Options{})
	want(t, "under a lower limit", all(t, c, 0), whole)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, url = open(t, Config{Dir: dir, MaxMailboxBytes: 400 << 10})
	c = dial(t, url, name, key, Options{})
	want(t, "under a higher limit", mustAppend(t, c, "3"+fill), 4)
}

func TestADiskThatIsFull(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	left := uint64(diskReserve + 10)
	s.storage.free = func(string) (uint64, error) { return left, nil }
	url := serve(t, s)
	c := member(t, url)
	want(t, "while there is room", mustAppend(t, c, "small"), 1)
	_, err = c.Append(t.Context(), []byte("larger than the room left"))
	wantError(t, err, "status 507", "disk is full")
	left = 0
	want(t, "what was there", mustAppend(t, c, "small"), 1)
	_, err = member(t, url).Append(t.Context(), []byte("x"))
	wantError(t, err, "status 507", "disk is full")
	want(t, "nothing half-written", all(t, c, 0), "1:small ")
}

// A kill leaves the system's cache in place, so no test here can see a write
// that was not synced: watching the relay's system calls did. This holds the
// option that does it.
func TestEveryWriteIsSynced(t *testing.T) {
	o := natsOptions(t.TempDir(), 1)
	want(t, "SyncAlways", o.SyncAlways, true)
	want(t, "listens", !o.DontListen, false)
}

func TestAnEmptyEnvelopeIsRefused(t *testing.T) {
	_, url := open(t, Config{})
	c := member(t, url)
	if _, err := c.Append(t.Context(), nil); err == nil {
		t.Error("the client sends an empty envelope")
	}
	mustAppend(t, c, "registered")
	code, text := ask(t, "POST", boxURL(url, c.access.Mailbox), c.access.Key, "", nil)
	wantAnswer(t, code, text, 400, "body is empty")
}
