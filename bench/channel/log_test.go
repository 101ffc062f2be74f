//go:build unix

package channel

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha512"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"filippo.io/mldsa"

	"parley"
	"parley/channel"
)

const devices = 16

// room is sixteen devices of two delegations.
type room struct {
	charter *channel.Charter
	signing []*channel.SigningKey
	sealing []*channel.SealingKey
}

func newRoom(b *testing.B) *room {
	r := &room{charter: &channel.Charter{
		Version: channel.Version, Suite: channel.Suite, Title: "Talks", Commitment: channel.Secret{1}.Commitment(),
	}}
	member := func(name string) channel.Member {
		k := must(channel.GenerateSigningKey(rand.Reader))(b)
		r.signing = append(r.signing, k)
		return channel.Member{Name: name, Signing: k.Public()}
	}
	var principals []channel.Member
	for range 2 {
		principals = append(principals, member("principal"))
	}
	r.signing = nil
	for side := range 2 {
		d := channel.Delegation{Party: fmt.Sprint("party-", side), Name: "x", Principal: principals[side]}
		for range devices / 2 {
			m := member("device")
			k := must(channel.GenerateSealingKey(rand.Reader))(b)
			r.sealing = append(r.sealing, k)
			m.Sealing = k.Public()
			d.Devices = append(d.Devices, m)
		}
		r.charter.Delegations = append(r.charter.Delegations, d)
	}
	if _, err := r.charter.Encode(); err != nil {
		b.Fatal(err)
	}
	return r
}

func must[T any](v T, err error) func(*testing.B) T {
	return func(b *testing.B) T {
		if err != nil {
			b.Fatal(err)
		}
		return v
	}
}

