package channel_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"filippo.io/mldsa"
	"github.com/c2sp/wycheproof"
	"golang.org/x/crypto/chacha20poly1305"
)

// Project Wycheproof's vectors, through the libraries and with the parameters
// that the channel uses. What the channel adds to a primitive (its context, its
// length checks) is held against another implementation in crosscheck_test.go.

// suite is one file of vectors. run tells whether the primitive accepts a
// vector and gives what the vector says.
type suite struct {
	file string
	run  func(t *testing.T, g group, v vector) bool
	// refuses lists flags of vectors that Wycheproof leaves open and we refuse.
	refuses []string
	// left lists flags of vectors that call for something the channel does not use.
	left map[string]int
}

var suites = []suite{
	{file: "ed25519_test.json", run: ed25519Verifies},
	{file: "mldsa_65_verify_test.json", run: mldsaVerifies},
	{file: "mldsa_65_sign_seed_test.json", run: mldsaSigns, left: map[string]int{
		"Internal":   17, // sign a digest of the message that somebody else made
		"Randomized": 1,  // signatures are deterministic here
	}},
	{file: "x25519_test.json", run: x25519Agrees, refuses: []string{"ZeroSharedSecret"}},
	{file: "mlkem_768_test.json", run: mlkemOpens},
	{file: "mlkem_768_encaps_test.json", run: mlkemSeals},
	{file: "mlkem_768_keygen_seed_test.json", run: mlkemGenerates},
	{file: "xchacha20_poly1305_test.json", run: xchachaOpens},
	{file: "chacha20_poly1305_test.json", run: chachaOpens},
	{file: "hkdf_sha256_test.json", run: hkdfDerives},
	{file: "hmac_sha256_test.json", run: hmacHolds},
}

// unused are the files on our primitives that have nothing for us.
var unused = map[string]string{
	"mldsa_65_sign_noseed_test.json":           "private keys are seeds here and in no other form",
	"mlkem_768_semi_expanded_decaps_test.json": "private keys are seeds here and in no other form",
	"x25519_asn_test.json":                     "no ASN.1 here",
	"x25519_pem_test.json":                     "no PEM here",
	"x25519_jwk_test.json":                     "no JWK here",
}

type bytesInHex []byte

func (b *bytesInHex) UnmarshalText(text []byte) error {
	*b = make([]byte, hex.DecodedLen(len(text)))
	_, err := hex.Decode(*b, text)
	return err
}

type vectorFile struct {
	NumberOfTests int     `json:"numberOfTests"`
	Groups        []group `json:"testGroups"`
}

type group struct {
	Type      string          `json:"type"`
	PublicKey json.RawMessage `json:"publicKey"` // of Ed25519 an object, else hexadecimal
	Seed      bytesInHex      `json:"privateSeed"`
	TagBits   int             `json:"tagSize"`
	Tests     []vector        `json:"tests"`
}

type vector struct {
	ID      int      `json:"tcId"`
	Comment string   `json:"comment"`
	Flags   []string `json:"flags"`
	Result  string   `json:"result"`

	Msg, Ctx, Sig           bytesInHex
	Public, Private, Shared bytesInHex
	Seed, EK, C, K, M       bytesInHex
	Key, IV, AAD, CT, Tag   bytesInHex
	IKM, Salt, Info, OKM    bytesInHex
	Size                    int
}

func TestPrimitivesAgainstWycheproof(t *testing.T) {
	for _, s := range suites {
		t.Run(s.file, func(t *testing.T) {
			t.Parallel()
			s.test(t)
		})
	}
}

func (s suite) test(t *testing.T) {
	var f vectorFile
	data, err := fs.ReadFile(wycheproof.TestVectors, s.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	count, left := 0, map[string]int{}
	for i, g := range f.Groups {
		if len(g.Tests) == 0 {
			t.Errorf("group %d is empty", i)
		}
		for _, v := range g.Tests {
			count++
			if flag, ok := s.leaves(v); ok {
				left[flag]++
				continue
			}
			if got, want := s.run(t, g, v), s.accepts(t, v); got != want {
				t.Errorf("vector %d (%s, %v): accepted %t, want %t", v.ID, v.Comment, v.Flags, got, want)
			}
		}
	}
	if count == 0 || count != f.NumberOfTests {
		t.Errorf("%d vectors, the file says %d", count, f.NumberOfTests)
	}
	for flag, n := range s.left {
		if left[flag] != n {
			t.Errorf("%d vectors left out for %s, want %d", left[flag], flag, n)
		}
	}
}

func (s suite) leaves(v vector) (string, bool) {
	for flag := range s.left {
		if slices.Contains(v.Flags, flag) {
			return flag, true
		}
	}
	return "", false
}

func (s suite) accepts(t *testing.T, v vector) bool {
	switch v.Result {
	case "valid":
		return true
	case "invalid":
		return false
	case "acceptable":
		return !slices.ContainsFunc(v.Flags, func(f string) bool { return slices.Contains(s.refuses, f) })
	}
	t.Fatalf("vector %d: result %q", v.ID, v.Result)
	return false
}

// TestNoVectorsAreForgotten asks of every file that is about one of our
// primitives that it is run, or why not.
func TestNoVectorsAreForgotten(t *testing.T) {
	ran := map[string]bool{}
	for _, s := range suites {
		ran[s.file] = true
	}
	about := 0
	names, err := fs.Glob(wycheproof.TestVectors, "*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		for _, prefix := range []string{"ed25519_", "mldsa_65_", "x25519_", "mlkem_768_", "xchacha20_", "chacha20_", "hkdf_sha256_", "hmac_sha256_", "hpke", "xwing", "argon2"} {
			if !strings.HasPrefix(name, prefix) {
				continue
			}
			if about++; !ran[name] && unused[name] == "" {
				t.Errorf("%s is not run", name)
			}
		}
	}
	if about != len(suites)+len(unused) {
		t.Errorf("%d files are about our primitives, %d are listed here", about, len(suites)+len(unused))
	}
}

