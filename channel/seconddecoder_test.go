package channel

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// A second decoder, in Python and written from docs/wire.md alone, must read
// what we write, name it as we do, and refuse what we refuse.

// python runs the second decoder.
func python(t *testing.T, input []byte, arg string) []byte {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("CI needs python3 for the second decoder")
		}
		t.Skip("the second decoder needs python3, and there is none")
	}
	cmd := exec.CommandContext(t.Context(), python, "-B", filepath.Join("testdata", "decode", "decode.py"), arg)
	cmd.Stdin = bytes.NewReader(input)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the second decoder: %v\n%s", err, errs.Bytes())
	}
	return out
}

// object is a JSON object.
type object = map[string]any

func readJSON(t *testing.T, data []byte) (o object) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&o); err != nil {
		t.Fatal(err)
	}
	return o
}

// inJSON is a structure as the second decoder writes it: fields by their names
// in small letters, bytes in hexadecimal.
func inJSON(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		return inJSON(v.Elem())
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Uint64, reflect.Int64:
		return json.Number(fmt.Sprint(v.Interface()))
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			raw := make([]byte, v.Len())
			reflect.Copy(reflect.ValueOf(raw), v)
			return hex.EncodeToString(raw)
		}
		out := []any{}
		for i := range v.Len() {
			out = append(out, inJSON(v.Index(i)))
		}
		return out
	case reflect.Struct:
		out := object{}
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "_" {
				out[strings.ToLower(name)] = inJSON(v.Field(i))
			}
		}
		return out
	}
	panic("no structure of the wire format has a " + v.Kind().String())
}

func asJSON(x any) any { return inJSON(reflect.ValueOf(x)) }

// encoded is a structure inside another, as the second decoder writes it.
func encoded(raw []byte, x any) object {
	return object{"bytes": hex.EncodeToString(raw), "value": asJSON(x)}
}

// TestASecondDecoderAgrees: all that follows from the vectors' bytes.
func TestASecondDecoderAgrees(t *testing.T) {
	got := readJSON(t, python(t, nil, vectorsFile))
	want := readJSON(t, must(os.ReadFile(vectorsFile)))
	v := readVectors(t)
	for _, name := range []string{
		"channel_id", "secret", "commitment", "mailbox", "relay_key", "member_ids", "signing_publics", "sealing_publics",
		"change_id", "roster_before", "roster_after", "heads", "heads_digest", "fingerprint",
		"padded_content_sizes", "padded_header_sizes",
	} {
		agree(t, name, got[name], want[name])
	}
	for _, name := range []string{"header_key", "commitments", "content_sealing_key", "header_sealing_key"} {
		agree(t, name, got["envelope"].(object)[name], want["envelope"].(object)[name])
	}
	agreeOnStructures(t, got, v)
	agreeOnEntries(t, got["entries"].([]any), v.Entries)
	m, s, err := parseManifest(unhex(v.Manifest))
	if err != nil {
		t.Fatal(err)
	}
	manifest := asJSON(m).(object)
	manifest["signer"] = asJSON(s.Signature.Signer)
	for _, f := range manifest["files"].([]any) {
		f := f.(object)
		f["sha256"] = f["digest"]
		delete(f, "digest")
	}
	agree(t, "manifest", got["manifest"], manifest)
	agreeOnNonPaper(t, got["non_paper"].(object), v.NonPaper)
	guilt := must(CheckProof(unhex(v.Proof)))
	agree(t, "proof", got["proof"], object{
		"channel": asJSON(guilt.Channel), "author": v.Guilty, "number": asJSON(guilt.Number), "a": asJSON(guilt.A), "b": asJSON(guilt.B),
	})
	agreeOnRefusals(t, got["malformed_entries"].(object), v.Malformed)
	agreeOnRefusals(t, got["malformed_signed_entries"].(object), v.MalformedSigned)
}

