package ot

import (
	"bytes"
	"crypto/rand"
	"crypto/sha3"
	"math"
	"strings"
	"testing"
)

func pairs(n int) [][2]Message {
	out := make([][2]Message, n)
	for i := range out {
		_, _ = rand.Read(out[i][0][:])
		_, _ = rand.Read(out[i][1][:])
	}
	return out
}

func receiver(t testing.TB, p Place, choices []byte, seed byte) *Receiver {
	t.Helper()
	r, err := NewReceiver(p, choices, [SeedSize]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var here = Place{Session: [32]byte{7}, Sender: 0, Receiver: 1}

func TestTheChosenMessageAndNoOther(t *testing.T) {
	choices := []byte{0, 1, 1, 0, 1, 0, 0, 1}
	r := receiver(t, here, choices, 1)
	want := pairs(len(choices))
	reply, err := Reply(here, r.Request(), want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Open(reply)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range choices {
		if got[i] != want[i][c] {
			t.Errorf("transfer %d: not the chosen message", i)
		}
	}
	// With the other choice, the same key opens nothing.
	for i := range r.choices {
		r.choices[i] ^= 1
	}
	got, err = r.Open(reply)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if got[i] == want[i][0] || got[i] == want[i][1] {
			t.Errorf("transfer %d: the other message was opened", i)
		}
	}
}

// TestBound: a reply made for another session, index or direction opens
// nothing.
func TestBound(t *testing.T) {
	choices := []byte{0, 1}
	r := receiver(t, here, choices, 1)
	for name, p := range map[string]Place{
		"session":   {Session: [32]byte{8}, Sender: 0, Receiver: 1},
		"direction": {Session: [32]byte{7}, Sender: 1, Receiver: 0},
	} {
		want := pairs(2)
		reply, err := Reply(p, r.Request(), want)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := r.Open(reply); got[0] == want[0][0] || got[1] == want[1][1] {
			t.Errorf("a reply for another %s was opened", name)
		}
	}
	want := pairs(2)
	req := r.Request()
	swapped := append(bytes.Clone(req[RequestSize:]), req[:RequestSize]...)
	reply, err := Reply(here, swapped, want)
	if err != nil {
		t.Fatal(err)
	}
	turned := append(bytes.Clone(reply[ReplySize:]), reply[:ReplySize]...)
	if got, _ := r.Open(turned); got[0] == want[1][0] || got[1] == want[0][1] {
		t.Error("a reply for another place was opened")
	}
}

func TestMalformedKeysAreRefused(t *testing.T) {
	r := receiver(t, here, []byte{0, 1}, 1)
	for _, at := range []int{seedSize, seedSize + vectorSize, RequestSize + seedSize} {
		bad := bytes.Clone(r.Request())
		bad[at], bad[at+1] = 0x01, bad[at+1]&0xf0|0xd // 3329
		if _, err := Reply(here, bad, pairs(2)); err == nil || !strings.Contains(err.Error(), "not below 3329") {
			t.Errorf("byte %d: %v", at, err)
		}
	}
	for _, n := range []int{0, RequestSize, 2*RequestSize - 1, 2*RequestSize + 1} {
		if _, err := Reply(here, make([]byte, n), pairs(2)); err == nil {
			t.Errorf("a request of %d bytes was answered", n)
		}
	}
	for _, n := range []int{0, ReplySize, 2*ReplySize + 1} {
		if _, err := r.Open(make([]byte, n)); err == nil {
			t.Errorf("a reply of %d bytes was opened", n)
		}
	}
}

func TestSameSeedSameRequest(t *testing.T) {
	a, b := receiver(t, here, []byte{0, 1}, 1), receiver(t, here, []byte{0, 1}, 1)
	if !bytes.Equal(a.Request(), b.Request()) {
		t.Error("the same seed gave another request")
	}
	if c := receiver(t, here, []byte{0, 1}, 2); bytes.Equal(a.Request(), c.Request()) {
		t.Error("another seed gave the same request")
	}
}

// TestTheRequestLooksUniform: with either choice, both vectors are uniform below
// q: chi-square over the numbers, in 13 classes.
func TestTheRequestLooksUniform(t *testing.T) {
	const classes, limit = 13, 40.0 // 12 degrees of freedom: p < 0.0001
	for choice := range byte(2) {
		r := receiver(t, here, bytes.Repeat([]byte{choice}, 20), 3+choice)
		for half := range 2 {
			var count [classes]float64
			for i := range 20 {
				var v vector
				at := i*RequestSize + seedSize + half*vectorSize
				if err := v.decode(r.Request()[at : at+vectorSize]); err != nil {
					t.Fatal(err)
				}
				for _, n := range v {
					count[int(n)*classes/q]++
				}
			}
			sum, each := 0.0, 20.0*dimension/classes
			for _, n := range count {
				sum += (n - each) * (n - each) / each
			}
			if sum > limit || math.IsNaN(sum) {
				t.Errorf("choice %d, vector %d: chi-square %.1f", choice, half, sum)
			}
		}
	}
}

func TestVectorArithmetic(t *testing.T) {
	x := sha3.NewSHAKE128()
	var a, b, c, d vector
	a.sample(x)
	b.sample(x)
	a[0], b[0], a[1], b[1], a[2], b[2] = 0, 0, q-1, q-1, 0, q-1
	c.add(&a, &b)
	for i := range c {
		if c[i] != (a[i]+b[i])%q {
			t.Fatalf("%d + %d = %d", a[i], b[i], c[i])
		}
	}
	d.subtract(&c, &b)
	if d != a {
		t.Error("subtracting does not undo adding")
	}
	var text [vectorSize]byte
	a.encode(text[:])
	if err := d.decode(text[:]); err != nil || d != a {
		t.Errorf("decoding does not undo encoding: %v", err)
	}
}

func FuzzReply(f *testing.F) {
	r, err := NewReceiver(here, []byte{0}, [SeedSize]byte{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(r.Request())
	f.Fuzz(func(t *testing.T, request []byte) {
		reply, err := Reply(here, request, make([][2]Message, 1))
		if err == nil && len(reply) != ReplySize {
			t.Fatalf("a reply of %d bytes", len(reply))
		}
		if err == nil {
			if _, err := r.Open(reply); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func BenchmarkRequest(b *testing.B) {
	for b.Loop() {
		_, _ = NewReceiver(here, make([]byte, 100), [SeedSize]byte{1})
	}
}

func BenchmarkReply(b *testing.B) {
	r := receiver(b, here, make([]byte, 100), 1)
	p := pairs(100)
	for b.Loop() {
		_, _ = Reply(here, r.Request(), p)
	}
}

func BenchmarkOpen(b *testing.B) {
	r := receiver(b, here, make([]byte, 100), 1)
	reply, _ := Reply(here, r.Request(), pairs(100))
	for b.Loop() {
		_, _ = r.Open(reply)
	}
}
