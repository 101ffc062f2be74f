package channel

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
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

	Secret            string `json:"secret"`
	Commitment        string `json:"commitment"`
	Charter           string `json:"charter"`
	ChannelID         string `json:"channel_id"`
	SignedCharter     string `json:"signed_charter"`
	ShownCharter      string `json:"signed_charter_without_secret"`
	Provisional       string `json:"provisional_signed_charter"`
	Mailbox           string `json:"mailbox"`
	RelayKey          string `json:"relay_key"`
	Card              string `json:"signed_card"`
	NeutralCard       string `json:"signed_neutral_card"`
	Change            string `json:"change"`
	ChangeID          string `json:"change_id"`
	SignedChange      string `json:"signed_change"`
	RosterBefore      string `json:"roster_before"`
	RosterAfter       string `json:"roster_after"`
	PrekeyBody        string `json:"prekey_body"`
	PrekeySealing     string `json:"prekey_sealing"`
	ReceiptBodyMissed string `json:"receipt_body_missed"`

	Entries     []entryVector `json:"entries"` // one after the other, in an order in which they can be added
	Heads       []string      `json:"heads"`
	HeadsDigest string        `json:"heads_digest"`
	Nonce       string        `json:"nonce"`
	Fingerprint string        `json:"fingerprint"`
	Proof       string        `json:"proof"`
	Guilty      string        `json:"proof_author"`

	PaddedSizes  map[string]int `json:"padded_content_sizes"`
	HeaderSizes  map[string]int `json:"padded_header_sizes"`
	Envelope     envelopeVector `json:"envelope"`
	Pairs        []pairVector   `json:"pairs"`
	NonPaper     nonPaperVector `json:"non_paper"`
	Manifest     string         `json:"signed_manifest"`
	ManifestBy   string         `json:"signed_manifest_charter"` // the charter of the exported log
	Files        []string       `json:"export_files"`
	FileContents []string       `json:"export_file_contents"`

	Malformed       map[string]string `json:"malformed_entries"`
	MalformedSigned map[string]string `json:"malformed_signed_entries"`
}

type entryVector struct {
	Author   string `json:"author"`
	Kind     string `json:"kind"`
	Entry    string `json:"entry"`
	ID       string `json:"id"`
	Roster   string `json:"roster"` // as the author knew it
	Salt     string `json:"salt"`
	Body     string `json:"body"`
	Signed   string `json:"signed"`
	Withheld string `json:"signed_without_body"`
	Draft    string `json:"draft"`
}

// pairVector is a secret that a prekey of one gives another.
type pairVector struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Opens  string `json:"opens"` // the private sealing key that opens it
	Key    string `json:"key"`   // the hash of its public half
	Sealed string `json:"sealed"`
	Secret string `json:"secret"`
}

// nonPaperVector is what ru says to us off the record.
type nonPaperVector struct {
	Given      string `json:"given"` // the secrets: that of the receiver, that of the author
	Gave       string `json:"gave"`
	Key        string `json:"key"`
	Form       string `json:"form"`
	MAC        string `json:"mac"`
	Header     string `json:"header"`
	Content    string `json:"content"`
	Body       string `json:"body"`
	ReceiptKey string `json:"receipt_key"`
	Before     string `json:"receipt_before"`
	Receipt    string `json:"receipt"`
	Envelope   string `json:"envelope"`
	Opens      string `json:"opens"`  // the private sealing key that opens it
	Called     string `json:"called"` // the one that opens the aside in it
	Aside      string `json:"aside"`
}

type envelopeVector struct {
	Whole       []string `json:"recipients_of_the_whole"`
	Headers     []string `json:"recipients_of_the_header"`
	WholeKey    string   `json:"whole_key"`
	HeaderKey   string   `json:"header_key"`
	WholeSeal   string   `json:"content_sealing_key"`
	HeaderSeal  string   `json:"header_sealing_key"`
	Commitments []string `json:"commitments"` // to the whole key, to the header key
	Envelope    string   `json:"envelope"`
	Opens       string   `json:"opens"`
	OpensHeader string   `json:"opens_for_the_header"`
}

