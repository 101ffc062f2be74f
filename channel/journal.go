package channel

import "context"

// Carrier moves envelopes between the devices of a channel: a relay, a folder
// on a stick. It is nobody's friend. That it took an envelope is not delivery,
// and it may lose, repeat, reorder and invent.
//
// Its types are basic ones, so that a carrier need not import this package.
type Carrier interface {
	// Append hands over an envelope and returns the carrier's number for it,
	// from 1. The same bytes again give the same number.
	Append(ctx context.Context, envelope []byte) (number uint64, err error)
	// Fetch calls each for all envelopes with numbers above after, ascending,
	// until each gives an error, which it returns. Nothing keeps the bytes
	// after each has returned.
	Fetch(ctx context.Context, after uint64, each func(number uint64, envelope []byte) error) error
	// State returns the highest number, and an epoch that changes when the
	// carrier's storage was made anew.
	State(ctx context.Context) (epoch string, last uint64, err error)
}

// Journal keeps what a session must not lose.
type Journal interface {
	// Record keeps all of the batch or nothing, durably when it returns.
	Record(ctx context.Context, b Batch) error
	// Load returns everything that was recorded, as one batch: all entries in
	// the order they came, the outbox as it is now, the last cursor.
	Load(ctx context.Context) (Batch, error)
}

// Batch is a change to a journal.
type Batch struct {
	// Entries are signed entries to keep. None is ever changed or removed. One
	// that is kept already may come again.
	Entries [][]byte
	// Outbox are envelopes that wait for a receipt. One replaces what the
	// outbox holds under the same ID.
	Outbox []Outgoing
	// Delivered are to be removed from the outbox; their entries stay.
	Delivered []EntryID
	// Cursor replaces the cursor, unless it is nil.
	Cursor *Cursor
	// Keys are private sealing keys to keep, and Forgotten the hashes of those
	// to delete, as thoroughly as that can be done.
	Keys      []KeptKey
	Forgotten [][32]byte
	// Back is what the back channel keeps. It is for the device alone: it goes
	// into no backup and no export, and what is deleted is to be overwritten.
	Back []BackItem
	// Restored, once true, stays true: this device signs no more. See
	// ErrRestored.
	Restored bool
}

// BackItem is something that the back channel keeps under a key; one without
// data is to be deleted. What it holds means nothing to a journal.
type BackItem struct {
	Key  string
	Data []byte
}

// Outgoing is an entry on its way.
type Outgoing struct {
	ID       EntryID
	Envelope []byte
	// Number is the carrier's, 0 while no carrier has taken the envelope.
	Number uint64
}

// KeptKey is a private sealing key.
type KeptKey struct {
	Hash  [32]byte // of its public half
	Seed  []byte
	Entry EntryID // the prekey entry that gave it out; zero for the device's first
}

// Cursor is how far a session has read. Everything up to it is in the journal
// or was refused.
type Cursor struct {
	Epoch  string
	Number uint64
	// Digest is the SHA-256 of the envelope at Number, by which a carrier that
	// gives its numbers a second time is noticed.
	Digest [32]byte
}
