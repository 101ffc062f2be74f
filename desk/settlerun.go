package desk

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"filippo.io/age"

	"parley"
	"parley/accord"
	"parley/channel"
	"parley/relay"
)

// Bulk is a carrier that also takes what is too large for an entry: the messages
// of a private settlement, each sealed to one device.
type Bulk interface {
	// PutBlob stores size bytes under their SHA-256. What is there is not stored
	// again.
	PutBlob(ctx context.Context, digest [32]byte, size int64, from io.ReaderAt) error
	// FetchBlob copies what a member put there into a file that has its first have
	// bytes, and returns how many are there now: no error only if that is all of
	// it and its SHA-256 is the digest. relay.ErrNoBlob where nothing is there.
	FetchBlob(ctx context.Context, side, member string, digest [32]byte, size, have int64, to relay.BlobFile) (int64, error)
}

// SettleProgress says how far a message of a settlement is. Nothing of the result
// is known, or shown, before the end.
type SettleProgress struct {
	Settlement parley.Ref
	Doing      string // making, sending, fetching or reading
	Message    string // which
	Peer       string // to or from whom
	Done, Of   int64  // bytes
}

// ErrSettlement marks what went wrong with a settlement while a desk synced. The
// entries came and went all the same, and the next sync goes on.
var ErrSettlement = errors.New("a settlement could not go on")

// carrySettlements goes on with this desk's settlements as far as what came
// allows, and tells whether something new waits to be sent. Each step is kept
// before it is sent, so it may be stopped anywhere and called again.
func (d *Desk) carrySettlements(ctx context.Context, by channel.Carrier, turn sync.Locker) (moved bool, err error) {
	if !d.watching.begin() {
		return false, nil // another sync, which has let the turn go, is at it
	}
	defer d.watching.end()
	all := d.settlements(d.Table())
	for _, s := range all {
		mine, err := d.part(ctx, s.ref)
		if err != nil {
			return moved, err
		}
		if mine == nil && s.takesPart(d.Device()) && !s.ended(d.Device()) {
			// Whatever was kept of it is lost.
			mine = &part{State: runStopped, Device: d.Device(), Why: "this desk was put back to an earlier state"}
		}
		if mine == nil || mine.Clean && mine.Said {
			continue
		}
		bulk, ok := by.(Bulk)
		if !ok {
			return moved, fmt.Errorf("%w: this carrier takes entries only, and a settlement's messages are too large for that: use a relay or a stick", ErrSettlement)
		}
		c := &courier{Desk: d, by: bulk, turn: turn, all: all, of: s, mine: mine}
		if err := c.carry(ctx); err != nil && !errors.Is(err, errStoppedHere) {
			return moved || c.moved, fmt.Errorf("%w: settlement %s: %w", ErrSettlement, s.ref.Short(), err)
		}
		moved = moved || c.moved
	}
	return moved, nil
}

// courier goes on with one settlement.
type courier struct {
	*Desk
	of    *settlement
	by    Bulk
	turn  sync.Locker // which is let go while the carrier is waited for
	all   []*settlement
	mine  *part
	run   *accord.Run
	to    parley.Seen // the join
	moved bool        // something was said
}

func (c *courier) carry(ctx context.Context) error {
	if !c.mine.over() {
		why, err := c.fault(ctx), error(nil)
		if why != "" {
			err = c.stop(ctx, why)
		} else {
			err = c.goOn(ctx)
		}
		if err != nil || !c.mine.over() {
			return err
		}
	}
	return c.finish(ctx)
}

// fault says why the run can't go on, "" where it can.
func (c *courier) fault(ctx context.Context) string {
	if c.restored(c.mine) || c.forgot(ctx) {
		return "this desk was put back to an earlier state"
	}
	if len(c.of.aborts) > 0 {
		return "stopped by " + c.nameOf(c.of.aborts[0].Author)
	}
	if run, ok := c.of.runOf(c.of.author); ok && !c.mine.Join.IsZero() && c.mine.Join != run {
		return "the other side runs it with another desk of this side"
	}
	type place struct {
		by     parley.MemberID
		number uint64
	}
	at := map[place]parley.SettleMessage{}
	for _, a := range c.of.sends {
		m := a.Move.(*parley.Settle)
		if m.Join != c.mine.Join {
			continue
		}
		p := place{a.Author, m.Message[0].Number}
		if before, twice := at[p]; twice && before != m.Message[0] {
			return "two different messages came under one number"
		}
		at[p] = m.Message[0]
	}
	return ""
}

