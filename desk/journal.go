package desk

import (
	"context"
	"encoding/hex"
	"fmt"

	"parley/casefile"
	"parley/channel"
)

// journal keeps a channel's session in the desk's store: what came and what was
// said in one bucket, what still has to arrive in another.
type journal struct{ store *casefile.Store }

const (
	entryBucket  = "channel/entries"
	outboxBucket = "channel/outbox"
	stateBucket  = "channel/state"
	keyBucket    = "channel/keys"
	restoredKey  = "restored" // in stateBucket
	// backBucket is the back channel's own: it goes into no backup and no export.
	backBucket = "channel/back"
)

// waiting is an entry of the outbox as it is stored.
type waiting struct {
	_        struct{} `cbor:",toarray"`
	Envelope []byte
	Number   uint64
}

// keptKey is a private sealing key as it is stored, under the hash of its public
// half.
type keptKey struct {
	_     struct{} `cbor:",toarray"`
	Seed  []byte
	Entry channel.EntryID
}

// place is the cursor as it is stored.
type place struct {
	_      struct{} `cbor:",toarray"`
	Epoch  string
	Number uint64
	Digest [32]byte
}

// Record implements channel.Journal: all of the batch or none.
func (j journal) Record(ctx context.Context, b channel.Batch) error {
	return j.store.Update(ctx, func(tx *casefile.Tx) error {
		for _, raw := range b.Entries {
			if _, err := tx.Append(entryBucket, raw); err != nil {
				return err
			}
		}
		for _, o := range b.Outbox {
			if err := put(tx, outboxBucket, o.ID.String(), waiting{Envelope: o.Envelope, Number: o.Number}); err != nil {
				return err
			}
		}
		for _, id := range b.Delivered {
			if err := tx.Delete(outboxBucket, id.String()); err != nil {
				return err
			}
		}
		if err := recordKeys(tx, b); err != nil {
			return err
		}
		if err := recordBack(tx, b.Back); err != nil {
			return err
		}
		return recordState(tx, b)
	})
}

func recordBack(tx *casefile.Tx, items []channel.BackItem) error {
	for _, x := range items {
		if x.Data == nil {
			if err := tx.Delete(backBucket, x.Key); err != nil {
				return err
			}
			continue
		}
		if err := tx.Put(backBucket, x.Key, x.Data); err != nil {
			return err
		}
	}
	return nil
}

// recordKeys keeps and deletes sealing keys. The database overwrites what it
// deletes; what a disk keeps beneath it, nobody here can say.
func recordKeys(tx *casefile.Tx, b channel.Batch) error {
	for _, k := range b.Keys {
		if err := put(tx, keyBucket, hex.EncodeToString(k.Hash[:]), keptKey{Seed: k.Seed, Entry: k.Entry}); err != nil {
			return err
		}
	}
	for _, hash := range b.Forgotten {
		if err := tx.Delete(keyBucket, hex.EncodeToString(hash[:])); err != nil {
			return err
		}
	}
	return nil
}

func recordState(tx *casefile.Tx, b channel.Batch) error {
	if b.Cursor != nil {
		c := place{Epoch: b.Cursor.Epoch, Number: b.Cursor.Number, Digest: b.Cursor.Digest}
		if err := put(tx, stateBucket, "cursor", c); err != nil {
			return err
		}
	}
	if b.Restored {
		return tx.Put(stateBucket, restoredKey, []byte{1})
	}
	return nil
}

// Load implements channel.Journal.
func (j journal) Load(ctx context.Context) (channel.Batch, error) {
	var b channel.Batch
	err := j.store.View(ctx, func(tx *casefile.Tx) error {
		if err := tx.Each(entryBucket, func(_ string, raw []byte) error {
			b.Entries = append(b.Entries, raw)
			return nil
		}); err != nil {
			return err
		}
		if err := tx.Each(outboxBucket, func(key string, data []byte) error {
			o, err := readOutgoing(key, data)
			b.Outbox = append(b.Outbox, o)
			return err
		}); err != nil {
			return err
		}
		if err := tx.Each(keyBucket, func(key string, data []byte) error {
			k, err := readKey(key, data)
			b.Keys = append(b.Keys, k)
			return err
		}); err != nil {
			return err
		}
		if err := tx.Each(backBucket, func(key string, data []byte) error {
			b.Back = append(b.Back, channel.BackItem{Key: key, Data: data})
			return nil
		}); err != nil {
			return err
		}
		return loadState(tx, &b)
	})
	return b, err
}

func readKey(name string, data []byte) (channel.KeptKey, error) {
	hash, err := hex.DecodeString(name)
	if err != nil || len(hash) != 32 {
		return channel.KeptKey{}, fmt.Errorf("a sealing key in the store has no proper name")
	}
	var k keptKey
	err = channel.Unmarshal(data, &k)
	return channel.KeptKey{Hash: [32]byte(hash), Seed: k.Seed, Entry: k.Entry}, err
}

func readOutgoing(key string, data []byte) (channel.Outgoing, error) {
	id, err := channel.ParseEntryID(key)
	if err != nil {
		return channel.Outgoing{}, err
	}
	var w waiting
	err = channel.Unmarshal(data, &w)
	return channel.Outgoing{ID: id, Envelope: w.Envelope, Number: w.Number}, err
}

func loadState(tx *casefile.Tx, b *channel.Batch) error {
	data, ok, err := tx.Get(stateBucket, "cursor")
	if err != nil {
		return err
	}
	if ok {
		var c place
		if err := channel.Unmarshal(data, &c); err != nil {
			return err
		}
		b.Cursor = &channel.Cursor{Epoch: c.Epoch, Number: c.Number, Digest: c.Digest}
	}
	_, b.Restored, err = tx.Get(stateBucket, restoredKey)
	return err
}

// listed reads a bucket to which records are appended, oldest first.
func listed[T any](tx *casefile.Tx, bucket string) ([]T, error) {
	out := []T{}
	err := tx.Each(bucket, func(_ string, data []byte) error {
		var v T
		if err := channel.Unmarshal(data, &v); err != nil {
			return err
		}
		out = append(out, v)
		return nil
	})
	return out, err
}

func put(tx *casefile.Tx, bucket, key string, v any) error {
	data, err := channel.Marshal(v)
	if err != nil {
		return err
	}
	return tx.Put(bucket, key, data)
}
