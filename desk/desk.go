// Package desk is one side's office: all that a negotiator can do, and no
// screen. It keeps what is private in the encrypted store, puts moves on the
// channel, checks each against the brief and the mandate before it is signed,
// and reads the table off what came.
//
// A desk signs nothing that would have no effect: every move is first tried on
// the table as it stands here. It works alone from the first hour; the other
// side need not have a desk for a case to be kept, an offer to be weighed or a
// telephone call to be noted as reported by us.
//
//	init ─ case, brief, drafts, reports            (alone)
//	card ─ charter ─ signatures ─ join ─ mandate   (a channel is founded)
//	offer ─ accept ─ seal ─ ratify                 (an exchange is in force)
//	sync                                           (by a relay nobody trusts)
package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"parley"
	"parley/brief"
	"parley/casefile"
	"parley/channel"
)

// What a caller may test for.
var (
	ErrNoChannel = errors.New("this desk has not joined a channel")
	ErrNoCase    = errors.New("no case here")
	ErrRefused   = errors.New("refused")       // by a red line or a mandate
	ErrNotFound  = errors.New("no such thing") // an act named by the user
	ErrInput     = errors.New("wrong input")   // what every input error is
)

// inputError is a mistake in what the desk was given: nothing was done.
type inputError struct{ error }

func (e inputError) Unwrap() error        { return e.error }
func (e inputError) Is(target error) bool { return target == ErrInput }

func wrong(format string, args ...any) error { return inputError{fmt.Errorf(format, args...)} }

// Surroundings are what a desk takes from outside: a clock and randomness, and a
// folder outside of its own that remembers how its store stood; "" for none. See
// casefile.Options.
type Surroundings struct {
	Now     func() time.Time
	Rand    io.Reader
	Witness string
	// Light lets a guess at a passphrase cost next to nothing, a desk's and a
	// principal's. It is for tests, which open many desks; nothing that is given
	// out sets it.
	Light bool
}

func (s Surroundings) store() casefile.Options {
	return casefile.Options{Witness: s.Witness, Steps: steps(), Light: s.Light}
}

func (s Surroundings) complete() Surroundings {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Rand == nil {
		s.Rand = rand.Reader
	}
	return s
}

// Founding says whose desk it is: a party's, or a neutral's.
type Founding struct {
	Party        parley.PartyID // "" for a neutral
	Capabilities []string       // of a neutral: chair, depositary, host, humanitarian, mediator
	Name         string         // the party's or the neutral's
	Delegate     string         // who sits at the desk
	Office       string
	// Travelling desks carry no brief: what is taken on a journey can be taken
	// away. The desk at home, with the brief, concurs in what they accept.
	Travelling bool
}

// identity is what a desk knows of itself.
type identity struct {
	_         struct{} `cbor:",toarray"`
	Party     parley.PartyID
	Name      string
	Delegate  string
	Office    string
	Signing   []byte
	Sealing   []byte         // the first sealing key, until the channel's journal keeps it
	Principal channel.Member // zero until the principal's card is known

	Capabilities []string // of a neutral
	Travelling   bool
	Authority    channel.Authority // who may change our roster; none: the principal
	Recovery     channel.Recovery
}

// neutral tells whether the desk belongs to no party.
func (i identity) neutral() bool { return i.Party == "" }

// side is who this desk belongs to, as the channel names it.
func (i identity) side() string {
	if i.neutral() {
		return "neutral:" + i.Name
	}
	return string(i.Party)
}

// Desk is one side's office.
type Desk struct {
	store   *casefile.Store
	around  Surroundings
	id      identity
	signing *channel.SigningKey
	sealing *channel.SealingKey

	charter *channel.Charter // nil until joined
	secret  channel.Secret
	session *channel.Session
	terms   terms
	ground  parley.Ground
	moves   map[channel.EntryID]read           // entries read once
	rosters map[*channel.Roster]*parley.Roster // rosters read once
	spoken  map[parley.Ref]bool                // codes tried once

	watching   *watching
	lists      *Reviewed    // that lie on the desk, once read
	own        *parley.Case // the desk's own copy of the case, once read
	rehearsing bool
}

