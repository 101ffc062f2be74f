package channel

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"parley"
)

// The promise that the whole rests on, attacked as one: however a relay treats
// the entries, whoever signs twice, and whatever becomes of the rosters
// meanwhile, equal heads mean equal entries, equal rosters and an equal table;
// what was in force stays in force; and where two desks differ, something says
// so. This is the one test here that knows what bodies mean.
//
// PARLEY_ATTACKS says how many cases are drawn, PARLEY_ATTACK_SEED from where;
// make attack draws a hundred thousand.

// attacks is the ground of all cases, made once: drawing one signs nothing but
// changes of roster, which are remembered.
type attacks struct {
	c      *Charter
	k      *keyring
	file   *parley.Case
	ground parley.Ground
	prefix []*Signed // mandates, and the case
	moves  map[EntryID]parley.Move
	given  map[string]EntryID // mandates, by device
}

var caseFile = []byte("case")

func newAttacks() *attacks {
	c := charterOf("de", "ru", "us")
	for i := range c.Delegations {
		c.Delegations[i].Authority = Authority{Threshold: 1, Keys: []Member{principal(c.Delegations[i].Party + "-a")}}
	}
	c.Delegations[2].Recovery = Recovery{Signing: key("us-recovery").Public(), Delay: 2 * day}
	a := &attacks{c: c, k: must(newKeyring(c)), moves: map[EntryID]parley.Move{}, given: map[string]EntryID{}}
	p := func(id, holder string) parley.Person {
		return parley.Person{ID: parley.PersonID(id), Name: id, HeldBy: parley.PartyID(holder)}
	}
	a.file = &parley.Case{
		ID: "swap", Parties: []parley.Party{{ID: "de"}, {ID: "ru"}, {ID: "us"}},
		Persons: []parley.Person{p("griner", "ru"), p("whelan", "ru"), p("bout", "us"), p("klyushin", "us"), p("krasikov", "de")},
	}
	a.ground.Case = parley.DigestOfCase(parley.Digest{}, caseFile)
	a.ground.Members = a.members(c.Seats())
	// A log to stand the prefix in.
	x := &attack{attacks: a, views: map[string]*Log{"": a.log()}, moves: map[EntryID]parley.Move{}}
	for _, party := range []string{"de", "ru", "us"} {
		x.say("", party+"-principal", &parley.Mandate{Device: parley.MemberID(key(party).ID()), May: parley.Levels()}, EntryID{})
		a.given[party] = x.all[len(x.all)-1].ID
	}
	x.say("", "us", &parley.CaseMove{Digest: a.ground.Case, File: caseFile, Case: a.file}, a.given["us"])
	a.prefix, a.moves = x.all, x.moves
	return a
}

func (a *attacks) log() *Log {
	l := newLog(a.k, Seat{}, limits{MaxHeld, MaxHeldBytes})
	for _, e := range a.prefix {
		_ = must(l.insert(e))
	}
	return l
}

func (a *attacks) members(seats []Seat) []parley.Member {
	var out []parley.Member
	for _, s := range seats {
		m := parley.Member{ID: parley.MemberID(s.ID), Party: parley.PartyID(s.Party), Role: parley.Delegate, Name: s.Member.Name}
		if s.Principal {
			m.Role = parley.Principally
		}
		_, inCharter := a.k.seats[s.ID]
		m.Pen = m.Role == parley.Delegate && inCharter
		out = append(out, m)
	}
	return out
}

// attack is one case.
type attack struct {
	*attacks
	r     *rand.Rand
	views map[string]*Log // what each desk has; a desk that signs twice has two
	all   []*Signed
	moves map[EntryID]parley.Move
	now   int64
	twins map[MemberID]bool // who signed twice
}

