package channel

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
)

// Six groups of five digits are about 100 bits: short enough to read aloud
// between people who share no language but numbers.
const (
	digitGroups = 6
	groupDigits = 5
)

// HeadsDigest is the hash of the channel and its heads. Two logs with the same
// digest hold the same entries.
func (l *Log) HeadsDigest() [32]byte { return l.digestOfHeads(nil) }

// Fingerprint is HeadsDigest over a nonce that was just read aloud, as six
// groups of five digits. With a fresh nonce nobody can have looked for a
// second log that gives the same digits.
func (l *Log) Fingerprint(nonce []byte) string {
	digest := l.digestOfHeads(nonce)
	modulus := new(big.Int).Exp(big.NewInt(10), big.NewInt(digitGroups*groupDigits), nil)
	number := new(big.Int).Mod(new(big.Int).SetBytes(digest[:]), modulus)
	digits := fmt.Sprintf("%0*d", digitGroups*groupDigits, number)
	groups := make([]string, digitGroups)
	for i := range groups {
		groups[i] = digits[i*groupDigits : (i+1)*groupDigits]
	}
	return strings.Join(groups, " ")
}

func (l *Log) digestOfHeads(nonce []byte) [32]byte {
	l.mu.RLock()
	defer l.mu.RUnlock()
	parts := [][]byte{l.keyring.channel[:], binary.BigEndian.AppendUint64(nil, uint64(len(nonce))), nonce}
	for _, id := range l.allHeads() {
		parts = append(parts, id[:])
	}
	return hashOf("heads", parts...)
}
