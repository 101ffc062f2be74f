package relay

import (
	"testing"
	"time"
)

// What is kept for a while is gone then, its number is not given out again, and
// a relay that is told to keep for longer does so.
func TestRetention(t *testing.T) {
	dir := t.TempDir()
	s, url := open(t, Config{Dir: dir, Retain: time.Second})
	c := member(t, url)
	want(t, "number", mustAppend(t, c, "a"), 1)
	until(t, func() bool { return all(t, c, 0) == "" })
	epoch, last, err := c.State(t.Context())
	if err != nil || last != 1 {
		t.Errorf("last %d, %v", last, err)
	}
	want(t, "the next number", mustAppend(t, c, "b"), 2)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, url = open(t, Config{Dir: dir})
	c = dialAs(t, url, c.access, Options{})
	want(t, "the number after that", mustAppend(t, c, "c"), 3)
	time.Sleep(1200 * time.Millisecond)
	got := all(t, c, 0)
	if got != "3:c " && got != "2:b 3:c " {
		t.Errorf("kept: %q", got)
	}
	again, _, _ := c.State(t.Context())
	want(t, "epoch", again, epoch)
}

// A side that stores its share on every day never has more than its share.
func TestAShareOutlastsRetention(t *testing.T) {
	for _, retain := range []time.Duration{0, time.Hour, 24 * time.Hour, 36 * time.Hour, 30 * 24 * time.Hour} {
		c := Config{MaxMailboxBytes: 4 << 20, Retain: retain}
		days := int64(1) // how many days' envelopes can stand at once
		if retain > 0 {
			days += int64((retain + 24*time.Hour - 1) / (24 * time.Hour))
		}
		if got := c.share() * days; got > 1<<20 || got < 1<<19 {
			t.Errorf("%v: %d bytes at once", retain, got)
		}
	}
}
