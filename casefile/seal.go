package casefile

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"

	"golang.org/x/crypto/chacha20poly1305"
)

// The database's own encryption hides but does not protect: a changed page
// comes out as noise, an old page as what it was. So each value is sealed again
// by itself, bound to its place, and the sum over all sealed values is kept
// sealed as well: a value that was changed, moved, taken away or put back does
// not pass.

// sealer seals values of one store.
type sealer struct {
	aead cipher.AEAD
	set  [32]byte
	id   []byte
}

func newSealer(k *keys) (*sealer, error) {
	aead, err := chacha20poly1305.NewX(k.values[:])
	if err != nil {
		return nil, err
	}
	return &sealer{aead: aead, set: k.set, id: k.id}, nil
}

// at is the associated data of a place: store, bucket and key.
func (s *sealer) at(bucket, key string) []byte {
	b := append([]byte("parley/v1/store/record\x00"), s.id...)
	b = binary.BigEndian.AppendUint64(b, uint64(len(bucket)))
	return append(append(b, bucket...), key...)
}

// seal gives nonce and ciphertext.
func (s *sealer) seal(bucket, key string, value []byte) ([]byte, error) {
	sealed := make([]byte, chacha20poly1305.NonceSizeX, s.sealedSize(len(value)))
	if _, err := rand.Read(sealed); err != nil {
		return nil, err
	}
	return s.aead.Seal(sealed, sealed, value, s.at(bucket, key)), nil
}

func (s *sealer) sealedSize(n int) int {
	return chacha20poly1305.NonceSizeX + n + chacha20poly1305.Overhead
}

// open appends the value to dst.
func (s *sealer) open(dst []byte, bucket, key string, sealed []byte) ([]byte, bool) {
	if len(sealed) < s.sealedSize(0) {
		return nil, false
	}
	nonce, box := sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:]
	value, err := s.aead.Open(dst, nonce, box, s.at(bucket, key))
	return value, err == nil
}

// root stands for the whole store: of what version it is, how often it was
// changed, and the set of its sealed values, as how many there are and the sum
// modulo 2^256 of a keyed hash of each. Adding and taking away cost the same
// however large the store is.
type root struct {
	version uint64 // see Step
	changes uint64 // Updates that changed something, ever
	count   uint64
	sum     [4]uint64 // least significant first
}

// mark is the keyed hash of a sealed value, which its place, nonce and
// authenticator determine.
func (s *sealer) mark(bucket, key string, sealed []byte) (m [4]uint64) {
	h := hmac.New(sha256.New, s.set[:])
	h.Write(s.at(bucket, key))
	h.Write(sealed[:chacha20poly1305.NonceSizeX])
	h.Write(sealed[len(sealed)-chacha20poly1305.Overhead:])
	sum := h.Sum(nil)
	for i := range m {
		m[i] = binary.LittleEndian.Uint64(sum[8*i:])
	}
	return m
}

func (r *root) add(m [4]uint64) {
	var carry uint64
	for i := range r.sum {
		r.sum[i], carry = bits.Add64(r.sum[i], m[i], carry)
	}
	r.count++
}

func (r *root) take(m [4]uint64) {
	var borrow uint64
	for i := range r.sum {
		r.sum[i], borrow = bits.Sub64(r.sum[i], m[i], borrow)
	}
	r.count--
}

// Stores of version 1 did not count their changes and did not write their
// version: their root has two numbers less.
const (
	rootSize  = 8 * 7
	rootSize1 = 8 * 5
)

func (r *root) encode() []byte {
	b := make([]byte, 0, rootSize)
	for _, x := range append([]uint64{r.version, r.changes, r.count}, r.sum[:]...) {
		b = binary.BigEndian.AppendUint64(b, x)
	}
	return b
}

func (r *root) decode(b []byte) bool {
	switch {
	case len(b) == rootSize1:
		r.version, r.changes = 1, 0
	case len(b) >= rootSize: // a newer version may have put more behind
		r.version, r.changes = binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
		b = b[16:]
	default:
		return false
	}
	r.count = binary.BigEndian.Uint64(b)
	for i := range r.sum {
		r.sum[i] = binary.BigEndian.Uint64(b[8*(i+1):])
	}
	return true
}