func publicKey(t *testing.T, g group) bytesInHex {
	t.Helper()
	var object struct {
		PK bytesInHex `json:"pk"`
	}
	if json.Unmarshal(g.PublicKey, &object) == nil {
		return object.PK
	}
	var plain bytesInHex
	if err := json.Unmarshal(g.PublicKey, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

func ed25519Verifies(t *testing.T, g group, v vector) bool {
	return ed25519.VerifyWithOptions(ed25519.PublicKey(publicKey(t, g)), v.Msg, v.Sig, &ed25519.Options{}) == nil
}

func mldsaVerifies(t *testing.T, g group, v vector) bool {
	key, err := mldsa.NewPublicKey(mldsa.MLDSA65(), publicKey(t, g))
	return err == nil && mldsa.Verify(key, v.Msg, v.Sig, &mldsa.Options{Context: string(v.Ctx)}) == nil
}

func mldsaSigns(t *testing.T, g group, v vector) bool {
	key, err := mldsa.NewPrivateKey(mldsa.MLDSA65(), g.Seed)
	if err != nil {
		return false
	}
	if !bytes.Equal(key.PublicKey().Bytes(), publicKey(t, g)) {
		t.Errorf("vector %d: another public key", v.ID)
	}
	sig, err := key.SignDeterministic(v.Msg, &mldsa.Options{Context: string(v.Ctx)})
	return err == nil && bytes.Equal(sig, v.Sig)
}

func x25519Agrees(_ *testing.T, _ group, v vector) bool {
	private, err1 := ecdh.X25519().NewPrivateKey(v.Private)
	public, err2 := ecdh.X25519().NewPublicKey(v.Public)
	if err1 != nil || err2 != nil {
		return false
	}
	shared, err := private.ECDH(public)
	return err == nil && bytes.Equal(shared, v.Shared)
}

func mlkemOpens(t *testing.T, _ group, v vector) bool {
	key, err := mlkem.NewDecapsulationKey768(v.Seed)
	if err != nil {
		return false
	}
	if len(v.EK) > 0 && !bytes.Equal(key.EncapsulationKey().Bytes(), v.EK) {
		t.Errorf("vector %d: another public key", v.ID)
	}
	shared, err := key.Decapsulate(v.C)
	return err == nil && bytes.Equal(shared, v.K)
}

func mlkemSeals(_ *testing.T, _ group, v vector) bool {
	key, err := mlkem.NewEncapsulationKey768(v.EK)
	if err != nil {
		return false
	}
	shared, sealed, err := mlkemtest.Encapsulate768(key, v.M)
	return err == nil && bytes.Equal(shared, v.K) && bytes.Equal(sealed, v.C)
}

func mlkemGenerates(_ *testing.T, _ group, v vector) bool {
	key, err := mlkem.NewDecapsulationKey768(v.Seed)
	return err == nil && bytes.Equal(key.EncapsulationKey().Bytes(), v.EK)
}

// xchachaOpens: a nonce of another length can't come here, since the envelope's
// is an array of 24 bytes.
func xchachaOpens(t *testing.T, g group, v vector) bool {
	aead, err := chacha20poly1305.NewX(v.Key)
	if err != nil || len(v.IV) != chacha20poly1305.NonceSizeX {
		return false
	}
	sealed := append(slices.Clone(v.CT), v.Tag...)
	opened, err := aead.Open(nil, v.IV, sealed, v.AAD)
	if err != nil {
		return false
	}
	if !bytes.Equal(aead.Seal(nil, v.IV, v.Msg, v.AAD), sealed) {
		t.Errorf("vector %d is sealed to something else", v.ID)
	}
	return bytes.Equal(opened, v.Msg) && g.TagBits == 128
}

func chachaOpens(_ *testing.T, g group, v vector) bool {
	aead, err := chacha20poly1305.New(v.Key)
	if err != nil || len(v.IV) != chacha20poly1305.NonceSize {
		return false
	}
	opened, err := aead.Open(nil, v.IV, append(slices.Clone(v.CT), v.Tag...), v.AAD)
	return err == nil && bytes.Equal(opened, v.Msg) && g.TagBits == 128
}

func hkdfDerives(_ *testing.T, _ group, v vector) bool {
	key, err := hkdf.Key(sha256.New, v.IKM, v.Salt, string(v.Info), v.Size)
	return err == nil && bytes.Equal(key, v.OKM)
}

func hmacHolds(_ *testing.T, g group, v vector) bool {
	mac := hmac.New(sha256.New, v.Key)
	mac.Write(v.Msg)
	return hmac.Equal(mac.Sum(nil)[:g.TagBits/8], v.Tag)
}