func agreeOnStructures(t *testing.T, got object, v vectors) {
	t.Helper()
	agree(t, "charter", got["charter"], asJSON(must(ParseCharter(unhex(v.Charter)))))
	provisional := must(ParseSignedCharter(unhex(v.Provisional)))
	agree(t, "provisional charter", got["provisional"], object{
		"charter":    encoded(provisional.Raw, must(ParseCharter(provisional.Raw))),
		"signatures": asJSON(provisional.Signatures), "secret": asJSON(provisional.Secret),
	})
	for name, raw := range map[string]string{"signed_card": v.Card, "signed_neutral_card": v.NeutralCard} {
		card := must(ParseCard(unhex(raw)))
		agree(t, name, got[name], object{"card": encoded(card.Raw, must(card.Verify())), "signatures": asJSON(card.Signatures)})
	}
	change := must(ParseSignedChange(unhex(v.SignedChange)))
	agree(t, "signed_change", got["signed_change"], object{
		"change": encoded(change.Raw, must(ParseChange(change.Raw))), "signatures": asJSON(change.Signatures),
	})
	agree(t, "prekey", got["prekey"], asJSON(must(parsePrekey(unhex(v.PrekeyBody)))))
	agree(t, "receipt", got["receipt"], object{"missed": asJSON(must(parseMissed(unhex(v.ReceiptBodyMissed))))})
}

func agreeOnNonPaper(t *testing.T, got object, v nonPaperVector) {
	t.Helper()
	p := must(parseNonPaper(record{Header: unhex(v.Header), Content: unhex(v.Content)}))
	agree(t, "non-paper", got, object{
		"form": encoded(unhex(v.Form), p.nonPaperForm), "key": v.Key, "mac": v.MAC, "body": v.Body,
		"receipt_key": v.ReceiptKey, "receipt": v.Receipt,
	})
}

func agreeOnEntries(t *testing.T, got []any, want []entryVector) {
	t.Helper()
	if len(want) == 0 || len(got) != len(want) {
		t.Fatalf("%d entries of %d", len(got), len(want))
	}
	for i, e := range want {
		d := must(ParseDraft(unhex(e.Draft)))
		mine := asJSON(d.Entry).(object)
		mine["id"], mine["entry"], mine["salt"], mine["body"] = e.ID, e.Entry, e.Salt, e.Body
		h, _ := parts(unhex(e.Signed))
		mine["ed25519"], mine["mldsa"] = asJSON(h.Ed25519), asJSON(h.MLDSA)
		agree(t, fmt.Sprint("entry ", i), got[i], mine)
	}
}

// agreeOnRefusals wants all refused but what needs a signature to be verified,
// which Python's standard library can't.
func agreeOnRefusals(t *testing.T, refused object, bad map[string]string) {
	t.Helper()
	if len(bad) == 0 {
		t.Error("nothing is malformed")
	}
	for name := range bad {
		why, _ := refused[name].(string)
		if taken := why == ""; taken != strings.HasPrefix(name, "another's ") {
			t.Errorf("%s: the second decoder says %q", name, why)
		}
	}
}

func agree(t *testing.T, what string, got, want any) {
	t.Helper()
	g, isObject := got.(object)
	w, both := want.(object)
	switch {
	case isObject && both && len(g) == len(w):
		for name := range w {
			agree(t, what+": "+name, g[name], w[name])
		}
	case want == nil || !reflect.DeepEqual(got, want):
		t.Errorf("%s: the second decoder has %.500s, want %.500s", what, fmt.Sprint(got), fmt.Sprint(want))
	}
}

// question is bytes that both decoders are asked about.
type question struct {
	Kind string `json:"kind"`
	Hex  string `json:"hex"`
	what string
}

// ours tells whether we take it, and what we read.
func (q question) ours() (any, error) {
	data := unhex(q.Hex)
	switch q.Kind {
	case "charter":
		c, err := ParseCharter(data)
		if err != nil {
			return nil, err
		}
		return asJSON(c), nil
	case "nonpaper":
		var f nonPaperForm
		if err := Unmarshal(data, &f); err != nil {
			return nil, err
		}
		return asJSON(f), f.check()
	case "prekey":
		b, err := parsePrekey(data)
		return asJSON(b), err
	case "signed-change":
		s, err := ParseSignedChange(data)
		if err != nil {
			return nil, err
		}
		c, err := ParseChange(s.Raw)
		if err != nil {
			return nil, err
		}
		return object{"change": encoded(s.Raw, c), "signatures": asJSON(s.Signatures)}, nil
	default:
		u, err := parseRecord(layOut(header{Entry: data, Ed25519: make([]byte, 64), MLDSA: make([]byte, 3309)}, nil))
		if err != nil {
			return nil, err
		}
		return asJSON(u.Entry), nil
	}
}

