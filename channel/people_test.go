package channel

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// The people of these tests. Their keys come from their names, so that a run
// can be repeated.

var people sync.Map

func key(name string) *SigningKey {
	if k, ok := people.Load(name); ok {
		return k.(*SigningKey)
	}
	a, b := sha256.Sum256([]byte(name+"/ed25519")), sha256.Sum256([]byte(name+"/mldsa"))
	k, err := ParseSigningKey(slices.Concat(a[:], b[:]))
	if err != nil {
		panic(err)
	}
	people.Store(name, k)
	return k
}

// keyOf finds the key of somebody who has been named before.
func keyOf(id MemberID) *SigningKey {
	var found *SigningKey
	people.Range(func(_, k any) bool {
		if k.(*SigningKey).ID() == id {
			found = k.(*SigningKey)
		}
		return found == nil
	})
	return found
}

// signChange signs a change as these.
func signChange(c *Change, signers ...string) *SignedChange {
	s := &SignedChange{Raw: must(c.Encode())}
	for _, name := range signers {
		if err := s.Sign(key(name)); err != nil {
			panic(err)
		}
	}
	return s
}

// makeProvisional takes the principals' keys out of a charter.
func makeProvisional(c *Charter) {
	c.Provisional = true
	for i := range c.Delegations {
		c.Delegations[i].Principal.Signing = nil
	}
}

func sealingKey(name string) *SealingKey {
	seed := sha256.Sum256([]byte(name + "/sealing"))
	k, err := ParseSealingKey(seed[:])
	if err != nil {
		panic(err)
	}
	return k
}

func principal(name string) Member {
	return Member{Name: name, Office: "President", Signing: key(name).Public()}
}

func device(name string) Member {
	return Member{Name: name, Office: "Delegate", Signing: key(name).Public(), Sealing: sealingKey(name).Public()}
}

func delegation(party string) Delegation {
	return Delegation{Party: party, Name: "The " + party, Principal: principal(party + "-principal"), Devices: []Member{device(party)}}
}

// someSecret is the secret of every channel here.
var someSecret = Secret(sha256.Sum256([]byte("secret")))

// charterOf founds a channel between parties, each with a principal and one
// device named like the party.
func charterOf(parties ...string) *Charter {
	c := &Charter{Version: Version, Suite: Suite, Title: "Talks", Terms: []byte("terms"), Made: 1_660_000_000}
	c.Commitment = someSecret.Commitment()
	for _, party := range parties {
		c.Delegations = append(c.Delegations, delegation(party))
	}
	return c
}