// Create makes a desk in a folder that has none, with keys of its own. With an
// error it leaves none.
func Create(ctx context.Context, home string, passphrase []byte, f Founding, s Surroundings) (*Desk, error) {
	s = s.complete()
	if err := f.check(); err != nil {
		return nil, err
	}
	signing, err := channel.GenerateSigningKey(s.Rand)
	if err != nil {
		return nil, err
	}
	sealing, err := channel.GenerateSealingKey(s.Rand)
	if err != nil {
		return nil, err
	}
	store, err := casefile.Create(ctx, home, passphrase, s.store())
	if err != nil {
		return nil, err
	}
	d := newDesk(store, s)
	d.signing, d.sealing = signing, sealing
	d.id = identity{
		Party: f.Party, Name: f.Name, Delegate: f.Delegate, Office: f.Office, Signing: signing.Seed(), Sealing: sealing.Bytes(),
		Capabilities: f.Capabilities, Travelling: f.Travelling,
	}
	if err := d.keep(ctx, "identity", d.id); err != nil {
		return nil, errors.Join(err, store.Close(), casefile.Destroy(home, s.store()))
	}
	return d, nil
}

func (f Founding) check() error {
	if len(f.Capabilities) == 0 {
		if err := parley.CheckID(string(f.Party)); err != nil {
			return wrong("party %q: %w", f.Party, err)
		}
		return nil
	}
	if f.Party != "" || f.Name == "" {
		return wrong("a neutral has a name and belongs to no party")
	}
	for _, c := range f.Capabilities {
		if !slices.Contains(channel.Capabilities(), c) {
			return wrong("capability %q is none of %v", c, channel.Capabilities())
		}
	}
	slices.Sort(f.Capabilities)
	return nil
}

func newDesk(store *casefile.Store, s Surroundings) *Desk {
	return &Desk{
		store: store, around: s, moves: map[channel.EntryID]read{}, rosters: map[*channel.Roster]*parley.Roster{}, watching: &watching{},
		spoken: map[parley.Ref]bool{},
	}
}

// Open opens the desk in a folder.
func Open(ctx context.Context, home string, passphrase []byte, s Surroundings) (*Desk, error) {
	store, err := casefile.Open(ctx, home, passphrase, s.store())
	if err != nil {
		return nil, err
	}
	d := newDesk(store, s.complete())
	if err := d.load(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return d, nil
}

func (d *Desk) load(ctx context.Context) error {
	if err := d.noteRollback(ctx); err != nil {
		return err
	}
	ok, err := d.recall(ctx, "identity", &d.id)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("the desk was not finished: remove its folder and make it again")
	}
	if d.signing, err = channel.ParseSigningKey(d.id.Signing); err != nil {
		return err
	}
	if len(d.id.Sealing) > 0 {
		if d.sealing, err = channel.ParseSealingKey(d.id.Sealing); err != nil {
			return err
		}
	}
	signed, ok, err := d.signedCharter(ctx)
	if err != nil || !ok {
		return err
	}
	return d.takeSeat(ctx, signed)
}

// noteRollback notes for good that this store is an earlier state of itself. What
// the desk signed since is not in it, so it signs nothing any more.
func (d *Desk) noteRollback(ctx context.Context) error {
	if !d.store.RolledBack() {
		return nil
	}
	return d.store.Update(ctx, func(tx *casefile.Tx) error { return tx.Put(stateBucket, restoredKey, []byte{1}) })
}

// Restored reports whether this desk was found to be an earlier state of itself,
// or a copy: it can be read, and signs nothing any more. A new desk takes its
// place; see Backup.
func (d *Desk) Restored(ctx context.Context) (restored bool, err error) {
	if d.session != nil && d.session.Restored() {
		return true, nil
	}
	err = d.store.View(ctx, func(tx *casefile.Tx) error {
		_, restored, err = tx.Get(stateBucket, restoredKey)
		return err
	})
	return restored, err
}

