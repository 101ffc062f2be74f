package handover

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"strings"

	"parley/internal/digits"
)

// When the line is down, a confirmation is read over the telephone, in digits,
// which every language has and no alphabet is needed for. A code has sixteen
// digits of a secret and two check digits (ISO/IEC 7064, MOD 97-10: one digit
// misheard, or two neighbours swapped, is always found).
//
// The confirmer's desk makes a code for each of its gates beforehand and signs
// their commitments. Whoever hears a code can check it against the commitment
// alone, so a caller who never had the paper can't confirm. Sixteen digits are
// 53 bits, and each guess costs Stretch rounds of SHA-256: codes are for the days
// between the signing and the handover, not for years.

// CodeDigits is how many digits of a code are secret.
const CodeDigits = 16

// Stretch is how many rounds of PBKDF2-HMAC-SHA256 a guess of a code costs.
const Stretch = 200_000

// Code makes a code from 8 random bytes, in groups of four with the check digits
// at the end. 2^64 is no multiple of 10^16; the lowest codes come up by one part
// in 1,800 more often.
func Code(random [8]byte) string {
	var n uint64
	for _, b := range random {
		n = n<<8 | uint64(b)
	}
	code := fmt.Sprintf("%016d", n%10_000_000_000_000_000)
	return Spoken(code + digits.Check(code))
}

// Spoken puts digits in groups of four, as they are read aloud.
func Spoken(code string) string {
	var out []string
	for len(code) > 4 {
		out, code = append(out, code[:4]), code[4:]
	}
	return strings.Join(append(out, code), " ")
}

// ParseCode reads what was heard: digits, with spaces or dashes between them.
func ParseCode(s string) (string, error) {
	code := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, s)
	if len(code) != CodeDigits+2 || strings.Trim(code, "0123456789") != "" {
		return "", fmt.Errorf("a code has %d digits", CodeDigits+2)
	}
	if !digits.Fits(code) {
		return "", fmt.Errorf("the check digits don't fit: have it read again")
	}
	return code, nil
}

// Commitment binds a confirmer to a code for one step of one plan: PBKDF2 with
// HMAC-SHA256, the code's digits as password, and as salt the plan's digest, the
// step and the confirmer.
func Commitment(plan [32]byte, of StepID, by ActorID, code string) ([32]byte, error) {
	code, err := ParseCode(code)
	if err != nil {
		return [32]byte{}, err
	}
	salt := fmt.Sprintf("parley/v1/code\x00%s\x00%s\x00%s", hex.EncodeToString(plan[:]), of, by)
	key, err := pbkdf2.Key(sha256.New, code, []byte(salt), Stretch, 32)
	if err != nil {
		return [32]byte{}, err
	}
	return [32]byte(key), nil
}

// Opens tells whether a code is the one committed to.
func Opens(commitment, plan [32]byte, of StepID, by ActorID, code string) bool {
	got, err := Commitment(plan, of, by, code)
	return err == nil && subtle.ConstantTimeCompare(got[:], commitment[:]) == 1
}