func signedCharterOf(t testing.TB, c *Charter) *SignedCharter {
	t.Helper()
	s := must(NewCharter(*c, someSecret))
	for _, seat := range c.signers() {
		if err := s.AddSignature(must(SignCharter(s.Raw, key(seat.Member.Name)))); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// must is for what can't go wrong in a test's own preparations.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// entryAfter is author's next entry in a log.
func entryAfter(l *Log, c *Charter, author, kind string, body string) *Signed {
	at := must(l.Next(key(author).ID()))
	return must(Sign(entryAt(c, author, kind, body, at), key(author)))
}

func entryAt(c *Charter, author, kind, body string, at Position) Draft {
	d := Draft{Body: []byte(body), Entry: Entry{
		Version: Version, Suite: Suite, Channel: c.ID(), Roster: at.Roster, Author: key(author).ID(),
		Number: at.Number, Previous: at.Previous, Heads: at.Heads,
		Claimed: 1_660_000_000, Kind: kind,
	}}
	if at.Roster.IsZero() {
		d.Roster = c.ID()
	}
	d.Content = d.hash()
	return d
}

// memoryJournal is a journal that can fail.
type memoryJournal struct {
	mu       sync.Mutex
	entries  [][]byte
	outbox   map[EntryID]Outgoing
	cursor   *Cursor
	keys     []KeptKey
	restored bool
	back     map[string][]byte
	writes   int
	// fail is asked before each write: whether the write happens, and what is
	// reported.
	fail func(write int) (keep bool, err error)
}

func newJournal() *memoryJournal {
	return &memoryJournal{outbox: map[EntryID]Outgoing{}, back: map[string][]byte{}}
}

func (j *memoryJournal) Record(ctx context.Context, b Batch) error {
	if err := ctx.Err(); err != nil {
		return err // as a database would
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.writes++
	if j.fail != nil {
		if keep, err := j.fail(j.writes); !keep {
			return err
		} else if err != nil {
			j.keep(b)
			return err
		}
	}
	j.keep(b)
	return nil
}

func (j *memoryJournal) keep(b Batch) {
	for _, raw := range b.Entries {
		j.entries = append(j.entries, bytes.Clone(raw))
	}
	for _, o := range b.Outbox {
		o.Envelope = bytes.Clone(o.Envelope)
		j.outbox[o.ID] = o
	}
	for _, id := range b.Delivered {
		delete(j.outbox, id)
	}
	if b.Cursor != nil {
		at := *b.Cursor
		j.cursor = &at
	}
	j.keys = append(j.keys, b.Keys...)
	j.keys = slices.DeleteFunc(j.keys, func(k KeptKey) bool { return slices.Contains(b.Forgotten, k.Hash) })
	for _, x := range b.Back {
		if j.back[x.Key] = bytes.Clone(x.Data); x.Data == nil {
			delete(j.back, x.Key)
		}
	}
	j.restored = j.restored || b.Restored
}

func (j *memoryJournal) Load(context.Context) (Batch, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	b := Batch{Entries: slices.Clone(j.entries), Cursor: j.cursor, Keys: slices.Clone(j.keys), Restored: j.restored}
	for _, o := range j.outbox {
		b.Outbox = append(b.Outbox, o)
	}
	for key, data := range j.back {
		b.Back = append(b.Back, BackItem{key, bytes.Clone(data)})
	}
	return b, nil
}

// copy is a backup.
func (j *memoryJournal) copy() *memoryJournal {
	b, _ := j.Load(context.Background())
	again := newJournal()
	again.keep(b)
	return again
}

// memoryCarrier is an honest carrier; its fields let a test make it a hostile one.
type memoryCarrier struct {
	mu    sync.Mutex
	epoch string
	box   [][]byte // the envelope with number n stands at n-1
	// view changes what a Fetch gives, to the reader it is made for.
	view func(items []item) []item
	// swallow makes Append say yes and keep nothing.
	swallow func() bool
	down    error
	// breaks is what a Fetch ends with after it gave all.
	breaks  error
	fetches int
}

type item struct {
	number   uint64
	envelope []byte
}

func newCarrier() *memoryCarrier { return &memoryCarrier{epoch: "first"} }

func (m *memoryCarrier) Append(_ context.Context, envelope []byte) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down != nil {
		return 0, m.down
	}
	at := slices.IndexFunc(m.box, func(x []byte) bool { return bytes.Equal(x, envelope) })
	if at >= 0 {
		return uint64(at) + 1, nil
	}
	if m.swallow != nil && m.swallow() {
		m.box = append(m.box, []byte("nothing"))
		return uint64(len(m.box)), nil
	}
	m.box = append(m.box, bytes.Clone(envelope))
	return uint64(len(m.box)), nil
}

func (m *memoryCarrier) Fetch(_ context.Context, after uint64, each func(uint64, []byte) error) error {
	m.mu.Lock()
	var items []item
	for i, envelope := range m.box {
		if n := uint64(i) + 1; n > after {
			items = append(items, item{n, bytes.Clone(envelope)})
		}
	}
	if m.view != nil {
		items = m.view(items)
	}
	down := cmp.Or(m.down, m.breaks)
	m.fetches++
	m.mu.Unlock()
	for _, x := range items {
		if err := each(x.number, x.envelope); err != nil {
			return err
		}
	}
	return down
}

func (m *memoryCarrier) State(context.Context) (string, uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.epoch, uint64(len(m.box)), m.down
}

var errDown = errors.New("no route to the relay")

// desk is one side in a test.
type desk struct {
	*Session
	t       testing.TB
	name    string
	charter *Charter
	journal *memoryJournal
	now     int64  // what its clock says
	side    string // of one who is not in the charter
}

// openDesk opens a desk whose channel has been used before: every device of
// the charter has given out its first prekey, and all have them.
func openDesk(t testing.TB, c *Charter, name string) *desk {
	d := newDesk(t, c, name)
	for _, seat := range c.Seats() {
		if seat.Principal {
			continue
		}
		first, pairs := firstPrekey(c, seat.Member.Name)
		d.journal.entries = append(d.journal.entries, bytes.Clone(first.Raw))
		if seat.Member.Name == name {
			prekey := sealingKey(name + "/prekey")
			d.journal.keys = append(d.journal.keys, KeptKey{hashOfSealing(prekey.Public()), prekey.Bytes(), first.ID})
			for _, p := range pairs {
				d.journal.back[pairKey(p.pairName)] = p.secret
			}
		}
	}
	d.reopen()
	return d
}

// openFresh opens a desk that has seen nothing of its channel.
func openFresh(t testing.TB, c *Charter, name string) *desk {
	d := newDesk(t, c, name)
	d.reopen()
	return d
}

func newDesk(t testing.TB, c *Charter, name string) *desk {
	d := &desk{t: t, name: name, charter: c, journal: newJournal(), now: 1_660_000_000}
	own := sealingKey(name)
	d.journal.keys = []KeptKey{{Hash: hashOfSealing(own.Public()), Seed: own.Bytes()}}
	return d
}

var firstPrekeys sync.Map

// firstPrekey is the prekey with which a device of the charter begins, with a
// secret for each other device.
func firstPrekey(c *Charter, name string) (*Signed, []keptPair) {
	type given struct {
		*Signed
		pairs []keptPair
	}
	at := c.ID().String() + name
	if s, ok := firstPrekeys.Load(at); ok {
		return s.(given).Signed, s.(given).pairs
	}
	body := prekeyBody{Sealing: sealingKey(name + "/prekey").Public()}
	var g given
	for _, seat := range c.Seats() {
		if seat.Principal || seat.Member.Name == name {
			continue
		}
		o, secret, err := offerPair(c.ID(), key(name).ID(), seat.Member.Sealing)
		if err != nil {
			panic(err)
		}
		body.Pairs = append(body.Pairs, o)
		g.pairs = append(g.pairs, keptPair{pairName{Other: seat.ID}, secret})
	}
	slices.SortFunc(body.Pairs, func(a, b pairOffer) int { return slices.Compare(a.Key[:], b.Key[:]) })
	g.Signed = must(Sign(entryAt(c, name, KindPrekey, string(must(Marshal(body))), Position{Number: 1}), key(name)))
	for i := range g.pairs {
		g.pairs[i].Entry = g.ID
	}
	kept, _ := firstPrekeys.LoadOrStore(at, g)
	return kept.(given).Signed, kept.(given).pairs
}

func prekeyOf(c *Charter, name string) *Signed {
	s, _ := firstPrekey(c, name)
	return s
}

// reopen starts the desk again from its journal.
func (d *desk) reopen() {
	d.t.Helper()
	s, err := NewSession(context.Background(), d.charter, key(d.name), nil, d.journal, Options{Now: d.clock, Side: d.side})
	if err != nil {
		d.t.Fatal(err)
	}
	d.Session = s
}

func (d *desk) clock() time.Time { return time.Unix(d.now, 0) }

func clock() time.Time { return time.Unix(1_660_000_000, 0) }

func (d *desk) say(text string) *Signed {
	d.t.Helper()
	s, err := d.Append(context.Background(), "note", EntryID{}, []byte(text))
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

func (d *desk) sync(c Carrier) Report {
	d.t.Helper()
	r, err := d.Sync(context.Background(), c)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

func bodies(l *Log) []string {
	var all []string
	for _, e := range l.Entries() {
		if !slices.Contains(ownKinds, e.Kind) {
			all = append(all, string(e.Body))
		}
	}
	return all
}

// drawAnew makes the next round draw other cases where the seed is fixed.
func drawAnew() {
	if n, err := strconv.ParseUint(flag.Lookup("rapid.seed").Value.String(), 10, 64); err == nil && n != 0 {
		_ = flag.Set("rapid.seed", strconv.FormatUint(n+1, 10))
	}
}