func (a *attacks) draw(seed uint64) *attack {
	x := &attack{
		attacks: a, r: rand.New(rand.NewPCG(seed, 7)), views: map[string]*Log{}, now: 1_660_000_000,
		moves: maps.Clone(a.moves), twins: map[MemberID]bool{}, all: slices.Clone(a.prefix),
	}
	for _, party := range []string{"de", "ru", "us"} {
		x.views[party] = a.log()
	}
	if x.r.IntN(2) == 0 {
		x.agree()
	}
	for range 12 + x.r.IntN(40) {
		x.step()
	}
	return x
}

// agree takes one offer as far as its seal, and with luck to some ratifications,
// so that there is something to be lost.
func (x *attack) agree() {
	offer := x.say("us", "us", &parley.OfferMove{Case: x.ground.Case, Offer: parley.Offer{Case: "swap", From: "us", Release: []parley.PersonID{"griner", "bout"}}}, x.given["us"])
	for range 2 {
		for _, party := range []string{"ru", "us"} {
			deliver(x.views[party], x.all)
			t := x.table(x.views[party])
			for _, o := range t.Offers {
				for _, m := range x.answers(t, parley.PartyID(party), t.Last(parley.PartyID(party)), &o) {
					if _, declines := m.(*parley.Decline); o.Ref == parley.Ref(offer.ID) && !declines {
						x.say(party, party, m, x.given[party])
						break
					}
				}
			}
		}
	}
	for _, party := range []string{"ru", "us"} {
		deliver(x.views[party], x.all)
		if m := x.move(party, party+"-principal"); m != nil && x.r.IntN(3) > 0 {
			x.say(party, party+"-principal", m, EntryID{})
		}
	}
}

func (x *attack) desk() string {
	return pickOne(x.r, slices.Sorted(maps.Keys(x.views)))
}