// vectorTalks is a charter with a neutral from whom offers are withheld, a
// delegation with an authority of its own and a recovery key; and what is said
// there, in the order it is said: words, a prekey, a change of roster, an entry
// by the device it brings, an offer, a receipt that misses something, and an
// author who signs twice.
func vectorTalks() (*Charter, *Log, []Draft) {
	c := vectorCharter()
	l := must(NewLog(c))
	var said []Draft
	say := func(d Draft) Draft {
		d.Salt = [32]byte{byte(len(said) + 1)}
		d.Content = d.hash()
		said = append(said, d)
		must(l.Add(must(Sign(d, keyOf(d.Author))).Raw))
		return d
	}
	next := func(author, kind, body string) Draft {
		return say(entryAt(c, author, kind, body, must(l.Next(key(author).ID()))))
	}
	next("us", "note", "hello")
	next("ru", KindPrekey, vectorPrekey(c, "ru"))
	next("us", KindPrekey, vectorPrekey(c, "us"))
	next("us-principal", "note", "good day")
	next("us", KindRoster, string(must(vectorChange(c).Encode())))
	next("us-2", "note", "the new device")
	offer := next("ru", "offer", "two for two")
	next("neutral", KindReceipt, string(must(Marshal(receiptBody{Missed: []EntryID{{1}, {2}}}))))
	twin := offer
	twin.Body = []byte("one for one")
	say(twin)
	next("us-2", KindReceipt, "")
	return c, l, said
}

func vectorCharter() *Charter {
	c := charterOf("ru", "us")
	c.Neutrals = []Neutral{{Name: "Red Cross", Capabilities: []string{"humanitarian"}, Withheld: []string{"offer"}, Device: device("neutral")}}
	c.Delegations[1].Authority = Authority{Threshold: 2, Keys: []Member{principal("us-principal"), principal("us-a"), principal("us-b")}}
	c.Delegations[1].Recovery = Recovery{Signing: key("us-recovery").Public(), Delay: 3 * 24 * 3600}
	return c
}

// vectorSealing is the key that one's prekey is sealed to in the vectors: the
// prekey of ru, which comes first, and otherwise the key in the charter.
func vectorSealing(from, to string) *SealingKey {
	if from == "us" && to == "ru" {
		return sealingKey("ru/prekey")
	}
	return sealingKey(to)
}

// vectorPrekey is the body of a prekey in the vectors. What it holds is kept in
// their file, since it comes of chance.
func vectorPrekey(c *Charter, name string) string {
	body := prekeyBody{Sealing: sealingKey(name + "/prekey").Public()}
	for _, p := range vectorPairs() {
		if p.From == name {
			body.Pairs = append(body.Pairs, pairOffer{Key: keyHash(unhex(p.Key)), Sealed: unhex(p.Sealed)})
		}
	}
	slices.SortFunc(body.Pairs, func(a, b pairOffer) int { return slices.Compare(a.Key[:], b.Key[:]) })
	return string(must(Marshal(body)))
}

// vectorPairs are the pairs in the vectors' file.
var vectorPairs = sync.OnceValue(func() []pairVector {
	var v vectors
	if err := json.Unmarshal(must(os.ReadFile(vectorsFile)), &v); err != nil {
		panic(err)
	}
	if len(v.Pairs) > 0 {
		return v.Pairs
	}
	c := vectorCharter()
	for _, p := range [][2]string{{"ru", "us"}, {"ru", "neutral"}, {"us", "ru"}, {"us", "neutral"}} {
		to := vectorSealing(p[0], p[1])
		o, secret, err := offerPair(c.ID(), key(p[0]).ID(), to.Public())
		if err != nil {
			panic(err)
		}
		v.Pairs = append(v.Pairs, pairVector{
			From: p[0], To: p[1], Opens: hex.EncodeToString(to.Bytes()), Key: hex.EncodeToString(o.Key[:]),
			Sealed: hex.EncodeToString(o.Sealed), Secret: hex.EncodeToString(secret),
		})
	}
	return v.Pairs
})

