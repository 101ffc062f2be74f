package desk

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"filippo.io/age"

	"parley"
	"parley/casefile"
	"parley/channel"
)

// Where a desk keeps its part of settlements: what it is and came to for ever,
// the journal and what is on its way until the run is over.
const (
	settleBucket  = "settle/runs"
	journalBucket = "settle/journal/" // and the proposal
	sentBucket    = "settle/sent/"    // and the proposal
)

// runState is how far this desk's part has come.
type runState string

const (
	runWaiting runState = "waiting" // for the other side to join
	runGoing   runState = "going"
	runDone    runState = "done"
	runStopped runState = "stopped"
)

// part is this desk's part in a settlement, kept under its proposal.
type part struct {
	_        struct{} `cbor:",toarray"`
	Role     string
	Device   parley.MemberID // whose it is; another device's is nobody's
	Join     parley.Ref      // the run that was taken up; zero for none yet
	State    runState
	Why      string // of a stop
	Waits    string // for what, while it goes
	Of       uint64 // messages that the run has
	Bytes    uint64 // that all send together, before they are sealed
	Persons  uint64
	Identity string // opens what is sealed to us; "" once it is over
	Salt     [32]byte
	Answer   string   // to a blind yes: yes or no
	Out      [16]byte // names the files of what is on its way

	Agreeable bool
	Release   []parley.PersonID
	Sent      uint64 // bytes of ciphertexts
	Received  uint64
	Began     int64 // unix seconds
	Ended     int64
	Said      bool // the end, or the stop, is on the channel
	Clean     bool // nothing is on its way any more
}

func (p *part) over() bool { return p.State == runDone || p.State == runStopped }

// onTheWay is a message of ours whose ciphertext lies in the spool.
type onTheWay struct {
	_      struct{} `cbor:",toarray"`
	Digest [32]byte
	Size   uint64
	To     parley.MemberID
}

func (d *Desk) keepPart(ctx context.Context, proposal parley.Ref, p *part) error {
	return d.update(ctx, func(tx *casefile.Tx) error { return put(tx, settleBucket, proposal.String(), *p) })
}

// part is this desk's part in a settlement; nil where it has none.
func (d *Desk) part(ctx context.Context, proposal parley.Ref) (p *part, err error) {
	err = d.store.View(ctx, func(tx *casefile.Tx) error {
		data, ok, err := tx.Get(settleBucket, proposal.String())
		if err != nil || !ok {
			return err
		}
		p = new(part)
		return channel.Unmarshal(data, p)
	})
	return p, err
}

// runJournal keeps the records of one run. It implements accord.Journal.
type runJournal struct {
	ctx   context.Context
	store *casefile.Store
	name  string
}

func (j runJournal) Keep(record []byte) error {
	return j.store.Update(context.WithoutCancel(j.ctx), func(tx *casefile.Tx) error {
		_, err := tx.Append(j.name, record)
		return err
	})
}

func (j runJournal) Kept() (all [][]byte, err error) {
	err = j.store.View(j.ctx, func(tx *casefile.Tx) error {
		return tx.Each(j.name, func(_ string, record []byte) error {
			all = append(all, record)
			return nil
		})
	})
	return all, err
}

func (d *Desk) journalOf(ctx context.Context, proposal parley.Ref) runJournal {
	return runJournal{ctx, d.store, journalBucket + proposal.String()}
}

// sentOf lists what is on its way, by number.
func (d *Desk) sentOf(ctx context.Context, proposal parley.Ref) (map[int]onTheWay, error) {
	out := map[int]onTheWay{}
	err := d.store.View(ctx, func(tx *casefile.Tx) error {
		return tx.Each(sentBucket+proposal.String(), func(key string, data []byte) error {
			var o onTheWay
			var n int
			if _, err := fmt.Sscanf(key, "%d", &n); err != nil {
				return err
			}
			err := channel.Unmarshal(data, &o)
			out[n] = o
			return err
		})
	})
	return out, err
}

func (d *Desk) keepSent(ctx context.Context, proposal parley.Ref, number int, o onTheWay) error {
	return d.store.Update(ctx, func(tx *casefile.Tx) error { return put(tx, sentBucket+proposal.String(), fmt.Sprint(number), o) })
}

// wipe takes all records out of a bucket.
func wipe(tx *casefile.Tx, bucket string) error {
	var keys []string
	if err := tx.Each(bucket, func(key string, _ []byte) error {
		keys = append(keys, key)
		return nil
	}); err != nil {
		return err
	}
	for _, k := range keys {
		if err := tx.Delete(bucket, k); err != nil {
			return err
		}
	}
	return nil
}

// close ends this desk's part: what it put in and every secret of the run are
// gone with the same write that says how it ended. Only ciphertexts that the
// others still have to fetch stay.
func (d *Desk) close(ctx context.Context, proposal parley.Ref, p *part, state runState, why string) error {
	p.State, p.Why, p.Identity, p.Answer, p.Ended = state, why, "", "", d.around.Now().Unix()
	return d.update(context.WithoutCancel(ctx), func(tx *casefile.Tx) error {
		if err := wipe(tx, journalBucket+proposal.String()); err != nil {
			return err
		}
		return put(tx, settleBucket, proposal.String(), *p)
	})
}

// sweep takes away what was on its way.
func (d *Desk) sweep(ctx context.Context, proposal parley.Ref, p *part) error {
	if d.rehearsing {
		return nil
	}
	for n := range maxMessages {
		for _, out := range []bool{true, false} {
			if err := d.store.RemoveSpool(p.spool(n, out)); err != nil {
				return err
			}
		}
	}
	p.Clean = true
	return d.store.Update(ctx, func(tx *casefile.Tx) error {
		if err := wipe(tx, sentBucket+proposal.String()); err != nil {
			return err
		}
		return put(tx, settleBucket, proposal.String(), *p)
	})
}

// spool names the file of a message on its way out or in. The name tells nothing.
func (p *part) spool(number int, out bool) [16]byte {
	in := binary.BigEndian.AppendUint64(p.Out[:len(p.Out):len(p.Out)], uint64(number))
	if out {
		in = append(in, 1)
	}
	h := sha256.Sum256(in)
	return [16]byte(h[:16])
}

// newPart draws what a desk's part needs of its own.
func (d *Desk) newPart(role string) (*part, *parley.SettleSeat, error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, nil, err
	}
	p := &part{Role: role, Device: d.Device(), State: runWaiting, Identity: id.String(), Began: d.around.Now().Unix()}
	for _, b := range [][]byte{p.Salt[:], p.Out[:]} {
		if _, err := io.ReadFull(d.around.Rand, b); err != nil {
			return nil, nil, err
		}
	}
	return p, &parley.SettleSeat{Key: id.Recipient().String()}, nil
}

// sealedSize is how long a message is once it is sealed: age's header to one
// recipient, a nonce, and a tag for every 64 KiB.
func sealedSize(n int64) int64 {
	const chunk, tag, nonce = 64 << 10, 16, 16
	return ageHeader + nonce + n + max(1, (n+chunk-1)/chunk)*tag
}

// ageHeader is how long age's header to one hybrid recipient is.
const ageHeader = 1627

// emptied opens a spool file and throws away what it holds.
func emptied(f *os.File, err error) (*os.File, error) {
	if err == nil {
		err = f.Truncate(0)
	}
	return f, err
}