func pickOne[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// step is something that somebody does, or the relay.
func (x *attack) step() {
	x.now += int64(x.r.IntN(3)) * day / 2
	switch at := x.r.IntN(20); {
	case at < 7:
		x.relay(x.desk())
	case at == 7:
		for _, name := range slices.Sorted(maps.Keys(x.views)) {
			deliver(x.views[name], x.all)
		}
	case at < 9:
		x.changeRoster(x.desk())
	case at == 9 && len(x.twins) < 2:
		x.signTwice(x.desk())
	default:
		desk := x.desk()
		author := desk
		if x.r.IntN(3) == 0 && len(desk) == 2 {
			author = desk + "-principal"
		}
		if m := x.move(desk, author); m != nil {
			x.say(desk, author, m, x.given[desk])
		}
	}
}

// relay brings a desk some of what there is: with gaps, in any order, twice,
// and under a desk's own eyes things that it should never see.
func (x *attack) relay(desk string) {
	items := slices.Clone(x.all)
	switch x.r.IntN(4) {
	case 0: // drops
		items = slices.DeleteFunc(items, func(*Signed) bool { return x.r.IntN(4) == 0 })
	case 1: // delays: cuts off the tail
		items = items[:x.r.IntN(len(items)+1)]
	case 2: // shows this desk one side of what was said
		side := x.r.IntN(2)
		items = slices.DeleteFunc(items, func(e *Signed) bool { return int(e.ID[31]&1) == side && x.r.IntN(2) == 0 })
	}
	if x.r.IntN(2) == 0 { // in another order, and some twice
		items = append(items, items[:len(items)/3]...)
		x.r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	}
	deliver(x.views[desk], items)
}

// say makes an entry out of what a desk has seen, as it would itself.
func (x *attack) say(desk, author string, m parley.Move, mandate EntryID) *Signed {
	d, ok := x.draftOf(desk, author, string(m.Kind()), nil)
	if !ok {
		return nil
	}
	d.Mandate = mandate
	return x.take(desk, d, m)
}

func (x *attack) draftOf(desk, author, kind string, body []byte) (Draft, bool) {
	at, err := x.views[desk].Next(key(author).ID())
	if err != nil {
		return Draft{}, false
	}
	d := Draft{Body: body, Entry: Entry{
		Version: Version, Suite: Suite, Channel: x.k.channel, Author: key(author).ID(), Roster: at.Roster,
		Number: at.Number, Previous: at.Previous, Heads: at.Heads, Claimed: x.now, Kind: kind,
	}}
	binary.BigEndian.PutUint64(d.Salt[:], uint64(len(x.all))) // no two are the same
	return d, true
}

func (x *attack) take(desk string, d Draft, m parley.Move) *Signed {
	d.Content = d.hash()
	if x.views[desk].tryDraft(d) != nil {
		return nil
	}
	e := unsigned(d)
	_ = must(x.views[desk].insert(e))
	x.all = append(x.all, e)
	if m != nil {
		x.moves[e.ID] = m
	}
	return e
}

// signTwice lets the author whose desk this is go on from where it stood a
// moment ago as well: from here on it has two desks, and tells each relay's
// reader one thing.
func (x *attack) signTwice(desk string) {
	twin := desk + "'"
	if len(desk) != 2 || x.views[twin] != nil {
		return
	}
	copied := x.log()
	entries := x.views[desk].Entries()
	deliver(copied, entries[:len(entries)-x.r.IntN(min(3, len(entries)-len(x.prefix)+1))])
	x.views[twin] = copied
	author := desk
	if x.r.IntN(3) == 0 {
		author += "-principal"
	}
	for _, at := range []string{desk, twin} {
		if m := x.move(at, author); m != nil {
			x.say(at, author, m, x.given[desk])
		}
	}
}

var (
	signedChanges   = map[string]*SignedChange{}
	signedChangesMu sync.Mutex
)

// signedOnce remembers what was signed: the same change is drawn again and again.
func signedOnce(change *Change, signer string) *SignedChange {
	signedChangesMu.Lock()
	defer signedChangesMu.Unlock()
	at := signer + string(must(change.Encode()))
	if s := signedChanges[at]; s != nil {
		return s
	}
	s := signChange(change, signer)
	if len(signedChanges) < 1<<14 {
		signedChanges[at] = s
	}
	return s
}

// changeRoster enrols, revokes or succeeds, by the authority or by a recovery
// key, following what the desk knows or nothing, so that some are contested.
func (x *attack) changeRoster(desk string) {
	r := x.views[desk].Roster()
	side := pickOne(x.r, []string{"de", "ru", "us"})
	change := enrol(x.c, side)
	if change.Previous, _ = r.Last(side); x.r.IntN(4) == 0 {
		change.Previous = nil
	}
	signer := side + "-a"
	if side == "us" && x.r.IntN(3) == 0 {
		signer = "us-recovery"
	}
	switch x.r.IntN(4) {
	case 0, 1:
		change.Enrol = []Member{device(fmt.Sprint(side, " newcomer ", x.r.IntN(2)))}
	case 2:
		change.Revoke = []Cut{{Member: key(side).ID(), Number: uint64(x.r.IntN(12))}}
	default:
		if signer == "us-recovery" {
			return
		}
		change.Revoke = []Cut{{Member: key(side + "-principal").ID(), Number: uint64(x.r.IntN(8))}}
		change.Principal = []Member{principal(side + " heir")}
	}
	d, ok := x.draftOf(desk, desk[:2], KindRoster, must(signedOnce(change, signer).Encode()))
	if !ok || x.take(desk, d, nil) == nil || len(change.Enrol) == 0 {
		return
	}
	name := change.Enrol[0].Name // a newcomer begins with what its host has
	if x.views[name] == nil && x.views[desk].Roster().Active(key(name).ID()) {
		x.views[name] = x.log()
		deliver(x.views[name], x.views[desk].Entries())
	}
}

// acts reads a log as a table does.
func (x *attack) acts(l *Log) (parley.Ground, []parley.Act) {
	rosters := map[*Roster]*parley.Roster{}
	of := func(r *Roster) *parley.Roster {
		if rosters[r] == nil {
			out := &parley.Roster{Members: x.members(r.Seats())}
			for id, number := range r.Cuts() {
				out.Cuts = append(out.Cuts, parley.Cut{Member: parley.MemberID(id), Number: number})
			}
			slices.SortFunc(out.Cuts, func(a, b parley.Cut) int { return bytes.Compare(a.Member[:], b.Member[:]) })
			rosters[r] = out
		}
		return rosters[r]
	}
	var acts []parley.Act
	for _, e := range l.Entries() {
		at, _ := l.RosterAt(e.ID)
		a := parley.Act{
			Ref: parley.Ref(e.ID), Author: parley.MemberID(e.Author), Number: e.Number, Previous: parley.Ref(e.Previous),
			Mandate: parley.Ref(e.Mandate), Claimed: e.Claimed, Move: x.moves[e.ID], Roster: of(at),
		}
		for _, h := range e.Heads {
			a.Heads = append(a.Heads, parley.Ref(h))
		}
		acts = append(acts, a)
	}
	g := x.ground
	g.Roster = of(l.Roster())
	return g, acts
}

func (x *attack) table(l *Log) *parley.Table {
	g, acts := x.acts(l)
	return parley.Fold(g, acts)
}

// move is one that the author could hope to have effect with, in what its desk
// has seen.
func (x *attack) move(desk, author string) parley.Move {
	party := parley.PartyID(desk[:2])
	t := x.table(x.views[desk])
	after := t.Last(party)
	if author != desk && len(author) > 3 && author[2:] == "-principal" {
		for _, a := range t.Agreements {
			if slices.Contains(a.Signatories, party) && !slices.Contains(a.Ratified, party) && !slices.Contains(a.Refused, party) {
				return &parley.Ratify{Agreement: a.Seal, Digest: a.Digest, Refuse: x.r.IntN(6) == 0}
			}
		}
		return nil
	}
	var moves []parley.Move
	for _, o := range t.Offers {
		moves = append(moves, x.answers(t, party, after, &o)...)
	}
	if len(moves) == 0 || x.r.IntN(5) == 0 {
		names := [][]parley.PersonID{{"griner", "bout"}, {"whelan", "bout"}, {"griner", "klyushin"}, {"griner", "krasikov"}, {"bout", "krasikov"}, {"griner", "bout", "krasikov"}}
		return &parley.OfferMove{Case: x.ground.Case, Offer: parley.Offer{Case: "swap", From: party, Release: pickOne(x.r, names)}}
	}
	return pickOne(x.r, moves)
}

// answers are the decisions that a party could take on an offer.
func (x *attack) answers(t *parley.Table, party parley.PartyID, after parley.Ref, o *parley.OfferState) (moves []parley.Move) {
	if o.Status == parley.Sealed || o.Status == parley.Withdrawn {
		return nil
	}
	resolved, _ := o.Offer.Resolve(o.Ref, o.Version, x.file.Register(), nil, nil)
	var accepts []parley.Ref
	for _, answer := range o.Answers {
		if answer.By == party {
			return nil
		}
		if answer.Accept != nil && !answer.Released {
			accepts = append(accepts, answer.Ref)
		}
	}
	if o.Offer.From != party {
		if x.r.IntN(8) == 0 {
			return []parley.Move{&parley.Decline{After: after, Offer: o.Ref}}
		}
		return []parley.Move{&parley.Accept{After: after, Resolved: resolved, Digest: resolved.Digest()}}
	}
	if len(accepts) > 0 {
		slices.SortFunc(accepts, func(a, b parley.Ref) int { return bytes.Compare(a[:], b[:]) })
		moves = append(moves, &parley.Seal{After: after, Offer: o.Ref, Digest: resolved.Digest(), Accepts: accepts})
		if x.r.IntN(6) == 0 {
			moves = append(moves, &parley.Release{After: after, Accept: accepts[0]})
		}
	}
	if x.r.IntN(10) == 0 {
		moves = append(moves, &parley.Withdraw{After: after, Offer: o.Ref})
	}
	return moves
}

// showTable is all of a table that anybody sees.
func showTable(t *parley.Table) string {
	var b bytes.Buffer
	for _, s := range t.Acts {
		fmt.Fprintf(&b, "%x %s\n", s.Ref, s.Why)
	}
	for _, o := range t.Offers {
		fmt.Fprintf(&b, "%x %s %d\n", o.Ref, o.Status, len(o.Answers))
	}
	for _, a := range t.Agreements {
		fmt.Fprintf(&b, "%x %s %v %v %v %v\n", a.Seal, a.Status, a.Signatories, a.Ratified, a.Refused, a.Resolved.Release)
	}
	for _, breach := range t.Breaches {
		fmt.Fprintf(&b, "%x %x %s\n", breach.Author, breach.Refs, breach.Text)
	}
	for _, p := range []parley.PartyID{"de", "ru", "us"} {
		fmt.Fprintf(&b, "%x %x\n", t.Last(p), t.Standing(p))
	}
	return b.String()
}

// tally counts what the cases came to, so that a run which attacks nothing is
// seen to.
type tally struct {
	cases, entries, same, differ, forks, contested, pending, cuts, newcomers, agreements, inForce, gaps, breaches int
}

// check holds one case to the promise.
func (x *attack) check(n *tally) error {
	whole := x.log()
	deliver(whole, x.all)
	wholeTable := x.table(whole)
	if len(whole.Entries()) != len(x.all) || whole.Held() != 0 {
		return fmt.Errorf("%d of %d entries admitted by who has all", len(whole.Entries()), len(x.all))
	}
	if err := x.checkOrder(whole, wholeTable); err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(x.views))
	for i, name := range names {
		l := x.views[name]
		if err := x.checkPart(l, whole, wholeTable, n); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, other := range names[:i] {
			if err := x.checkPair(l, x.views[other], n); err != nil {
				return fmt.Errorf("%s and %s: %w", name, other, err)
			}
		}
	}
	return x.checkFlags(whole, wholeTable, n)
}