// talk lets the devices speak in any order, each having seen all before it.
func (r *room) talk(b *testing.B, n int) []*channel.Signed {
	log := must(channel.NewLog(r.charter))(b)
	order := mathrand.New(mathrand.NewPCG(1, 2))
	var all []*channel.Signed
	for i := range n {
		k := r.signing[order.IntN(devices)]
		at := must(log.Next(k.ID()))(b)
		d := channel.Draft{Body: fmt.Appendf(nil, "%0200d", i), Entry: channel.Entry{
			Version: channel.Version, Suite: channel.Suite, Channel: r.charter.ID(), Author: k.ID(), Number: at.Number,
			Previous: at.Previous, Heads: at.Heads, Roster: at.Roster, Claimed: int64(i), Kind: "note",
		}}
		d.Content = contentHash(d)
		e := must(channel.Sign(d, k))(b)
		if _, err := log.Add(e.Raw); err != nil {
			b.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// contentHash is that of docs/wire.md, section 2.
func contentHash(d channel.Draft) [32]byte {
	h := crypto.SHA256.New()
	h.Write([]byte("parley/v1/content\x00"))
	h.Write(d.Salt[:])
	h.Write(d.Body)
	return [32]byte(h.Sum(nil))
}

// bare are the signatures of an entry and what is needed to verify them, taken
// apart beforehand.
type bare struct {
	message, ed25519, mldsa []byte
	ed                      ed25519.PublicKey
	ml                      *mldsa.PublicKey
}

func (r *room) bare(b *testing.B, all []*channel.Signed) []bare {
	type record struct {
		_               struct{} `cbor:",toarray"`
		Header, Content []byte
	}
	type header struct {
		_                     struct{} `cbor:",toarray"`
		Entry, Ed25519, MLDSA []byte
	}
	keys := map[channel.MemberID]bare{}
	for _, k := range r.signing {
		public := k.Public()
		ml := must(mldsa.NewPublicKey(mldsa.MLDSA65(), public[ed25519.PublicKeySize:]))(b)
		keys[k.ID()] = bare{ed: ed25519.PublicKey(public[:ed25519.PublicKeySize]), ml: ml}
	}
	var out []bare
	for _, e := range all {
		var parts record
		var h header
		if err := channel.Unmarshal(e.Raw, &parts); err != nil {
			b.Fatal(err)
		}
		if err := channel.Unmarshal(parts.Header, &h); err != nil {
			b.Fatal(err)
		}
		x := keys[e.Author]
		x.message, x.ed25519, x.mldsa = h.Entry, h.Ed25519, h.MLDSA
		out = append(out, x)
	}
	return out
}

func (x *bare) verify() error {
	digest := sha512.Sum512(x.message)
	if err := ed25519.VerifyWithOptions(x.ed, digest[:], x.ed25519, &ed25519.Options{Hash: crypto.SHA512, Context: "parley/v1/entry"}); err != nil {
		return err
	}
	return mldsa.Verify(x.ml, x.message, x.mldsa, &mldsa.Options{Context: "parley/v1/entry"})
}

func entries() int {
	if n, err := strconv.Atoi(os.Getenv("PARLEY_BENCH_ENTRIES")); err == nil {
		return n
	}
	return 10_000
}

// BenchmarkVerifyAndFold takes in all entries and folds them, against their
// signatures alone, in time of the processor. The two take turns, so that a busy
// machine slows both.
func BenchmarkVerifyAndFold(b *testing.B) {
	r := newRoom(b)
	all := r.talk(b, entries())
	alone := r.bare(b, all)
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		before := heap()
		b.StartTimer()
		log := must(channel.NewLog(r.charter))(b)
		var signatures, whole time.Duration
		const turn = 250
		for from := 0; from < len(all); from += turn {
			to := min(from+turn, len(all))
			start := cpu(b)
			for i := range alone[from:to] {
				if err := alone[from+i].verify(); err != nil {
					b.Fatal(err)
				}
			}
			signatures += cpu(b) - start
			start = cpu(b)
			for _, e := range all[from:to] {
				if _, err := log.Add(e.Raw); err != nil {
					b.Fatal(err)
				}
			}
			whole += cpu(b) - start
		}
		start := cpu(b)
		table := r.fold(log)
		fold := cpu(b) - start
		whole += fold
		b.StopTimer()
		if len(table.Acts) != len(all) {
			b.Fatalf("%d acts", len(table.Acts))
		}
		table = nil
		n := float64(len(all))
		b.ReportMetric(float64(heap()-before)/n, "bytes/entry")
		b.ReportMetric(signatures.Seconds()*1e6/n, "µs/signatures")
		b.ReportMetric(whole.Seconds()*1e6/n, "µs/entry")
		b.ReportMetric(fold.Seconds()*1e6/n, "µs/fold")
		b.ReportMetric(whole.Seconds()/signatures.Seconds(), "x-signatures")
		runtime.KeepAlive(log)
		b.StartTimer()
	}
}

// fold reads the log as a table of notes.
func (r *room) fold(log *channel.Log) *parley.Table {
	var g parley.Ground
	for _, s := range r.charter.Seats() {
		m := parley.Member{ID: parley.MemberID(s.ID), Party: parley.PartyID(s.Party), Role: parley.Delegate}
		if s.Principal {
			m.Role = parley.Principally
		}
		g.Members = append(g.Members, m)
	}
	var acts []parley.Act
	for _, e := range log.Entries() {
		a := parley.Act{
			Ref: parley.Ref(e.ID), Author: parley.MemberID(e.Author), Number: e.Number, Previous: parley.Ref(e.Previous),
			Claimed: e.Claimed, Move: &parley.Note{Text: string(e.Body)},
		}
		for _, h := range e.Heads {
			a.Heads = append(a.Heads, parley.Ref(h))
		}
		acts = append(acts, a)
	}
	return parley.Fold(g, acts)
}

// cpu is what this process has had of the processor, its garbage collection
// included.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkOpen opens envelopes of sixteen slots, with one key and with two: the
// newest prekey and the one before it.
func BenchmarkOpen(b *testing.B) {
	r := newRoom(b)
	all := r.talk(b, 50)
	var to channel.Recipients
	for _, k := range r.sealing {
		to.Whole = append(to.Whole, k.Public())
	}
	var sealed [][]byte
	start := time.Now()
	for _, e := range all {
		sealed = append(sealed, must(channel.Seal(rand.Reader, r.charter.ID(), to, e.Raw))(b))
	}
	b.Logf("sealing to %d devices: %v an entry, %d bytes", devices, time.Since(start)/time.Duration(len(all)), len(sealed[0]))
	older := must(channel.GenerateSealingKey(rand.Reader))(b)
	for name, keys := range map[string][]*channel.SealingKey{"one-key": {r.sealing[0]}, "two-keys": {older, r.sealing[0]}} {
		b.Run(name, func(b *testing.B) {
			for i := range b.N {
				if _, err := channel.Open(keys, r.charter.ID(), sealed[i%len(sealed)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
