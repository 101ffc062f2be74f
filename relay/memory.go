package relay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"sync"
)

// Memory is a mailbox in memory, for tests, that can be as hostile as a relay.
// The zero value works, and is honest.
type Memory struct {
	// Swallow, if set, may take an envelope, number it and forget it.
	Swallow func(envelope []byte) bool
	// Show, if set, is given what is stored and returns what a reader gets to
	// see: less, reordered, altered, repeated.
	Show func(stored []Stored) []Stored

	// ShowBlob, if set, is given a stored blob and returns what a reader gets.
	ShowBlob func(blob []byte) []byte

	mu    sync.Mutex
	epoch string
	last  uint64
	held  []Stored
	blobs map[[sha256.Size]byte][]byte
}

// Stored is one envelope in a [Memory].
type Stored struct {
	Number   uint64
	Envelope []byte
}

// Forget drops what is numbered higher than after, as after a crash: those
// numbers are given out again. With anew the epoch tells of it.
func (m *Memory) Forget(after uint64, anew bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.held) > 0 && m.held[len(m.held)-1].Number > after {
		m.held = m.held[:len(m.held)-1]
	}
	m.last = min(m.last, after)
	if anew {
		m.epoch = newEpoch()
	}
}

// State returns the epoch and the highest number.
func (m *Memory) State(context.Context) (epoch string, last uint64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.epoch == "" {
		m.epoch = newEpoch()
	}
	return m.epoch, m.last, nil
}

// Append stores an envelope and returns its number.
func (m *Memory) Append(_ context.Context, envelope []byte) (number uint64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(envelope) == 0 {
		return 0, errNoBody
	}
	for _, s := range m.held {
		if bytes.Equal(s.Envelope, envelope) {
			return s.Number, nil
		}
	}
	m.last++
	if m.Swallow == nil || !m.Swallow(envelope) {
		m.held = append(m.held, Stored{m.last, append([]byte(nil), envelope...)})
	}
	return m.last, nil
}

// Fetch calls each for what is numbered higher than after.
func (m *Memory) Fetch(ctx context.Context, after uint64, each func(number uint64, envelope []byte) error) error {
	m.mu.Lock()
	shown := append([]Stored(nil), m.held...)
	m.mu.Unlock()
	if m.Show != nil {
		shown = m.Show(shown)
	}
	for _, s := range shown {
		if s.Number <= after {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := each(s.Number, append([]byte(nil), s.Envelope...)); err != nil {
			return err
		}
	}
	return nil
}

// PutBlob stores a blob under its SHA-256.
func (m *Memory) PutBlob(_ context.Context, digest [sha256.Size]byte, size int64, from io.ReaderAt) error {
	if err := blobSize(size, 0); err != nil {
		return err
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(from, 0, size), data); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.blobs == nil {
		m.blobs = map[[sha256.Size]byte][]byte{}
	}
	m.blobs[digest] = data
	return nil
}

// FetchBlob gives a blob, whoever put it there.
func (m *Memory) FetchBlob(_ context.Context, _, _ string, digest [sha256.Size]byte, size, have int64, to BlobFile) (int64, error) {
	if err := blobSize(size, have); err != nil {
		return have, err
	}
	m.mu.Lock()
	data, ok := m.blobs[digest]
	m.mu.Unlock()
	if ok && m.ShowBlob != nil {
		data = m.ShowBlob(bytes.Clone(data))
	}
	if !ok || int64(len(data)) <= have && have < size {
		return have, ErrNoBlob
	}
	if have < size {
		if _, err := to.WriteAt(data[have:min(size, int64(len(data)))], have); err != nil {
			return have, err
		}
	}
	return checkBlob(to, digest, size)
}