// checkOrder: another order of arrival comes to the same.
func (x *attack) checkOrder(whole *Log, table *parley.Table) error {
	order := append(slices.Clone(x.all), x.all[len(x.all)/2:]...)
	x.r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	again := x.log()
	deliver(again, order)
	if again.HeadsDigest() != whole.HeadsDigest() || showRosters(again) != showRosters(whole) {
		return fmt.Errorf("another order gives another log")
	}
	if showTable(x.table(again)) != showTable(table) {
		return fmt.Errorf("another order gives another table")
	}
	return nil
}

// checkPart: what a desk has come to with a part, it has with all. Gaps have names.
func (x *attack) checkPart(l, whole *Log, wholeTable *parley.Table, n *tally) error {
	t := x.table(l)
	why := map[parley.Ref]string{}
	for _, s := range wholeTable.Acts {
		why[s.Ref] = s.Why
	}
	for _, s := range t.Acts {
		if w, ok := why[s.Ref]; !ok || w != s.Why {
			return fmt.Errorf("an act had why %q with a part and %q with all", s.Why, w)
		}
	}
	for _, a := range t.Agreements {
		now, ok := wholeTable.Agreement(a.Seal)
		if a.Status == parley.InForce && (!ok || now.Status != parley.InForce) {
			return fmt.Errorf("an agreement went out of force")
		}
	}
	if len(l.Missing()) > 0 {
		n.gaps++
	}
	if l.Held() > 0 && len(l.Missing()) == 0 {
		return fmt.Errorf("%d entries wait and no gap is named", l.Held())
	}
	for _, id := range l.Missing() {
		if !whole.admits(id) {
			return fmt.Errorf("a gap that nobody left")
		}
	}
	return nil
}