// TestASecondDecoderTakesAndRefusesTheSame: entries, charters and changes,
// changed by a bit, a byte or a field.
func TestASecondDecoderTakesAndRefusesTheSame(t *testing.T) {
	v := readVectors(t)
	var probes []question
	for _, e := range v.Entries {
		probes = append(probes, changed("entry", unhex(e.Entry), 400)...)
	}
	probes = append(probes, entryFields(unhex(v.Entries[0].Entry))...)
	probes = append(probes, changed("charter", unhex(v.Charter), 200)...)
	probes = append(probes, charterFields(unhex(v.Charter))...)
	probes = append(probes, changed("signed-change", unhex(v.SignedChange), 200)...)
	probes = append(probes, changed("nonpaper", unhex(v.NonPaper.Form), 400)...)
	probes = append(probes, nonPaperFields(unhex(v.NonPaper.Form))...)
	probes = append(probes, changed("prekey", unhex(v.PrekeyBody), 200)...)
	probes = append(probes, question{Kind: "prekey", Hex: hex.EncodeToString(must(Marshal(firstPrekeyBody{Sealing: sealingKey("us").Public()}))), what: "a prekey of the first form"})

	var input bytes.Buffer
	for _, p := range probes {
		input.Write(append(must(json.Marshal(p)), '\n'))
	}
	answers := bufio.NewScanner(bytes.NewReader(python(t, input.Bytes(), "-")))
	answers.Buffer(nil, 16<<20)
	taken, refused := 0, 0
	for _, p := range probes {
		if !answers.Scan() {
			t.Fatalf("fewer answers than questions: %v", answers.Err())
		}
		theirs := readJSON(t, answers.Bytes())
		mine, err := p.ours()
		switch {
		case (err != nil) != (theirs["value"] == nil):
			t.Errorf("%s, %s: we say %v, the second decoder %v", p.Kind, p.what, err, theirs["refused"])
		case err != nil:
			refused++
		default:
			taken++
			agree(t, p.what, theirs["value"], mine)
		}
	}
	if taken < len(probes)/20 || refused < len(probes)/20 {
		t.Errorf("of %d probes %d are taken and %d refused: too much alike", len(probes), taken, refused)
	}
	t.Logf("%d taken, %d refused", taken, refused)
}

// changed makes n changes of a bit or a byte, or a cut.
func changed(kind string, raw []byte, n int) []question {
	r := rand.New(rand.NewPCG(uint64(len(raw)), uint64(n)))
	var out []question
	for i := range n {
		data := bytes.Clone(raw)
		at := r.IntN(len(data))
		if i%3 == 0 {
			at = min(at, r.IntN(len(data)), r.IntN(len(data)), r.IntN(len(data))) // more of them where the small fields are
		}
		switch r.IntN(4) {
		case 0, 1:
			data[at] ^= 1 << r.IntN(8)
		case 2:
			data[at] = byte(r.IntN(256))
		default:
			data = append(data[:at], data[at+1:]...)
		}
		out = append(out, question{Kind: kind, Hex: hex.EncodeToString(data), what: fmt.Sprintf("change %d at byte %d", i, at)})
	}
	return out
}

// entryFields sets one field of an entry to what stands at an edge.
func entryFields(raw []byte) (out []question) {
	var good Entry
	if err := Unmarshal(raw, &good); err != nil {
		panic(err)
	}
	add := func(what string, change func(*Entry)) {
		e := good
		change(&e)
		out = append(out, question{Kind: "entry", Hex: hex.EncodeToString(must(Marshal(e))), what: what})
	}
	add("nothing", func(*Entry) {})
	add("number 0", func(e *Entry) { e.Number = 0 })
	add("number 0 after one", func(e *Entry) { e.Number, e.Previous = 0, EntryID{1} })
	add("number 1 after one", func(e *Entry) { e.Number, e.Previous = 1, EntryID{1} })
	add("number 2 after none", func(e *Entry) { e.Number, e.Previous = 2, EntryID{} })
	add("the greatest number", func(e *Entry) { e.Number, e.Previous = 1<<64-1, EntryID{1} })
	add("another roster", func(e *Entry) { e.Roster[0] ^= 1 })
	add("claimed at 0", func(e *Entry) { e.Claimed = 0 })
	add("claimed at -1", func(e *Entry) { e.Claimed = -1 })
	add("claimed at last", func(e *Entry) { e.Claimed = 1<<63 - 1 })
	add("claimed first of all", func(e *Entry) { e.Claimed = -1 << 63 })
	for _, kind := range []string{"", "a", "-", "Note", "no te", "né", strings.Repeat("a", 64), strings.Repeat("a", 65)} {
		add("kind "+kind, func(e *Entry) { e.Kind = kind })
	}
	for _, heads := range [][]EntryID{{}, {{}}, {{1}, {2}}, {{2}, {1}}, {{1}, {1}}} {
		add(fmt.Sprint("heads ", len(heads)), func(e *Entry) { e.Heads = heads })
	}
	for _, n := range []int{256, 257} {
		add(fmt.Sprint("heads ", n), func(e *Entry) {
			e.Heads = make([]EntryID, n)
			for i := range e.Heads {
				e.Heads[i] = EntryID{byte(i >> 8), byte(i), 1}
			}
		})
	}
	return out
}

