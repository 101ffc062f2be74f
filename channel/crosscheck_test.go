package channel_test

import (
	"bytes"
	"crypto/hpke"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	circlhpke "github.com/cloudflare/circl/hpke"
	circled25519 "github.com/cloudflare/circl/sign/ed25519"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"

	"parley/channel"
)

// Another implementation of the same algorithms (CIRCL) must make the same keys
// and signatures, take ours, and have its own taken.

// pair is one seed in both implementations.
type pair struct {
	ours *channel.SigningKey
	ed   circled25519.PrivateKey
	mlp  *mldsa65.PublicKey
	ml   *mldsa65.PrivateKey
}

func pairOf(t *testing.T, source *rand.ChaCha8) pair {
	t.Helper()
	seed := make([]byte, channel.SeedSize)
	_, _ = source.Read(seed)
	ours, err := channel.ParseSigningKey(seed)
	if err != nil {
		t.Fatal(err)
	}
	var mlSeed [mldsa65.SeedSize]byte
	copy(mlSeed[:], seed[32:])
	p := pair{ours: ours, ed: circled25519.NewKeyFromSeed(seed[:32])}
	p.mlp, p.ml = mldsa65.NewKeyFromSeed(&mlSeed)
	return p
}

// sign signs as docs/wire.md says, section 3, with CIRCL alone.
func (p pair) sign(t *testing.T, context string, message []byte) channel.Signature {
	t.Helper()
	ml := make([]byte, mldsa65.SignatureSize)
	if err := mldsa65.SignTo(p.ml, message, []byte("parley/v1/"+context), false, ml); err != nil {
		t.Fatal(err)
	}
	return channel.Signature{
		Signer:  p.ours.ID(),
		Ed25519: circled25519.SignPh(p.ed, message, "parley/v1/"+context),
		MLDSA:   ml,
	}
}

func TestSigningAgreesWithAnotherImplementation(t *testing.T) {
	source := rand.NewChaCha8([32]byte{1})
	for i := range 20 {
		p := pairOf(t, source)
		edPublic := p.ed.Public().(circled25519.PublicKey)
		if want := append(bytes.Clone(edPublic), p.mlp.Bytes()...); !bytes.Equal(p.ours.Public(), want) {
			t.Fatalf("seed %d: another public key", i)
		}
		message := make([]byte, i*97)
		_, _ = source.Read(message)
		context := []string{"charter", "card", "entry", "export"}[i%4]

		ours, err := p.ours.SignAs(context, message)
		if err != nil {
			t.Fatal(err)
		}
		theirs := p.sign(t, context, message)
		if !bytes.Equal(ours.Ed25519, theirs.Ed25519) || !bytes.Equal(ours.MLDSA, theirs.MLDSA) {
			t.Errorf("seed %d: another signature", i)
		}
		if !circled25519.VerifyPh(edPublic, message, ours.Ed25519, "parley/v1/"+context) {
			t.Errorf("seed %d: CIRCL refuses our Ed25519", i)
		}
		if !mldsa65.Verify(p.mlp, message, []byte("parley/v1/"+context), ours.MLDSA) {
			t.Errorf("seed %d: CIRCL refuses our ML-DSA-65", i)
		}
		if err := channel.VerifyAs(p.ours.Public(), context, message, theirs); err != nil {
			t.Errorf("seed %d: we refuse CIRCL's: %v", i, err)
		}
	}
}

// TestARandomizedSignatureHolds: others may sign with randomness, and a verifier
// can't tell.
func TestARandomizedSignatureHolds(t *testing.T) {
	p := pairOf(t, rand.NewChaCha8([32]byte{2}))
	message := []byte("signed with randomness")
	s := p.sign(t, "entry", message)
	plain := bytes.Clone(s.MLDSA)
	if err := mldsa65.SignTo(p.ml, message, []byte("parley/v1/entry"), true, s.MLDSA); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(plain, s.MLDSA) {
		t.Fatal("it is not randomized")
	}
	if err := channel.VerifyAs(p.ours.Public(), "entry", message, s); err != nil {
		t.Error(err)
	}
}

// TestNeitherHalfIsASignature takes each half away, replaces it by one that
// does not hold, and makes it under another context, while the other half holds.
func TestNeitherHalfIsASignature(t *testing.T) {
	source := rand.NewChaCha8([32]byte{3})
	p, other := pairOf(t, source), pairOf(t, source)
	message := []byte("one thing")
	whole, elsewhere := p.sign(t, "entry", message), p.sign(t, "card", message)
	strange, foreign := p.sign(t, "entry", []byte("another thing")), other.sign(t, "entry", message)
	if err := channel.VerifyAs(p.ours.Public(), "entry", message, whole); err != nil {
		t.Fatal(err)
	}
	for name, ed := range map[string][]byte{
		"no": nil, "short": whole.Ed25519[:63], "long": append(bytes.Clone(whole.Ed25519), 0), "zero": make([]byte, 64),
		"another context's": elsewhere.Ed25519, "another message's": strange.Ed25519, "another's": foreign.Ed25519,
		"pure": circled25519.Sign(p.ed, message), "another prefix's": circled25519.SignPh(p.ed, message, "entry"),
	} {
		refuse(t, p, message, name+" Ed25519", channel.Signature{Signer: whole.Signer, Ed25519: ed, MLDSA: whole.MLDSA})
	}
	for name, ml := range map[string][]byte{
		"no": nil, "short": whole.MLDSA[:3308], "long": append(bytes.Clone(whole.MLDSA), 0), "zero": make([]byte, 3309),
		"another context's": elsewhere.MLDSA, "another message's": strange.MLDSA, "another's": foreign.MLDSA,
	} {
		refuse(t, p, message, name+" ML-DSA-65", channel.Signature{Signer: whole.Signer, Ed25519: whole.Ed25519, MLDSA: ml})
	}
	refuse(t, p, message, "another signer's name", channel.Signature{Signer: other.ours.ID(), Ed25519: whole.Ed25519, MLDSA: whole.MLDSA})
	refuse(t, p, message, "swapped halves", channel.Signature{Signer: whole.Signer, Ed25519: whole.MLDSA, MLDSA: whole.Ed25519})
}