// checkPair: equal heads mean equal entries, rosters and tables; and where they
// differ, handing over what each has makes them one.
func (x *attack) checkPair(a, b *Log, n *tally) error {
	if a.HeadsDigest() == b.HeadsDigest() {
		n.same++
		if !slices.Equal(ids(a.Entries()), ids(b.Entries())) {
			return fmt.Errorf("equal heads over other entries")
		}
		if showRoster(a.Roster()) != showRoster(b.Roster()) {
			return fmt.Errorf("equal heads over other rosters")
		}
		if showTable(x.table(a)) != showTable(x.table(b)) {
			return fmt.Errorf("equal heads over other tables")
		}
		return nil
	}
	n.differ++
	if slices.Equal(ids(a.Entries()), ids(b.Entries())) {
		return fmt.Errorf("other heads over the same entries")
	}
	together, turned := x.log(), x.log()
	deliver(together, slices.Concat(a.Entries(), b.Entries()))
	deliver(turned, slices.Concat(b.Entries(), a.Entries()))
	if together.HeadsDigest() != turned.HeadsDigest() {
		return fmt.Errorf("they don't become one by telling each other")
	}
	return nil
}

// checkFlags: who signed twice is shown by all that is there, with a breach on
// the table; nobody else is.
func (x *attack) checkFlags(whole *Log, t *parley.Table, n *tally) error {
	at := map[string]EntryID{}
	forked := map[MemberID]bool{}
	for _, e := range x.all {
		slot := fmt.Sprint(e.Author, e.Number)
		if other, taken := at[slot]; taken && other != e.ID {
			forked[e.Author] = true
		}
		at[slot] = e.ID
	}
	forks := whole.Forks()
	if len(forks) != len(forked) {
		return fmt.Errorf("%d signed twice, %d are shown", len(forked), len(forks))
	}
	for _, f := range forks {
		if !forked[f.Author] || f.A.Number != f.B.Number || f.A.ID == f.B.ID || f.A.Author != f.B.Author {
			return fmt.Errorf("an honest author is shown")
		}
		if !slices.ContainsFunc(t.Breaches, func(b parley.Breach) bool { return b.Author == parley.MemberID(f.Author) }) {
			return fmt.Errorf("no breach on the table by who signed twice")
		}
	}
	n.cases++
	n.entries += len(x.all)
	n.forks += len(forks)
	n.contested += len(whole.Roster().Contested())
	n.pending += len(whole.Roster().Pending())
	n.cuts += len(whole.Roster().Cuts())
	n.newcomers += len(x.views) - 3
	n.agreements += len(t.Agreements)
	n.breaches += len(t.Breaches)
	for _, a := range t.Agreements {
		if a.Status == parley.InForce {
			n.inForce++
		}
	}
	return nil
}