// forgot tells whether the channel has a message of ours that this desk does not
// know to have sent.
func (c *courier) forgot(ctx context.Context) bool {
	sent, err := c.sentOf(ctx, c.of.ref)
	for _, a := range c.of.sends {
		m := a.Move.(*parley.Settle).Message[0]
		if a.Author == c.Device() && err == nil && sent[int(m.Number)].Digest != m.Digest {
			return true
		}
	}
	return false
}

// goOn takes the run as far as it goes.
func (c *courier) goOn(ctx context.Context) error {
	if ok, err := c.takeUp(ctx); err != nil || !ok || c.mine.over() {
		return err
	}
	plan, err := c.of.plan(c.to)
	if err != nil {
		return c.stop(ctx, err.Error())
	}
	c.mine.Of, c.mine.Bytes, c.mine.Persons = uint64(plan.Messages()), uint64(plan.Length()), uint64(plan.Persons())
	if plan.Void() {
		return c.end(ctx, accord.Result{})
	}
	if err := c.start(ctx, plan); err != nil || c.mine.over() {
		return err
	}
	for {
		step := c.run.Next()
		var went bool
		switch step.Do {
		case accord.Done:
			if err := c.run.Err(); err != nil {
				return c.stop(ctx, err.Error())
			}
			r, _ := c.run.Result()
			return c.end(ctx, r)
		case accord.Send:
			went, err = c.send(ctx, step)
		case accord.Receive:
			went, err = c.receive(ctx, step)
		}
		if err != nil || !went {
			return err
		}
	}
}

// takeUp finds the join that makes the run, and at the proposer's desk chooses
// it, once.
func (c *courier) takeUp(ctx context.Context) (ok bool, err error) {
	if c.mine.Join.IsZero() {
		switch {
		case c.mine.Device == c.of.author && len(c.of.joins) > 0:
			c.mine.Join = c.of.joins[0].Ref
		case c.mine.Device == c.of.terms.Neutral:
			c.mine.Join, _ = c.of.runOf(c.of.author)
		}
		if c.mine.Join.IsZero() {
			return false, c.wait(ctx, "the other side to join")
		}
		c.mine.State = runGoing
		if err := c.withinLimit(c.all, c.of.party, c.of.terms.With, c.of.ref); err != nil {
			return true, c.stop(ctx, err.Error())
		}
		if err := c.keepPart(ctx, c.of.ref, c.mine); err != nil {
			return false, err
		}
	}
	c.to, ok = c.of.join(c.mine.Join)
	if !ok {
		return true, c.stop(ctx, "this desk was put back to an earlier state")
	}
	return true, nil
}

// wait notes what the run waits for.
func (c *courier) wait(ctx context.Context, what string) error {
	if c.mine.Waits == what {
		return nil
	}
	c.mine.Waits = what
	return c.keepPart(ctx, c.of.ref, c.mine)
}

// start takes the run up from its journal, and makes sure that what was sent is
// at the carrier and on the channel.
func (c *courier) start(ctx context.Context, plan *accord.Plan) error {
	_, seat, _ := c.of.device(c.mine.Role, c.to)
	if ok, err := c.committed(ctx, c.of, c.mine, seat); err != nil || !ok {
		if err == nil {
			err = c.stop(ctx, "the brief is no longer the one that was committed to")
		}
		return err
	}
	in, err := c.inputs(ctx, c.of, c.mine, plan)
	if err != nil {
		return c.stop(ctx, err.Error())
	}
	c.run, err = accord.Start(plan, c.mine.Role, in, c.journalOf(ctx, c.of.ref), c.around.Rand)
	if errors.Is(err, accord.ErrRestored) {
		return c.stop(ctx, "this desk was put back to an earlier state")
	}
	if err != nil {
		return err
	}
	for _, step := range c.run.Sent() {
		if _, err := c.give(ctx, step, func(w io.Writer) error { return c.run.Resend(step.Number, w) }); err != nil {
			return err
		}
	}
	return nil
}

// send makes the message that is due and gives it to the carrier, then says so.
func (c *courier) send(ctx context.Context, step accord.Step) (bool, error) {
	if _, _, ok := c.of.device(step.Peer, c.to); !ok {
		return false, c.wait(ctx, c.nameOf(c.of.terms.Neutral)+" to take part")
	}
	return c.give(ctx, step, c.run.Send)
}