func vectorChange(c *Charter) *SignedChange {
	return signChange(&Change{
		Version: Version, Suite: Suite, Channel: c.ID(), Side: "us",
		Enrol: []Member{device("us-2")}, Text: "the delegate's second machine",
	}, "us-a", "us-b")
}

func makeVectors(t *testing.T) vectors {
	c, l, said := vectorTalks()
	signed := signedCharterOf(t, c)
	provisional := charterOf("ru", "us")
	makeProvisional(provisional)
	v := vectors{
		Comment:     "Test vectors of docs/wire.md, version 1. All strings are hexadecimal but names, kinds, fingerprint and export_files. The keys are public: never use them.",
		SigningSeed: map[string]string{}, SealingKey: map[string]string{}, Public: map[string]string{},
		Sealing: map[string]string{}, Members: map[string]string{},
		ChannelID: c.ID().String(), Mailbox: someSecret.Mailbox(), RelayKey: hex.EncodeToString(someSecret.RelayKey()),
		Secret:        hex.EncodeToString(someSecret[:]),
		Charter:       hex.EncodeToString(must(c.Encode())),
		SignedCharter: hex.EncodeToString(must(signed.Encode())),
		ShownCharter:  hex.EncodeToString(must(signed.WithoutSecret().Encode())),
		Provisional:   hex.EncodeToString(must(signedCharterOf(t, provisional).Encode())),
		Card:          hex.EncodeToString(must(must(SignCard(c.Delegations[1], 1_660_000_000, key("us"), key("us-principal"))).Encode())),
		NeutralCard:   hex.EncodeToString(must(must(SignNeutralCard(c.Neutrals[0], 1_660_000_000, key("neutral"))).Encode())),
		PrekeySealing: hex.EncodeToString(sealingKey("ru/prekey").Bytes()),
		Nonce:         hex.EncodeToString([]byte("read aloud")), Fingerprint: l.Fingerprint([]byte("read aloud")),
		PaddedSizes: map[string]int{}, HeaderSizes: map[string]int{}, Malformed: map[string]string{}, MalformedSigned: map[string]string{},
	}
	commitment, digest := someSecret.Commitment(), l.HeadsDigest()
	v.Commitment, v.HeadsDigest = hex.EncodeToString(commitment[:]), hex.EncodeToString(digest[:])
	v.addPeople(c)
	v.addChange(c, l)
	v.addEntries(l, said)
	v.Pairs = vectorPairs()
	v.addNonPaper(c, l)
	forks := l.Forks()
	v.Proof, v.Guilty = hex.EncodeToString(must(l.Prove(signed, forks[0]))), forks[0].Author.String()
	for _, n := range []int{1, 4096, 4097, 8191, 8192, 8193, 10_000, 65_537, 1 << 20, 1<<20 + 1, MaxEntry + 4} {
		name := string(must(json.Marshal(n)))
		v.PaddedSizes[name], v.HeaderSizes[name] = paddedSize(n, contentFloor), paddedSize(n, headerFloor)
	}
	v.addExport(t)
	v.malform(said[0])
	return v
}

func (v *vectors) addPeople(c *Charter) {
	for _, name := range []string{"us-2", "us-a", "us-b", "us-recovery"} {
		v.SigningSeed[name] = hex.EncodeToString(key(name).Seed())
		v.Public[name] = hex.EncodeToString(key(name).Public())
		v.Members[name] = key(name).ID().String()
	}
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
}

func (v *vectors) addChange(c *Charter, l *Log) {
	change := vectorChange(c)
	v.Change, v.ChangeID, v.SignedChange = hex.EncodeToString(change.Raw), change.ID().String(), hex.EncodeToString(must(change.Encode()))
	v.RosterBefore, v.RosterAfter = must(NewLog(c)).Roster().ID().String(), l.Roster().ID().String()
}