func fromEnv(name string, otherwise uint64) uint64 {
	if n, err := strconv.ParseUint(os.Getenv(name), 10, 64); err == nil {
		return n
	}
	return otherwise
}

func TestAttack(t *testing.T) {
	cases, seed := fromEnv("PARLEY_ATTACKS", 300), fromEnv("PARLEY_ATTACK_SEED", rand.Uint64())
	a := newAttacks()
	var n tally
	for i := range cases {
		at := seed + i
		if err := a.draw(at).check(&n); err != nil {
			t.Fatalf("PARLEY_ATTACK_SEED=%d PARLEY_ATTACKS=1: %v", at, err)
		}
		if (i+1)%5000 == 0 {
			t.Logf("%d of %d", i+1, cases)
		}
	}
	fmt.Printf("attacks: %d cases, %d entries; %d pairs with equal heads, %d that differ; %d forks, %d contested sides, %d recoveries pending, "+
		"%d cuts, %d newcomers and twins, %d desks with gaps; %d agreements, %d in force, %d breaches shown\n",
		n.cases, n.entries, n.same, n.differ, n.forks, n.contested, n.pending, n.cuts, n.newcomers, n.gaps, n.agreements, n.inForce, n.breaches)
	if cases >= 300 && (n.same == 0 || n.differ == 0 || n.forks == 0 || n.contested == 0 || n.pending == 0 || n.cuts == 0 || n.gaps == 0 || n.inForce == 0) {
		t.Error("the cases attack less than they should")
	}
}