// nonPaperFields sets one field of a non-paper's form to what stands at an edge.
func nonPaperFields(raw []byte) (out []question) {
	add := func(what string, change func(*nonPaperForm)) {
		var f nonPaperForm
		if err := Unmarshal(raw, &f); err != nil {
			panic(err)
		}
		change(&f)
		out = append(out, question{Kind: "nonpaper", Hex: hex.EncodeToString(must(Marshal(f))), what: what})
	}
	add("nothing", func(*nonPaperForm) {})
	add("version 2", func(f *nonPaperForm) { f.Version = 2 })
	add("no prekey", func(f *nonPaperForm) { f.Prekey = EntryID{} })
	add("claimed at -1", func(f *nonPaperForm) { f.Claimed = -1 })
	add("until when it was made", func(f *nonPaperForm) { f.Until = f.Claimed })
	add("sending 0", func(f *nonPaperForm) { f.Sending = 0 })
	for _, kind := range []string{"", "receipt", "prekey", "roster", "offer", "Offer"} {
		add("kind "+kind, func(f *nonPaperForm) { f.Kind = kind })
	}
	add("to nobody", func(f *nonPaperForm) { f.To = nil })
	add("to its author", func(f *nonPaperForm) { f.To[0].Device = f.Author })
	add("number 0", func(f *nonPaperForm) { f.To[0].Number = 0 })
	add("the greatest number", func(f *nonPaperForm) { f.To[0].Number = 1<<64 - 1 })
	add("no prekey of theirs", func(f *nonPaperForm) { f.To[0].Prekey = EntryID{} })
	add("twice to one", func(f *nonPaperForm) { f.To = append(f.To, f.To[0]) })
	for _, n := range []int{31, 32} {
		add(fmt.Sprint("to ", n), func(f *nonPaperForm) {
			one := f.To[0]
			f.To = nil
			for i := range n {
				one.Device = MemberID{byte(i), 1}
				f.To = append(f.To, one)
			}
		})
	}
	return out
}