func (v *vectors) addEntries(l *Log, said []Draft) {
	for _, d := range said {
		e, _ := l.Entry(d.ID())
		v.Entries = append(v.Entries, entryVector{
			Author: e.Author.String(), Kind: e.Kind, Entry: hex.EncodeToString(must(Marshal(e.Entry))), ID: e.ID.String(),
			Roster: e.Roster.String(), Salt: hex.EncodeToString(d.Salt[:]), Body: hex.EncodeToString(d.Body),
			Signed: hex.EncodeToString(e.Raw), Withheld: hex.EncodeToString(must(e.withoutBody()).Raw), Draft: hex.EncodeToString(must(d.Encode())),
		})
		switch {
		case e.Kind == KindPrekey && v.PrekeyBody == "":
			v.PrekeyBody = hex.EncodeToString(e.Body)
		case e.Kind == KindReceipt && len(e.Body) > 0:
			v.ReceiptBodyMissed = hex.EncodeToString(e.Body)
		}
	}
	for _, id := range l.Heads() {
		v.Heads = append(v.Heads, id.String())
	}
}

// vectorNonPaper is the form of the one non-paper in the vectors, and the key of
// its MAC.
func vectorNonPaper(c *Charter, l *Log, said content) (f nonPaperForm, given, gave, mac []byte) {
	pairs := map[string][]byte{}
	for _, p := range vectorPairs() {
		pairs[p.From+">"+p.To] = unhex(p.Secret)
	}
	given, gave = pairs["us>ru"], pairs["ru>us"]
	ru, us := key("ru").ID(), key("us").ID()
	f = nonPaperForm{
		Version: Version, Suite: Suite, Channel: c.ID(), Author: ru, Prekey: l.recentPrekeys(ru)[0].Entry,
		Claimed: 1_660_000_000, Until: 1_660_600_000, Sending: 1, Kind: "note", Content: nonPaperContent(said),
		To: []addressee{{Device: us, Prekey: l.recentPrekeys(us)[0].Entry, Number: 3, Previous: pairMAC{7}}},
	}
	return f, given, gave, nonPaperKey(f.Channel, f.Author, f.Prekey, f.To[0], given, gave)
}

func (v *vectors) addNonPaper(c *Charter, l *Log) {
	said := content{Salt: [32]byte{42}, Body: []byte("between us: one for one?")}
	f, given, gave, k := vectorNonPaper(c, l, said)
	form := must(Marshal(f))
	m := formMAC(k, form)
	before := [8]byte{0x80}
	rk := receiptKey(k, m)
	payload := receiptPayload(rk, before)
	h := hex.EncodeToString
	v.NonPaper = nonPaperVector{
		Given: h(given), Gave: h(gave), Key: h(k), Form: h(form), MAC: h(m[:]), Header: h(must(Marshal(nonPaperHeader{Form: form, MACs: []pairMAC{m}}))),
		Content: h(must(Marshal(said))), Body: h(said.Body), ReceiptKey: h(rk[:]), Before: h(before[:]), Receipt: h(payload[:]),
	}
}

// sealNonPaper seals it to us, with a call to the neutral.
func (v *vectors) sealNonPaper(c *Charter) {
	call := aside{to: sealingKey("neutral").Public(), payload: [32]byte{asideCall, 1, 2, 3}}
	to := Recipients{Whole: [][]byte{sealingKey("us/prekey").Public()}, asides: []aside{call}}
	parts := contents{record: record{Header: unhex(v.NonPaper.Header), Content: unhex(v.NonPaper.Content)}}
	v.NonPaper.Envelope = hex.EncodeToString(must(sealContents(randomness(2), c.ID(), to, parts)))
	v.NonPaper.Opens = hex.EncodeToString(sealingKey("us/prekey").Bytes())
	v.NonPaper.Called, v.NonPaper.Aside = hex.EncodeToString(sealingKey("neutral").Bytes()), hex.EncodeToString(call.payload[:])
}

