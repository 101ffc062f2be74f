package desk

import (
	"bytes"
	"fmt"
	"io"

	"filippo.io/age"

	"parley/channel"
)

// PrincipalCard is the public half of a principal's key: who it is and what the
// signatures are checked with.
type PrincipalCard struct {
	_      struct{} `cbor:",toarray"`
	Format string
	Name   string
	Office string
	Public []byte
}

const (
	principalFormat = "parley/principal/1"
	// keyWork is the work factor (2^n) of scrypt on a key file: about a second.
	keyWork    = 17
	maxKeyWork = 20
	// lightKeyWork is for tests alone.
	lightKeyWork = 4
)

// NewPrincipal makes a principal's key: a file sealed under a passphrase, which
// stays with the principal, and the card that goes to the desk.
func NewPrincipal(name, office string, passphrase []byte, s Surroundings) (file, card []byte, err error) {
	k, err := channel.GenerateSigningKey(s.complete().Rand)
	if err != nil {
		return nil, nil, err
	}
	return SealPrincipal(k, name, office, passphrase, s)
}

// SealPrincipal makes the file and the card of a principal's key that is at hand.
func SealPrincipal(k *channel.SigningKey, name, office string, passphrase []byte, s Surroundings) (file, card []byte, err error) {
	work := keyWork
	if s.Light {
		work = lightKeyWork
	}
	if file, err = sealKey(k.Seed(), passphrase, work); err != nil {
		return nil, nil, err
	}
	card, err = channel.Marshal(PrincipalCard{Format: principalFormat, Name: name, Office: office, Public: k.Public()})
	return file, card, err
}

// ReadPrincipalCard reads what NewPrincipal made for the desk.
func ReadPrincipalCard(data []byte) (PrincipalCard, error) {
	var c PrincipalCard
	if err := channel.Unmarshal(data, &c); err != nil || c.Format != principalFormat || len(c.Public) != channel.SigningPublicSize {
		return PrincipalCard{}, fmt.Errorf("this is not a principal's card")
	}
	return c, nil
}

func sealKey(seed, passphrase []byte, work int) ([]byte, error) {
	to, err := age.NewScryptRecipient(string(passphrase))
	if err != nil {
		return nil, err
	}
	to.SetWorkFactor(work)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(seed); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// ErrKeyPassphrase is a key file that the passphrase does not open.
var ErrKeyPassphrase = fmt.Errorf("the passphrase does not open this key file")

// OpenKey opens a principal's key file.
func OpenKey(file, passphrase []byte) (*channel.SigningKey, error) {
	id, err := age.NewScryptIdentity(string(passphrase))
	if err != nil {
		return nil, err
	}
	id.SetMaxWorkFactor(maxKeyWork)
	r, err := age.Decrypt(bytes.NewReader(file), id)
	if err != nil {
		return nil, ErrKeyPassphrase
	}
	seed, err := io.ReadAll(io.LimitReader(r, channel.SeedSize+1))
	if err != nil {
		return nil, fmt.Errorf("the key file is damaged")
	}
	return channel.ParseSigningKey(seed)
}

// SealTo seals bytes to an age recipient, for what leaves the desk by hand.
func SealTo(recipient string, data []byte) ([]byte, error) {
	to, err := age.ParseRecipients(bytes.NewReader([]byte(recipient)))
	if err != nil {
		return nil, fmt.Errorf("the recipient is not an age public key")
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to...)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