// charterFields sets one field of a charter to what stands at an edge.
func charterFields(raw []byte) (out []question) {
	add := func(what string, change func(*Charter)) {
		c := must(ParseCharter(raw)) // anew: it is changed in depth
		change(c)
		out = append(out, question{Kind: "charter", Hex: hex.EncodeToString(must(Marshal(c))), what: what})
	}
	texts := map[string]string{
		"empty": "", "long": strings.Repeat("é", 128), "too long": strings.Repeat("é", 128) + "a",
		"with a line end": "a\nb", "with a delete": "a\x7fb", "with a C1 control": "a\u0085b", "with a soft hyphen": "a\u00adb", "with a mark": "a\u202eb",
	}
	for what, text := range texts {
		add("title "+what, func(c *Charter) { c.Title = text })
		add("name "+what, func(c *Charter) { c.Delegations[0].Name = text })
		add("member's name "+what, func(c *Charter) { c.Delegations[0].Devices[0].Name = text })
		add("office "+what, func(c *Charter) { c.Delegations[1].Principal.Office = text })
	}
	for _, party := range []string{"", "a", "ru", "us", "zz", "R", strings.Repeat("r", 64), strings.Repeat("r", 65)} {
		add("party "+party, func(c *Charter) { c.Delegations[0].Party = party })
	}
	add("made at -1", func(c *Charter) { c.Made = -1 })
	add("no commitment", func(c *Charter) { c.Commitment = [32]byte{} })
	add("terms", func(c *Charter) { c.Terms = make([]byte, MaxTerms) })
	add("too long terms", func(c *Charter) { c.Terms = make([]byte, MaxTerms+1) })
	add("version 2", func(c *Charter) { c.Version = 2 })
	add("suite 0", func(c *Charter) { c.Suite = 0 })
	add("one delegation", func(c *Charter) { c.Delegations = c.Delegations[:1] })
	add("delegations out of order", func(c *Charter) { c.Delegations[0].Party, c.Delegations[1].Party = "us", "ru" })
	add("a delegation twice", func(c *Charter) { c.Delegations[1] = c.Delegations[0] })
	add("no device", func(c *Charter) { c.Delegations[0].Devices = nil })
	add("a device twice", func(c *Charter) {
		d := &c.Delegations[0]
		d.Devices = append(d.Devices, d.Devices[0])
	})
	add("a principal with a sealing key", func(c *Charter) {
		c.Delegations[0].Principal.Sealing = bytes.Clone(c.Delegations[1].Devices[0].Sealing)
	})
	add("a device without a sealing key", func(c *Charter) { c.Delegations[0].Devices[0].Sealing = nil })
	for what, at := range map[string]int{"Ed25519": 0, "ML-DSA": 40} {
		add("half a key twice: "+what, func(c *Charter) {
			a, b := &c.Delegations[0].Principal, &c.Delegations[1].Principal
			a.Signing = bytes.Clone(a.Signing)
			if at == 0 {
				copy(a.Signing[:32], b.Signing[:32])
			} else {
				copy(a.Signing[32:], b.Signing[32:])
			}
		})
	}
	out = append(out, officeFields(raw)...)
	out = append(out, sealingFields(raw)...)
	return append(out, neutralFields(raw)...)
}

func sealingFields(raw []byte) (out []question) {
	add := func(what string, change func(a, b []byte)) {
		c := must(ParseCharter(raw))
		change(c.Delegations[0].Devices[0].Sealing, c.Delegations[1].Devices[0].Sealing)
		out = append(out, question{Kind: "charter", Hex: hex.EncodeToString(must(Marshal(c))), what: what})
	}
	add("half a sealing key twice: ML-KEM", func(a, b []byte) { copy(a[:1184], b[:1184]) })
	add("half a sealing key twice: X25519", func(a, b []byte) { copy(a[1184:], b[1184:]) })
	add("ML-KEM at 3328", func(a, _ []byte) { a[0], a[1] = 0x00, a[1]&0xf0|0x0d })
	add("ML-KEM at 3329", func(a, _ []byte) { a[0], a[1] = 0x01, a[1]&0xf0|0x0d })
	add("ML-KEM second at 3329", func(a, _ []byte) { a[1], a[2] = a[1]&0x0f|0x10, 0xd0 })
	for _, point := range []string{ // RFC 7748's little-endian; of small order, then not, then not reduced
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0000000000000000000000000000000000000000000000000000000000000080",
		"0900000000000000000000000000000000000000000000000000000000000000",
		"0900000000000000000000000000000000000000000000000000000000000080",
		"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	} {
		add("X25519 at "+point, func(a, _ []byte) { copy(a[1184:], unhex(point)) })
	}
	return out
}

func neutralFields(raw []byte) (out []question) {
	r := rand.NewChaCha8([32]byte{5})
	neutral := func(name string, capabilities ...string) Neutral {
		signing := must(GenerateSigningKey(r)).Public()
		sealing := must(GenerateSealingKey(r)).Public()
		return Neutral{Name: name, Capabilities: capabilities, Device: Member{Name: name, Signing: signing, Sealing: sealing}}
	}
	add := func(what string, neutrals ...Neutral) {
		c := must(ParseCharter(raw))
		c.Neutrals = neutrals
		out = append(out, question{Kind: "charter", Hex: hex.EncodeToString(must(Marshal(c))), what: what})
	}
	add("a neutral", neutral("Swiss", "chair", "depositary", "host", "humanitarian"))
	add("a neutral of no use", neutral("Swiss"))
	add("an unknown capability", neutral("Swiss", "king"))
	add("capabilities out of order", neutral("Swiss", "host", "chair"))
	add("a capability twice", neutral("Swiss", "host", "host"))
	add("two neutrals", neutral("Norwegian", "host"), neutral("Swiss", "host"))
	add("two neutrals out of order", neutral("Swiss", "host"), neutral("Norwegian", "host"))
	add("two neutrals of one name", neutral("Swiss", "host"), neutral("Swiss", "host"))
	add("a neutral without a name", neutral("", "host"))
	var many []Neutral
	for i := range MaxNeutrals + 1 {
		many = append(many, neutral(fmt.Sprint("neutral ", i), "host"))
	}
	add("eight neutrals", many[:MaxNeutrals]...)
	add("nine neutrals", many...)
	return out
}

