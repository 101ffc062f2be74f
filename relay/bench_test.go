package relay

import (
	"crypto/rand"
	"fmt"
	"testing"
)

// BenchmarkAppend is one envelope over HTTP onto the disk, one at a time.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{18 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			_, url := open(b, Config{})
			c := member(b, url)
			envelope := make([]byte, size)
			_, _ = rand.Read(envelope)
			mustAppend(b, c, "registered")
			b.SetBytes(int64(size))
			for i := 0; b.Loop(); i++ {
				copy(envelope, fmt.Sprintf("%016d", i))
				if _, err := c.Append(b.Context(), envelope); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFetch reads 1000 envelopes of 18 KiB.
func BenchmarkFetch(b *testing.B) {
	_, url := open(b, Config{})
	c := member(b, url)
	envelope := make([]byte, 18<<10)
	for i := range 1000 {
		copy(envelope, fmt.Sprintf("%016d", i))
		mustAppend(b, c, string(envelope))
	}
	b.SetBytes(1000 * int64(len(envelope)))
	for b.Loop() {
		if err := c.Fetch(b.Context(), 0, func(uint64, []byte) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