func checkNonPaperVector(t *testing.T, v nonPaperVector, pairs []pairVector) {
	t.Helper()
	c := vectorCharter()
	for _, p := range pairs {
		secret, err := openPair(c.ID(), key(p.From).ID(), pairOffer{Key: keyHash(unhex(p.Key)), Sealed: unhex(p.Sealed)}, must(ParseSealingKey(unhex(p.Opens))))
		if err != nil || hex.EncodeToString(secret) != p.Secret {
			t.Errorf("the secret of %s for %s: %v", p.From, p.To, err)
		}
	}
	o, err := openEnvelope([]*SealingKey{must(ParseSealingKey(unhex(v.Opens)))}, c.ID(), unhex(v.Envelope))
	if err != nil || hex.EncodeToString(o.parts.Header) != v.Header || hex.EncodeToString(o.parts.Content) != v.Content || len(o.asides) > 0 {
		t.Errorf("the envelope of the non-paper: %v", err)
	}
	if _, err := parseNonPaper(o.parts); err != nil {
		t.Errorf("the non-paper: %v", err)
	}
	o, err = openEnvelope([]*SealingKey{must(ParseSealingKey(unhex(v.Called)))}, c.ID(), unhex(v.Envelope))
	if err != nil || len(o.parts.Header) > 0 || len(o.asides) != 1 || hex.EncodeToString(o.asides[0][:]) != v.Aside {
		t.Errorf("the aside of the non-paper: %v", err)
	}
}

func (v *vectors) addExport(t *testing.T) {
	files := exported(t)
	c, _ := talks()
	v.Manifest, v.ManifestBy = hex.EncodeToString(files[manifestFile]), hex.EncodeToString(must(c.Encode()))
	for _, f := range listFiles(files) {
		v.Files = append(v.Files, f.Name)
		v.FileContents = append(v.FileContents, hex.EncodeToString(files[f.Name]))
	}
}

// malform lists bytes that must be refused as an entry, and as a signed entry,
// each for one reason. The signatures in them are over the bytes as they are.
func (v *vectors) malform(d Draft) {
	good := must(Marshal(d.Entry))
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
	add("content as text", good[:len(good)-34], []byte{0x78, 0x20}, bytes.Repeat([]byte("a"), 32))
	add("content of 31 bytes", good[:len(good)-34], []byte{0x58, 0x1f}, good[len(good)-31:])
	add("kind as bytes", bytes.Replace(good, []byte("\x64note"), []byte("\x44note"), 1))
	add("kind in capitals", bytes.Replace(good, []byte("\x64note"), []byte("\x64Note"), 1))
	add("one field more", []byte{0x8d}, good[1:], []byte{0x00})
	add("one field less", []byte{0x8b}, good[1:len(good)-34])
	add("one byte less", good[:len(good)-1])

	said := must(Marshal(content{Salt: d.Salt, Body: d.Body}))
	sign := func(name string, raw []byte) { v.MalformedSigned[name] = hex.EncodeToString(raw) }
	h, _ := parts(signBytes(good, "us", said))
	sign("another body", layOut(h, must(Marshal(content{Salt: d.Salt, Body: []byte("hallo")}))))
	sign("another salt", layOut(h, must(Marshal(content{Salt: [32]byte{9}, Body: d.Body}))))
	sign("the body bare", layOut(h, d.Body))
	sign("bytes after the content", layOut(h, append(bytes.Clone(said), 0)))
	sign("no Ed25519", layOut(header{Entry: h.Entry, MLDSA: h.MLDSA}, said))
	sign("no ML-DSA-65", layOut(header{Entry: h.Entry, Ed25519: h.Ed25519}, said))
	theirs, _ := parts(signBytes(good, "ru", said))
	sign("another's Ed25519", layOut(header{Entry: h.Entry, Ed25519: theirs.Ed25519, MLDSA: h.MLDSA}, said))
	sign("another's ML-DSA-65", layOut(header{Entry: h.Entry, Ed25519: h.Ed25519, MLDSA: theirs.MLDSA}, said))
	sign("one field more", append(append([]byte{0x83}, layOut(h, said)[1:]...), 0x40))
}