// officeFields are about who decides over rosters, and what is adopted.
func officeFields(raw []byte) (out []question) {
	add := func(what string, change func(c *Charter, a *Authority, r *Recovery)) {
		c := must(ParseCharter(raw))
		change(c, &c.Delegations[1].Authority, &c.Delegations[1].Recovery)
		out = append(out, question{Kind: "charter", Hex: hex.EncodeToString(must(Marshal(c))), what: what})
	}
	for n := range uint64(5) {
		add(fmt.Sprint("a threshold of ", n), func(_ *Charter, a *Authority, _ *Recovery) { a.Threshold = n })
	}
	add("a threshold without keys", func(_ *Charter, a *Authority, _ *Recovery) { a.Keys = nil })
	add("no authority", func(_ *Charter, a *Authority, _ *Recovery) { *a = Authority{} })
	add("a key of an authority twice", func(_ *Charter, a *Authority, _ *Recovery) { a.Keys[1] = a.Keys[2] })
	add("the principal twice in its authority", func(_ *Charter, a *Authority, _ *Recovery) { a.Keys[1] = a.Keys[0] })
	add("a principal in another's authority", func(c *Charter, a *Authority, _ *Recovery) { a.Keys[1] = c.Delegations[0].Principal })
	add("a device in its authority", func(c *Charter, a *Authority, _ *Recovery) {
		a.Keys[1] = c.Delegations[1].Devices[0]
		a.Keys[1].Sealing = nil
	})
	for _, n := range []int{16, 17} {
		add(fmt.Sprint("an authority of ", n), func(_ *Charter, a *Authority, _ *Recovery) {
			for i := len(a.Keys); i < n; i++ {
				a.Keys = append(a.Keys, principal(fmt.Sprint("authority ", i)))
			}
			a.Threshold = uint64(n)
		})
	}
	for _, delay := range []uint64{0, 1, MaxDelay, MaxDelay + 1} {
		add(fmt.Sprint("a delay of ", delay), func(_ *Charter, _ *Authority, r *Recovery) { r.Delay = delay })
		add(fmt.Sprint("no recovery key and a delay of ", delay), func(_ *Charter, _ *Authority, r *Recovery) { *r = Recovery{Delay: delay} })
	}
	add("a short recovery key", func(_ *Charter, _ *Authority, r *Recovery) { r.Signing = r.Signing[1:] })
	add("a recovery key of a member", func(c *Charter, _ *Authority, r *Recovery) { r.Signing = c.Delegations[1].Devices[0].Signing })
	add("provisional with principals", func(c *Charter, _ *Authority, _ *Recovery) { c.Provisional = true })
	add("provisional", func(c *Charter, a *Authority, _ *Recovery) {
		c.Provisional, *a = true, Authority{}
		for i := range c.Delegations {
			c.Delegations[i].Principal = Member{}
		}
	})
	add("a short key of a principal", func(c *Charter, _ *Authority, _ *Recovery) {
		c.Delegations[0].Principal.Signing = c.Delegations[0].Principal.Signing[1:]
	})
	for what, adopts := range map[string][]Adopted{
		"one": {{Channel: ID{1}}}, "none by name": {{}}, "one twice": {{Channel: ID{1}}, {Channel: ID{1}}},
		"two": {{Channel: ID{1}}, {Channel: ID{2}}}, "two out of order": {{Channel: ID{2}}, {Channel: ID{1}}},
	} {
		add("adopts "+what, func(c *Charter, _ *Authority, _ *Recovery) { c.Adopts = adopts })
	}
	for _, withheld := range [][]string{{}, {"note"}, {"note", "offer"}, {"offer", "note"}, {"offer", "offer"}, {"roster"}, {"receipt"}, {"prekey"}, {"Note"}} {
		add(fmt.Sprint("withheld ", withheld), func(c *Charter, _ *Authority, _ *Recovery) { c.Neutrals[0].Withheld = withheld })
	}
	return out
}
