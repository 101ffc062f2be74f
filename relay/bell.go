package relay

import "sync"

// A bell wakes everybody who waits for a mailbox's next envelope. The zero
// value works.
type bell struct {
	mu   sync.Mutex
	next chan struct{}
}

// heard returns a channel that is closed at the next ring. Take it before
// looking into the mailbox, or a ring in between is missed.
func (b *bell) heard() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
}