func (v *vectors) seal() {
	c, l, said := vectorTalks()
	e, _ := l.Entry(said[6].ID())
	sealed := must(Seal(randomness(1), c.ID(), Recipients{Whole: publicKeys("ru", "us"), Headers: publicKeys("neutral")}, e.Raw))
	var key [contentKeySize]byte
	_, _ = randomness(1).Read(key[:])
	v.Envelope = envelopeVector{
		Whole: []string{"ru", "us"}, Headers: []string{"neutral"}, WholeKey: hex.EncodeToString(key[:]),
		Envelope: hex.EncodeToString(sealed), Opens: hex.EncodeToString(e.Raw), OpensHeader: hex.EncodeToString(must(e.withoutBody()).Raw),
	}
	v.Envelope.derive(c.ID())
}

// derive fills in what follows from the whole key.
func (v *envelopeVector) derive(channel ID) {
	keys := newPartKeys(channel, unhex(v.WholeKey))
	v.HeaderKey = hex.EncodeToString(keys[headerOnly][:])
	v.WholeSeal, v.HeaderSeal = hex.EncodeToString(bodyKey(channel, keys[whole][:])), hex.EncodeToString(bodyKey(channel, keys[headerOnly][:]))
	v.Commitments = nil
	for _, k := range keys {
		commit := commitment(channel, k[:])
		v.Commitments = append(v.Commitments, hex.EncodeToString(commit[:]))
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
		c, _, _ := vectorTalks()
		now.sealNonPaper(c)
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
	nonPaper := kept.NonPaper
	for _, v := range []*nonPaperVector{&kept.NonPaper, &now.NonPaper} {
		v.Envelope, v.Opens, v.Called, v.Aside = "", "", "", ""
	}
	if a, b := must(json.MarshalIndent(now, "", " ")), must(json.MarshalIndent(kept, "", " ")); !bytes.Equal(a, b) {
		t.Errorf("the format has changed: %s", firstDifference(a, b))
	}
	checkEnvelopeVector(t, sealed)
	checkNonPaperVector(t, nonPaper, kept.Pairs)
	for name, bad := range kept.Malformed {
		if _, err := parseRecord(layOut(header{Entry: unhex(bad)}, nil)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	c, _, _ := vectorTalks()
	for name, bad := range kept.MalformedSigned {
		if _, err := c.VerifyEntry(unhex(bad)); err == nil {
			t.Errorf("signed, with %s: it is taken", name)
		}
	}
	checkProofVector(t, kept)
}

func checkProofVector(t *testing.T, v vectors) {
	t.Helper()
	guilt, err := CheckProof(unhex(v.Proof))
	if err != nil || guilt.Author.ID().String() != v.Guilty || guilt.Channel.String() != v.ChannelID {
		t.Errorf("the proof: %+v, %v", guilt, err)
	}
}

func checkEnvelopeVector(t *testing.T, v envelopeVector) {
	t.Helper()
	c, _, _ := vectorTalks()
	var e envelope
	if err := Unmarshal(unhex(v.Envelope), &e); err != nil {
		t.Fatal(err)
	}
	for part, names := range [][]string{whole: v.Whole, headerOnly: v.Headers} {
		opens, in := v.Opens, v.WholeKey
		if part == headerOnly {
			opens, in = v.OpensHeader, v.HeaderKey
		}
		for _, name := range names {
			raw, err := Open(openers(name), c.ID(), unhex(v.Envelope))
			if err != nil || hex.EncodeToString(raw) != opens {
				t.Errorf("%s opens the envelope: %v", name, err)
			}
			found, got, _ := e.Top.findKey(openers(name), c.ID())
			if found == nil || got != part || hex.EncodeToString(found) != in {
				t.Errorf("%s finds another key", name)
			}
		}
	}
	again := v
	again.derive(c.ID())
	if !reflect.DeepEqual(again, v) {
		t.Error("other keys follow from the whole key")
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
