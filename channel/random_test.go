package channel

import (
	"crypto/sha256"
	"io"
	mathrand "math/rand/v2"
)

// randomness is a source that gives the same bytes for the same seed.
func randomness(seed byte) io.Reader {
	return mathrand.NewChaCha8(sha256.Sum256([]byte{seed}))
}