// give sees a message to the carrier and onto the channel, however far that had
// come. Its ciphertext is made once, and kept until nobody needs it.
func (c *courier) give(ctx context.Context, step accord.Step, write func(io.Writer) error) (bool, error) {
	sent, err := c.sentOf(ctx, c.of.ref)
	if err != nil {
		return false, err
	}
	o, made := sent[step.Number]
	if !made {
		if o, err = c.seal(ctx, step, write); err != nil {
			return false, err
		}
	}
	if err := c.upload(ctx, step.Number, o); err != nil {
		return false, err
	}
	if c.of.sent(c.Device(), c.mine.Join, step.Number) != nil {
		return true, nil
	}
	m := &parley.Settle{
		Step: parley.SettleSend, Proposal: c.of.ref, Join: c.mine.Join,
		Message: []parley.SettleMessage{{Number: uint64(step.Number), To: o.To, Digest: o.Digest, Size: o.Size}},
	}
	ref, err := c.say(ctx, m)
	if err != nil {
		return false, err
	}
	c.of.sends = append(c.of.sends, parley.Seen{Act: parley.Act{Ref: ref, Author: c.Device(), Move: m}})
	c.moved, c.mine.Sent = true, c.mine.Sent+o.Size
	return true, c.keepPart(ctx, c.of.ref, c.mine)
}

// seal writes a message, sealed to its one recipient, into the spool.
func (c *courier) seal(ctx context.Context, step accord.Step, write func(io.Writer) error) (o onTheWay, err error) {
	to, seat, _ := c.of.device(step.Peer, c.to)
	recipient, err := age.ParseHybridRecipient(seat.Key)
	if err != nil {
		return o, err // the table has looked at it
	}
	f, err := emptied(c.store.OpenSpool(c.mine.spool(step.Number, true)))
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum := sha256.New()
	sealer, err := age.Encrypt(io.MultiWriter(f, sum), recipient)
	if err != nil {
		return o, err
	}
	tell := c.teller("making", step.Name, step.Peer, step.Length)
	if err := errors.Join(write(&counted{w: sealer, ctx: ctx, tell: tell}), sealer.Close(), f.Sync()); err != nil {
		return o, err
	}
	o = onTheWay{Digest: [32]byte(sum.Sum(nil)), Size: uint64(sealedSize(step.Length)), To: to}
	return o, c.keepSent(ctx, c.of.ref, step.Number, o)
}

// errStoppedHere says that the run was stopped by this desk's own people while
// the carrier was waited for. It stays inside.
var errStoppedHere = errors.New("the settlement was stopped here")

// apart waits for the carrier without the turn.
func (c *courier) apart(ctx context.Context, wait func() error) error {
	c.turn.Unlock()
	err := wait()
	c.turn.Lock()
	now, lost := c.part(ctx, c.of.ref)
	if lost == nil && now != nil && now.State != c.mine.State {
		return errStoppedHere
	}
	return errors.Join(err, lost)
}

// upload gives a ciphertext of the spool to the carrier, which may have it.
func (c *courier) upload(ctx context.Context, number int, o onTheWay) error {
	f, err := c.store.OpenSpool(c.mine.spool(number, true))
	if err != nil {
		return err
	}
	tell := c.teller("sending", fmt.Sprint("message ", number), c.nameOf(o.To), int64(o.Size))
	err = c.apart(ctx, func() error {
		return c.by.PutBlob(ctx, o.Digest, int64(o.Size), &countedAt{file: f, tell: tell})
	})
	return errors.Join(err, f.Close())
}

// receive fetches the message that is due and reads it.
func (c *courier) receive(ctx context.Context, step accord.Step) (bool, error) {
	from, _, _ := c.of.device(step.Peer, c.to)
	m := c.of.sent(from, c.mine.Join, step.Number)
	if m == nil || m.To != c.Device() {
		return false, c.wait(ctx, fmt.Sprintf("%s to send message %d (%s)", c.nameOf(from), step.Number, step.Name))
	}
	if m.Size != uint64(sealedSize(step.Length)) {
		return false, c.stop(ctx, "a message has another length than it must have")
	}
	f, err := c.store.OpenSpool(c.mine.spool(step.Number, false))
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	if there, err := c.fetch(ctx, step, from, m, f); err != nil || !there {
		return false, err
	}
	if err := c.read(ctx, step, f); err != nil {
		return false, err
	}
	if c.run.Err() != nil {
		return false, c.stop(ctx, c.run.Err().Error())
	}
	c.mine.Received += m.Size
	return true, errors.Join(c.keepPart(ctx, c.of.ref, c.mine), c.store.RemoveSpool(c.mine.spool(step.Number, false)))
}