func refuse(t *testing.T, p pair, message []byte, what string, s channel.Signature) {
	t.Helper()
	if err := channel.VerifyAs(p.ours.Public(), "entry", message, s); !errors.Is(err, channel.ErrSignature) {
		t.Errorf("%s: %v", what, err)
	}
}

// The suite of a slot: docs/wire.md, section 3.
var (
	circlSuite = circlhpke.NewSuite(circlhpke.KEM_XWING, circlhpke.KDF_HKDF_SHA256, circlhpke.AEAD_ChaCha20Poly1305)
	stdKEM     = hpke.MLKEM768X25519()
	stdKDF     = hpke.HKDFSHA256()
	stdAEAD    = hpke.ChaCha20Poly1305()
)

func TestSealingAgreesWithAnotherImplementation(t *testing.T) {
	source := rand.NewChaCha8([32]byte{4})
	scheme := circlhpke.KEM_XWING.Scheme()
	info, aad, text := []byte("info"), []byte("aad"), []byte("a content key of some thirty-two")
	for i := range 20 {
		seed := make([]byte, channel.SealingSize)
		_, _ = source.Read(seed)
		ours, err := channel.ParseSealingKey(seed)
		if err != nil {
			t.Fatal(err)
		}
		private, err := scheme.UnmarshalBinaryPrivateKey(seed)
		if err != nil {
			t.Fatal(err)
		}
		public, err := private.Public().MarshalBinary()
		if err != nil || !bytes.Equal(public, ours.Public()) {
			t.Fatalf("seed %d: another public key (%v)", i, err)
		}

		enc, sender, err := hpke.NewSender(must(stdKEM.NewPublicKey(public)), stdKDF, stdAEAD, info)
		if err != nil {
			t.Fatal(err)
		}
		opener := must(must(circlSuite.NewReceiver(private, info)).Setup(enc))
		if got, err := opener.Open(must(sender.Seal(aad, text)), aad); err != nil || !bytes.Equal(got, text) {
			t.Errorf("seed %d: CIRCL does not open what we seal: %v", i, err)
		}

		enc, sealer, err := must(circlSuite.NewSender(private.Public(), info)).Setup(source)
		if err != nil {
			t.Fatal(err)
		}
		recipient := must(hpke.NewRecipient(enc, must(stdKEM.NewPrivateKey(seed)), stdKDF, stdAEAD, info))
		if got, err := recipient.Open(aad, must(sealer.Seal(text, aad))); err != nil || !bytes.Equal(got, text) {
			t.Errorf("seed %d: we do not open what CIRCL seals: %v", i, err)
		}
	}
}

// TestSealingAgreesWithTheDraft runs the vectors of draft-ietf-hpke-pq for the
// suite of a slot, as they come with Go.
func TestSealingAgreesWithTheDraft(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "src", "crypto", "hpke", "testdata", "hpke-pq.json"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("this Go comes without its own tests, and so without the vectors")
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Mode                  int
		KEM                   int `json:"kem_id"`
		KDF                   int `json:"kdf_id"`
		AEAD                  int `json:"aead_id"`
		Info, Enc, SkRm, PkRm bytesInHex
		Encryptions           []struct{ AAD, CT, PT bytesInHex }
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	opened := 0
	for _, v := range all {
		if v.Mode != 0 || v.KEM != 0x647a || v.KDF != 1 || v.AEAD != 3 {
			continue
		}
		key := must(channel.ParseSealingKey(v.SkRm))
		if !bytes.Equal(key.Public(), v.PkRm) {
			t.Error("another public key")
		}
		recipient := must(hpke.NewRecipient(v.Enc, must(stdKEM.NewPrivateKey(v.SkRm)), stdKDF, stdAEAD, v.Info))
		for i, e := range v.Encryptions {
			if got, err := recipient.Open(e.AAD, e.CT); err != nil || (len(e.PT) > 0 && !bytes.Equal(got, e.PT)) {
				t.Errorf("message %d: %s, %v", i, hex.EncodeToString(got), err)
			}
			opened++
		}
	}
	if opened == 0 {
		t.Error("no vector for the suite of a slot")
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}
