package channel

import (
	"bytes"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// printed is every way in which a value is printed by accident, but for the
// verbs in skip.
func printed(v any, skip string) string {
	var out strings.Builder
	for verb := range rune(128) {
		for _, flags := range []string{"", "+", "#"} {
			if !strings.ContainsRune(skip, verb) {
				fmt.Fprintf(&out, "%"+flags+string(verb), v)
			}
		}
	}
	fmt.Fprint(&out, v)
	fmt.Fprintln(&out, v)
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "v", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", v)
	if data, err := json.Marshal(v); err == nil {
		out.Write(data)
	}
	return out.String()
}

func TestKeysNeverPrint(t *testing.T) {
	signing, sealing := key("us"), sealingKey("us")
	secrets := map[string][]byte{
		"Ed25519 seed": signing.Seed()[:32], "ML-DSA seed": signing.Seed()[32:], "sealing key": sealing.Bytes(),
	}
	type outer struct {
		Signing *SigningKey
		signing *SigningKey
		Plain   SigningKey
		sealing *SealingKey
		plain   SealingKey
	}
	nested := outer{signing, signing, *signing, sealing, *sealing}
	for name, v := range map[string]any{
		"signing": signing, "*signing": *signing, "sealing": sealing, "*sealing": *sealing,
		"nested": nested, "&nested": &nested, "slice": []any{signing, *sealing}, "map": map[string]*SigningKey{"a": signing},
		"error": fmt.Errorf("with %v and %+v", signing, *sealing),
	} {
		mustHide(t, name, printed(v, ""), secrets)
	}
}

// A secret is an array, which fmt prints by itself for verbs that do not fit it.
func TestASecretDoesNotPrint(t *testing.T) {
	secret := someSecret
	nested := struct{ Secret Secret }{secret}
	for name, v := range map[string]any{"secret": secret, "&secret": &secret, "nested": nested, "&nested": &nested} {
		mustHide(t, name, printed(v, "pw"), map[string][]byte{"secret": secret[:]})
	}
}

func mustHide(t *testing.T, name, text string, secrets map[string][]byte) {
	t.Helper()
	if !strings.Contains(text, hiddenText) {
		t.Errorf("%s does not say that something is hidden", name)
	}
	for what, secret := range secrets {
		if how := leaks(text, secret); how != "" {
			t.Errorf("%s prints the %s, %s", name, what, how)
		}
	}
}

// leaks looks for the start of a secret in the ways that fmt writes bytes.
func leaks(text string, secret []byte) string {
	start := secret[:6]
	decimal := strings.Trim(fmt.Sprint(start), "[]")
	for how, form := range map[string]string{
		"raw": string(start), "in hex": hex.EncodeToString(start), "in HEX": strings.ToUpper(hex.EncodeToString(start)),
		"in spaced hex": fmt.Sprintf("% x", start), "in decimal": decimal,
		"in Go":     strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", start), "[]byte{"), "}"),
		"as a list": strings.ReplaceAll(decimal, " ", ","), "quoted": strings.Trim(fmt.Sprintf("%q", start), `"`),
	} {
		if strings.Contains(text, form) {
			return how
		}
	}
	return ""
}

func TestKeysDoNotGetIntoEncoders(t *testing.T) {
	for _, v := range []any{key("us"), *key("us"), sealingKey("us"), *sealingKey("us")} {
		var out bytes.Buffer
		if err := gob.NewEncoder(&out).Encode(v); err != nil || !strings.Contains(out.String(), hiddenText) {
			t.Errorf("gob: %v, %q", err, out.String())
		}
		data, err := json.Marshal(v)
		if err != nil || string(data) != `"`+hiddenText+`"` {
			t.Errorf("JSON: %v, %s", err, data)
		}
	}
}

func TestKeysComeBackFromTheirBytes(t *testing.T) {
	k := must(GenerateSigningKey(randomness(1)))
	again := must(ParseSigningKey(k.Seed()))
	if !bytes.Equal(again.Public(), k.Public()) || again.ID() != k.ID() || len(k.Seed()) != SeedSize || len(k.Public()) != SigningPublicSize {
		t.Error("another signing key came back")
	}
	s := must(GenerateSealingKey(randomness(1)))
	if back := must(ParseSealingKey(s.Bytes())); !bytes.Equal(back.Public(), s.Public()) || len(s.Public()) != SealingPublicSize {
		t.Error("another sealing key came back")
	}
	for n := range 100 {
		if _, err := ParseSigningKey(make([]byte, n)); (err == nil) != (n == SeedSize) {
			t.Errorf("a seed of %d bytes: %v", n, err)
		}
		if _, err := ParseSealingKey(make([]byte, n)); (err == nil) != (n == SealingSize) {
			t.Errorf("a sealing key of %d bytes: %v", n, err)
		}
	}
	if _, err := GenerateSigningKey(strings.NewReader("short")); err == nil {
		t.Error("a key from too little randomness")
	}
	if _, err := GenerateSealingKey(strings.NewReader("short")); err == nil {
		t.Error("a sealing key from too little randomness")
	}
}

func TestBothHalvesMustHold(t *testing.T) {
	k, other, message := key("us"), key("ru"), []byte("message")
	good := must(k.SignAs("entry", message))
	if err := VerifyAs(k.Public(), "entry", message, good); err != nil {
		t.Fatal(err)
	}
	forged := must(other.SignAs("entry", message))
	later := must(k.SignAs("entry", []byte("another message")))
	for name, s := range map[string]Signature{
		"without Ed25519":         {Signer: good.Signer, MLDSA: good.MLDSA},
		"without ML-DSA":          {Signer: good.Signer, Ed25519: good.Ed25519},
		"with zeros for Ed25519":  {Signer: good.Signer, Ed25519: make([]byte, 64), MLDSA: good.MLDSA},
		"with zeros for ML-DSA":   {Signer: good.Signer, Ed25519: good.Ed25519, MLDSA: make([]byte, 3309)},
		"with another's Ed25519":  {Signer: good.Signer, Ed25519: forged.Ed25519, MLDSA: good.MLDSA},
		"with another's ML-DSA":   {Signer: good.Signer, Ed25519: good.Ed25519, MLDSA: forged.MLDSA},
		"with Ed25519 of another": {Signer: good.Signer, Ed25519: later.Ed25519, MLDSA: good.MLDSA},
		"with ML-DSA of another":  {Signer: good.Signer, Ed25519: good.Ed25519, MLDSA: later.MLDSA},
		"in another's name":       {Signer: other.ID(), Ed25519: good.Ed25519, MLDSA: good.MLDSA},
		"longer":                  {Signer: good.Signer, Ed25519: append(bytes.Clone(good.Ed25519), 0), MLDSA: good.MLDSA},
		"another's":               forged,
		"nothing":                 {},
	} {
		if err := VerifyAs(k.Public(), "entry", message, s); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := VerifyAs(k.Public(), "card", message, good); !errors.Is(err, ErrSignature) {
		t.Errorf("under another context: %v", err)
	}
	if err := VerifyAs(other.Public(), "entry", message, good); !errors.Is(err, ErrSignature) {
		t.Errorf("under another key: %v", err)
	}
	if err := VerifyAs(k.Public()[1:], "entry", message, good); err == nil {
		t.Error("under half a key")
	}
	if _, err := k.SignAs("", message); err == nil {
		t.Error("signed for no purpose")
	}
	// The context counts in each half by itself.
	elsewhere := must(k.SignAs("card", message))
	for _, s := range []Signature{
		{Signer: good.Signer, Ed25519: elsewhere.Ed25519, MLDSA: good.MLDSA},
		{Signer: good.Signer, Ed25519: good.Ed25519, MLDSA: elsewhere.MLDSA},
	} {
		if err := VerifyAs(k.Public(), "entry", message, s); !errors.Is(err, ErrSignature) {
			t.Errorf("half a signature made for another purpose: %v", err)
		}
	}
}

func TestIDsAreHexForPeople(t *testing.T) {
	id := key("us").ID()
	var back MemberID
	data := must(json.Marshal(id))
	if err := json.Unmarshal(data, &back); err != nil || back != id || string(data) != `"`+id.String()+`"` {
		t.Fatalf("%s, %v", data, err)
	}
	for _, bad := range []string{"", "00", id.String() + "00", id.String()[:63], strings.Repeat("zz", 32)} {
		if _, err := ParseEntryID(bad); err == nil {
			t.Errorf("%q is taken for an id", bad)
		}
	}
}