// fetch puts a ciphertext together in the spool, from where it was left off.
func (c *courier) fetch(ctx context.Context, step accord.Step, from parley.MemberID, m *parley.SettleMessage, f *os.File) (there bool, err error) {
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	have := min(info.Size(), int64(m.Size))
	side := ""
	if seat, ok := c.session.Log().Roster().Seat(channel.MemberID(from)); ok {
		side = seat.Side()
	}
	tell := c.teller("fetching", step.Name, step.Peer, int64(m.Size))
	err = c.apart(ctx, func() (err error) {
		have, err = c.by.FetchBlob(ctx, side, from.String(), m.Digest, int64(m.Size), have, &countedAt{file: f, tell: tell})
		return err
	})
	switch {
	case errors.Is(err, errStoppedHere):
		return false, err
	case errors.Is(err, relay.ErrNoBlob):
		return false, c.wait(ctx, fmt.Sprintf("message %d (%s) of %s, which is not at this carrier", step.Number, step.Name, c.nameOf(from)))
	case errors.Is(err, relay.ErrBlob):
		return false, errors.Join(err, f.Truncate(0))
	case err != nil:
		return false, errors.Join(err, f.Truncate(have))
	}
	return true, nil
}

// read takes a whole ciphertext into the run. What does not open is its sender's
// doing: the digest was right.
func (c *courier) read(ctx context.Context, step accord.Step, f *os.File) error {
	id, err := age.ParseHybridIdentity(c.mine.Identity)
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := &counted{r: f, ctx: ctx, tell: c.teller("reading", step.Name, step.Peer, int64(sealedSize(step.Length)))}
	plain, err := age.Decrypt(in, id)
	if err == nil {
		err = c.run.Receive(plain)
	}
	switch {
	case in.failed != nil:
		return in.failed
	case err != nil && c.run.Err() == nil && !accord.Own(err):
		return c.abort()
	case c.run.Err() != nil:
		return nil
	}
	return err
}

// abort ends the run in its journal.
func (c *courier) abort() error {
	if err := c.run.Abort(); c.run.Err() == nil {
		return err
	}
	return nil
}

// end notes the result. What this desk put in is gone with the same write.
func (c *courier) end(ctx context.Context, r accord.Result) error {
	c.mine.Agreeable, c.mine.Release, c.mine.Waits = r.Agreeable, r.Release, ""
	return c.close(ctx, c.of.ref, c.mine, runDone, "")
}

// stop ends the run for good without a result.
func (c *courier) stop(ctx context.Context, why string) error {
	c.mine.Waits = ""
	return c.close(ctx, c.of.ref, c.mine, runStopped, why)
}

// finish says how it ended, and lets go of what is on its way once nobody needs
// it.
func (c *courier) finish(ctx context.Context) error {
	if !c.mine.Said {
		if err := c.sayEnd(ctx); err != nil {
			return err
		}
	}
	if c.mine.Clean {
		return nil
	}
	sent, err := c.sentOf(ctx, c.of.ref)
	if err != nil {
		return err
	}
	needed := false
	for n, o := range sent {
		if c.mine.State != runDone || c.of.ended(o.To) {
			continue
		}
		needed = true
		if err := c.upload(ctx, n, o); err != nil {
			return err
		}
	}
	if needed {
		return nil
	}
	return c.sweep(ctx, c.of.ref, c.mine)
}

func (c *courier) sayEnd(ctx context.Context) error {
	m := &parley.Settle{Step: parley.SettleEnd, Proposal: c.of.ref, Join: c.mine.Join}
	if c.mine.State == runStopped {
		m = &parley.Settle{Step: parley.SettleAbort, Proposal: c.of.ref}
	}
	silent := c.session.Restored() || c.mine.State == runStopped && len(c.of.aborts) > 0
	if !silent {
		if _, err := c.say(ctx, m); err != nil {
			return err
		}
		c.moved = true
	}
	c.mine.Said = true
	return c.keepPart(ctx, c.of.ref, c.mine)
}
