package channel

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vectors are what another implementation must agree with, byte for byte. All
// but the envelope follow from the seeds.
type vectors struct {
	Comment     string            `json:"comment"`
	SigningSeed map[string]string `json:"signing_seeds"`
	SealingKey  map[string]string `json:"sealing_keys"`
	Public      map[string]string `json:"signing_publics"`
	Sealing     map[string]string `json:"sealing_publics"`
	Members     map[string]string `json:"member_ids"`

	Charter       string `json:"charter"`
	ChannelID     string `json:"channel_id"`
	SignedCharter string `json:"signed_charter"`
	Mailbox       string `json:"mailbox"`
	RelayKey      string `json:"relay_key"`
	Card          string `json:"signed_card"`

	Entries     []entryVector `json:"entries"`
	Heads       []string      `json:"heads"`
	HeadsDigest string        `json:"heads_digest"`
	Nonce       string        `json:"nonce"`
	Fingerprint string        `json:"fingerprint"`

	PaddedSizes map[string]int `json:"padded_sizes"`
	Envelope    envelopeVector `json:"envelope"`
	Manifest    string         `json:"signed_manifest"`
	Files       []string       `json:"export_files"`

	Malformed map[string]string `json:"malformed_entries"`
}

type entryVector struct {
	Author string `json:"author"`
	Entry  string `json:"entry"`
	ID     string `json:"id"`
	Signed string `json:"signed"`
}

type envelopeVector struct {
	Recipients []string `json:"recipients"`
	ContentKey string   `json:"content_key"`
	BodyKey    string   `json:"body_key"`
	Commitment string   `json:"commitment"`
	Envelope   string   `json:"envelope"`
	Opens      string   `json:"opens"`
}

func makeVectors(t *testing.T) vectors {
	c, l := talks()
	v := vectors{
		Comment:     "Test vectors of docs/wire.md, version 1. All strings are hexadecimal but names, fingerprint and export_files. The keys are public: never use them.",
		SigningSeed: map[string]string{}, SealingKey: map[string]string{}, Public: map[string]string{},
		Sealing: map[string]string{}, Members: map[string]string{},
		ChannelID: c.ID().String(), Mailbox: c.Mailbox(), RelayKey: hex.EncodeToString(c.RelayKey()),
		Charter:       hex.EncodeToString(must(c.Encode())),
		SignedCharter: hex.EncodeToString(must(signedCharterOf(t, c).Encode())),
		Card:          hex.EncodeToString(must(must(SignCard(delegation("us"), 1_660_000_000, key("us"), key("us-principal"))).Encode())),
		Nonce:         hex.EncodeToString([]byte("read aloud")), Fingerprint: l.Fingerprint([]byte("read aloud")),
		PaddedSizes: map[string]int{}, Malformed: map[string]string{},
	}
	digest := l.HeadsDigest()
	v.HeadsDigest = hex.EncodeToString(digest[:])
	for _, seat := range c.Seats() {
		name := seat.Member.Name
		v.SigningSeed[name] = hex.EncodeToString(key(name).Seed())
		v.Public[name] = hex.EncodeToString(key(name).Public())
		v.Members[name] = seat.ID.String()
		if !seat.Principal {
			v.SealingKey[name] = hex.EncodeToString(sealingKey(name).Bytes())
			v.Sealing[name] = hex.EncodeToString(sealingKey(name).Public())
		}
	}
	for _, e := range l.Entries() {
		v.Entries = append(v.Entries, entryVector{
			Author: e.Author.String(), Entry: hex.EncodeToString(must(e.Encode())), ID: e.ID.String(), Signed: hex.EncodeToString(e.Raw),
		})
	}
	for _, id := range l.Heads() {
		v.Heads = append(v.Heads, id.String())
	}
	for _, n := range []int{1, 8191, 8192, 8193, 10_000, 65_537, 1 << 20, 1<<20 + 1, MaxEntry + 4} {
		v.PaddedSizes[string(must(json.Marshal(n)))] = paddedSize(n)
	}
	files := exported(t)
	v.Manifest = hex.EncodeToString(files[manifestFile])
	for _, f := range listFiles(files) {
		v.Files = append(v.Files, f.Name)
	}
	v.malform(must(l.Entries()[0].Encode()))
	return v
}

