package relay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// The words of a request that both ends must spell alike.
const (
	proofScheme  = "Parley-MAC "
	proofVersion = "parley-relay/1"
	digestHeader = "Parley-Digest" // SHA-256 of the body, in hex
	admitHeader  = "Parley-Admit"  // the access word, when registering
	relayHeader  = "Parley-Relay"  // in every answer: this is a parley relay
	relayVersion = "1"
)

// A nonce makes two requests of the same second differ.
type nonce [16]byte

// A proof shows that a request was made by a holder of the mailbox's key, at
// about this time, once.
type proof struct {
	who   holder // whose key
	time  int64  // unix seconds, never negative
	nonce nonce
	mac   [sha256.Size]byte
}

var errProofForm = errors.New("authorization is not Parley-MAC <who>:<unix seconds>:<nonce>:<mac>")

// String returns the Authorization header.
func (p proof) String() string {
	return fmt.Sprintf("%s%s:%d:%x:%x", proofScheme, p.who, p.time, p.nonce, p.mac)
}

// parseProof reads an Authorization header. It takes exactly what String
// writes, so a proof has one spelling.
func parseProof(header string) (proof, error) {
	var p proof
	rest, ok := strings.CutPrefix(header, proofScheme)
	parts := strings.Split(rest, ":")
	if !ok || len(parts) != 4 || !p.who.parse(parts[0]) {
		return p, errProofForm
	}
	seconds, err := strconv.ParseUint(parts[1], 10, 40)
	if err != nil {
		return p, errProofForm
	}
	p.time = int64(seconds)
	if !decodeHex(p.nonce[:], parts[2]) || !decodeHex(p.mac[:], parts[3]) || p.String() != header {
		return p, errProofForm
	}
	return p, nil
}

// decodeHex fills dst from s and reports whether s was exactly as long.
func decodeHex(dst []byte, s string) bool {
	if len(s) != hex.EncodedLen(len(dst)) {
		return false
	}
	_, err := hex.Decode(dst, []byte(s))
	return err == nil
}

// macOf is the MAC over all that a request asks for.
func (p proof) macOf(key Key, r *http.Request, digest [sha256.Size]byte) [sha256.Size]byte {
	h := hmac.New(sha256.New, key[:])
	fmt.Fprintf(h, "%s\n%s\n%s\n%s\n%d\n%x\n%x\n", proofVersion, r.Method, target(r), p.who, p.time, p.nonce, digest)
	return [sha256.Size]byte(h.Sum(nil))
}

// attach signs a request whose body has this digest.
func (p proof) attach(r *http.Request, key Key, digest [sha256.Size]byte) {
	p.mac = p.macOf(key, r, digest)
	r.Header.Set("Authorization", p.String())
	r.Header.Set(digestHeader, fmt.Sprintf("%x", digest))
}

// target is the path from /v1 on, with its query: a relay may stand behind a
// proxy that adds a path before it, which the relay then doesn't see.
func target(r *http.Request) string {
	path := r.URL.EscapedPath()
	if i := strings.LastIndex(path, "/v1/"); i > 0 {
		path = path[i:]
	}
	if r.URL.RawQuery != "" {
		return path + "?" + r.URL.RawQuery
	}
	return path
}