// Witnessed reports whether anything outside of its folder would tell this desk
// that it was put back to an earlier state.
func (d *Desk) Witnessed() bool { return d.store.Witnessed() }

// Close lets the store go.
func (d *Desk) Close() error { return d.store.Close() }

// Party is whose desk this is.
func (d *Desk) Party() parley.PartyID { return d.id.Party }

// Whose says whose desk it is, in words.
func (d *Desk) Whose() (party, delegate, office string) { return d.id.Name, d.id.Delegate, d.id.Office }

// Device is the id of this desk's own key.
func (d *Desk) Device() parley.MemberID { return parley.MemberID(d.signing.ID()) }

// keep and recall hold single things of the desk, each under a name.
func (d *Desk) keep(ctx context.Context, name string, v any) error {
	data, err := channel.Marshal(v)
	if err != nil {
		return err
	}
	return d.update(ctx, func(tx *casefile.Tx) error { return tx.Put("desk", name, data) })
}

func (d *Desk) recall(ctx context.Context, name string, v any) (ok bool, err error) {
	err = d.store.View(ctx, func(tx *casefile.Tx) error {
		data, found, err := tx.Get("desk", name)
		if err != nil || !found {
			return err
		}
		ok = true
		return channel.Unmarshal(data, v)
	})
	if err != nil {
		return false, fmt.Errorf("reading %s: %w", name, err)
	}
	return ok, nil
}

// KeepBrief puts the brief into the encrypted store. The file that it came from
// is the owner's to destroy.
func (d *Desk) KeepBrief(ctx context.Context, name string, file []byte) (brief.Brief, error) {
	if d.id.Travelling || d.id.neutral() {
		return brief.Brief{}, wrong("this desk carries no brief: it is a travelling desk, or a neutral's")
	}
	c, err := d.Case(ctx)
	if err != nil && !errors.Is(err, ErrNoCase) {
		return brief.Brief{}, err
	}
	b, err := casefile.ParseBrief(name, file, c)
	if err != nil {
		return brief.Brief{}, err
	}
	if b.Party() != d.id.Party {
		return brief.Brief{}, wrong("%s is the brief of another party: this is the desk of %s", name, d.id.Party)
	}
	return b, d.keep(ctx, "brief", file)
}

// Brief is the brief in the store, if there is one.
func (d *Desk) Brief(ctx context.Context) (b brief.Brief, ok bool, err error) {
	var file []byte
	if ok, err = d.recall(ctx, "brief", &file); err != nil || !ok {
		return b, ok, err
	}
	c, err := d.Case(ctx)
	if err != nil && !errors.Is(err, ErrNoCase) {
		return b, false, err
	}
	b, err = casefile.ParseBrief("the brief in the store", file, c)
	return b, err == nil, err
}

// KeepCase puts the desk's own copy of a case into the store.
func (d *Desk) KeepCase(ctx context.Context, name string, file []byte) (*parley.Case, error) {
	c, err := casefile.ParseCase(name, file)
	if err != nil {
		return nil, err
	}
	d.own = nil // it is read again, by the name that it has in the store
	return c, d.keep(ctx, "case", file)
}

// caseFile is the desk's own copy of the case, as a file.
func (d *Desk) caseFile(ctx context.Context) (file []byte, ok bool, err error) {
	ok, err = d.recall(ctx, "case", &file)
	return file, ok, err
}

// Case is the case that this desk works on: the version on the channel that it
// stands on, else its own copy.
func (d *Desk) Case(ctx context.Context) (*parley.Case, error) {
	if d.session != nil {
		if v, ok := d.version(d.Table()); ok {
			return v.Case, nil
		}
	}
	if d.own != nil {
		return d.own, nil
	}
	file, ok, err := d.caseFile(ctx)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, ErrNoCase
	}
	d.own, err = casefile.ParseCase("the case in the store", file)
	return d.own, err
}

// version is the newest version of the case that this delegation has adopted,
// else the charter's.
func (d *Desk) version(t *parley.Table) (parley.Version, bool) {
	on := t.Standing(d.id.Party)
	if d.id.neutral() {
		on = d.terms.Case
	}
	return t.Version(on)
}