// malform lists bytes that must be refused as an entry, each for one reason.
func (v *vectors) malform(good []byte) {
	add := func(name string, data ...[]byte) { v.Malformed[name] = hex.EncodeToString(bytes.Join(data, nil)) }
	rest := good[2:] // after the array's head and the version
	add("bytes after the end", good, []byte{0})
	add("version written in two bytes", []byte{0x8c, 0x18, 0x01}, rest)
	add("version 2", []byte{0x8c, 0x02}, rest)
	add("suite 2", []byte{0x8c, 0x01, 0x02}, rest[1:])
	add("array length written in two bytes", []byte{0x98, 0x0c, 0x01}, rest)
	add("array without a length", []byte{0x9f, 0x01}, rest, []byte{0xff})
	add("version as null", []byte{0x8c, 0xf6}, rest)
	add("version as a float", []byte{0x8c, 0xf9, 0x3c, 0x00}, rest)
	add("version in a tag", []byte{0x8c, 0xc1, 0x01}, rest)
	add("body as text", good[:len(good)-7], []byte{0x66}, good[len(good)-6:])
	add("kind as bytes", bytes.Replace(good, []byte("\x64note"), []byte("\x44note"), 1))
	add("kind in capitals", bytes.Replace(good, []byte("\x64note"), []byte("\x64Note"), 1))
	add("one field more", []byte{0x8d}, good[1:], []byte{0x00})
	add("one byte less", good[:len(good)-1])
}

func (v *vectors) seal() {
	c, l := talks()
	raw := l.Entries()[0].Raw
	sealed := must(Seal(randomness(1), c.ID(), c.recipients(), raw))
	var contentKey [contentKeySize]byte
	_, _ = randomness(1).Read(contentKey[:])
	commit := commitment(c.ID(), contentKey[:])
	v.Envelope = envelopeVector{
		Recipients: []string{"ru", "us"},
		ContentKey: hex.EncodeToString(contentKey[:]), BodyKey: hex.EncodeToString(bodyKey(c.ID(), contentKey[:])),
		Commitment: hex.EncodeToString(commit[:]), Envelope: hex.EncodeToString(sealed), Opens: hex.EncodeToString(raw),
	}
}

var vectorsFile = filepath.Join("testdata", "vectors.json")

func readVectors(t testing.TB) (v vectors) {
	t.Helper()
	if err := json.Unmarshal(must(os.ReadFile(vectorsFile)), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVectors(t *testing.T) {
	now := makeVectors(t)
	if *update {
		now.seal()
		data := must(json.MarshalIndent(now, "", " "))
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorsFile, append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept := readVectors(t)
	sealed := kept.Envelope
	kept.Envelope = envelopeVector{}
	now.Envelope = envelopeVector{}
	if a, b := must(json.MarshalIndent(now, "", " ")), must(json.MarshalIndent(kept, "", " ")); !bytes.Equal(a, b) {
		t.Errorf("the format has changed: %s", firstDifference(a, b))
	}
	checkEnvelopeVector(t, sealed)
	for name, bad := range kept.Malformed {
		if _, err := ParseEntry(unhex(bad)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func checkEnvelopeVector(t *testing.T, v envelopeVector) {
	t.Helper()
	c := charterOf("ru", "us")
	var e envelope
	if err := Unmarshal(unhex(v.Envelope), &e); err != nil {
		t.Fatal(err)
	}
	for _, name := range v.Recipients {
		raw, err := Open(sealingKey(name), c.ID(), unhex(v.Envelope))
		if err != nil || hex.EncodeToString(raw) != v.Opens {
			t.Errorf("%s opens the envelope: %v", name, err)
		}
		contentKey, ok := e.findKey(sealingKey(name), c.ID())
		if !ok || hex.EncodeToString(contentKey) != v.ContentKey {
			t.Errorf("%s finds another content key", name)
		}
	}
	commit := commitment(c.ID(), unhex(v.ContentKey))
	if hex.EncodeToString(commit[:]) != v.Commitment || hex.EncodeToString(bodyKey(c.ID(), unhex(v.ContentKey))) != v.BodyKey {
		t.Error("other keys follow from the content key")
	}
}

func firstDifference(a, b []byte) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return string(a[max(0, i-80):min(len(a), i+80)])
		}
	}
	return "one is longer"
}
