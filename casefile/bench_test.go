package casefile

import (
	"context"
	"crypto/rand"
	"testing"
)

// entry is as long as an entry of the channel for eight devices.
func entry() []byte {
	b := make([]byte, 17_600)
	_, _ = rand.Read(b)
	return b
}

func BenchmarkUpdate(b *testing.B) {
	s, _ := newStore(b)
	value := entry()
	for b.Loop() {
		mustUpdate(b, s, func(tx *Tx) error { _, err := tx.Append("log", value); return err })
	}
}

func BenchmarkAppendInOneUpdate(b *testing.B) {
	s, _ := newStore(b)
	value := entry()
	mustUpdate(b, s, func(tx *Tx) error {
		for b.Loop() {
			if _, err := tx.Append("log", value); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkOpen10000 opens a store of 10,000 entries, which checks them all.
func BenchmarkOpen10000(b *testing.B) {
	s, dir := newStore(b)
	value := entry()
	mustUpdate(b, s, func(tx *Tx) error {
		for range 10_000 {
			if _, err := tx.Append("log", value); err != nil {
				return err
			}
		}
		return nil
	})
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := Open(context.Background(), dir, []byte(passphrase), Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		n := 0
		if err := s.View(context.Background(), func(tx *Tx) error {
			return tx.Each("log", func(string, []byte) error { n++; return nil })
		}); err != nil || n != 10_000 {
			b.Fatal(n, err)
		}
		_ = s.Close()
		b.StartTimer()
	}
}

func BenchmarkOpenSmall(b *testing.B) {
	dir := b.TempDir()
	s, err := Create(context.Background(), dir, []byte(passphrase), Options{})
	if err != nil {
		b.Fatal(err)
	}
	_ = s.Close()
	for b.Loop() {
		s, err := Open(context.Background(), dir, []byte(passphrase), Options{})
		if err != nil {
			b.Fatal(err)
		}
		_ = s.Close()
	}
}

func BenchmarkEach10000(b *testing.B) {
	s, _ := newStore(b)
	value := entry()
	mustUpdate(b, s, func(tx *Tx) error {
		for range 10_000 {
			if _, err := tx.Append("log", value); err != nil {
				return err
			}
		}
		return nil
	})
	for b.Loop() {
		_ = s.View(context.Background(), func(tx *Tx) error {
			return tx.Each("log", func(string, []byte) error { return nil })
		})
	}
}