// The same at the level of whole sessions, over a relay that drops, hides,
// reorders, repeats, spoils, truncates and gives its numbers twice, while desks
// are restarted and rosters change. Once the relay delivers, all who are on the
// roster agree, nobody is taken for treacherous, and every word is there.
func TestAttackOnSessions(t *testing.T) {
	c := governed()
	cases, most := uint64(0), max(20, fromEnv("PARLEY_ATTACKS", 0)/1000)
	came, contested := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		if cases++; cases > most {
			return // they are dear
		}
		desks := []*desk{openDesk(t, c, "de"), openDesk(t, c, "neutral"), openDesk(t, c, "ru"), openDesk(t, c, "us")}
		relay, said := newCarrier(), 0
		torment(rt, relay)
		for range rapid.IntRange(3, 12).Draw(rt, "steps") {
			d := rapid.SampledFrom(desks).Draw(rt, "desk")
			for _, x := range desks {
				x.now += int64(rapid.IntRange(0, 2).Draw(rt, "days")) * day
			}
			switch rapid.IntRange(0, 6).Draw(rt, "act") {
			case 0, 1:
				if _, err := d.Append(ctx, "note", EntryID{}, []byte(fmt.Sprint(said))); err == nil {
					said++
				} else if !errors.Is(err, ErrNotSeated) { // a newcomer that is contested
					rt.Fatal(err)
				}
			case 2:
				d.reopen()
			case 3:
				if late := comes(rt, d, len(desks)); late != nil {
					desks = append(desks, late)
					came++
				}
			default:
				if _, err := d.Sync(ctx, relay); err != nil && !errors.Is(err, errDown) {
					rt.Fatal(err)
				}
			}
			shake(rt, relay)
		}
		relay.view, relay.swallow, relay.down = nil, nil, nil
		for range 2 {
			for _, d := range desks {
				d.sync(relay)
				_ = must(d.Resend(ctx))
			}
		}
		for _, d := range desks {
			d.sync(relay)
		}
		contested += len(desks[0].Log().Roster().Contested())
		seated := slices.DeleteFunc(desks, func(d *desk) bool { return !desks[0].Log().Roster().Active(key(d.name).ID()) })
		// One who is contested may have said something that some can no longer
		// open. Nobody asks for a receipt, until somebody has named it.
		for _, d := range seated {
			d.sync(relay)
			d.say(fmt.Sprint(said))
			said++
		}
		settle(rt, seated, relay)
		for _, d := range seated {
			if got := len(bodies(d.Log())); got != said {
				rt.Fatalf("%s has %d of %d", d.name, got, said)
			}
			if d.Restored() || len(d.Log().Forks()) != 0 || showRoster(d.Log().Roster()) != showRoster(seated[0].Log().Roster()) {
				rt.Fatalf("%s thinks ill of somebody, or knows another roster", d.name)
			}
		}
	})
	if came == 0 {
		t.Error("nobody came")
	}
	t.Logf("%d newcomers, %d contested sides", came, contested)
}

// comes enrols a device of us or de by one desk, and opens its own with what
// that one has.
func comes(rt *rapid.T, d *desk, n int) *desk {
	side := rapid.SampledFrom([]string{"de", "us"}).Draw(rt, "side")
	signers := map[string][]string{"de": {"de-a"}, "us": {"us-a", "us-b"}}[side]
	change := enrol(d.charter, side, fmt.Sprint(side, " late ", n))
	change.Previous, _ = d.Log().Roster().Last(side)
	if _, err := d.Append(ctx, KindRoster, EntryID{}, must(signChange(change, signers...).Encode())); err != nil {
		return nil // a newcomer's own, that is not seated
	}
	late := newDesk(d.t, d.charter, change.Enrol[0].Name)
	late.side, late.now = side, d.now
	late.reopen()
	must(late.ReadArchive(ctx, raws(d.Log())))
	return late
}
