package ot

import (
	"crypto/mlkem"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"runtime"
	"sync"
)

// Sizes in bytes: of a message, and of what a transfer takes in a request and in
// a reply.
const (
	MessageSize = 16
	RequestSize = seedSize + 2*vectorSize
	ReplySize   = 2*mlkem.CiphertextSize768 + 2*MessageSize
	SeedSize    = 32
)

// Message is what is transferred.
type Message = [MessageSize]byte

// Place says where transfers belong: in which session, and who sends to whom.
type Place struct {
	Session  [32]byte
	Sender   byte
	Receiver byte
}

// label begins every hash: what for, the place, the number of the transfer, and
// which of its two messages.
func (p Place) label(purpose string, index, which int) []byte {
	b := append([]byte("parley/v1/ot/"+purpose+"\x00"), p.Session[:]...)
	b = append(b, p.Sender, p.Receiver)
	b = binary.BigEndian.AppendUint32(b, uint32(index))
	return append(b, byte(which))
}

// point is H: a vector that nobody can steer.
func (p Place) point(index, which int, seed, other []byte) *vector {
	x := sha3.NewSHAKE128()
	_, _ = x.Write(p.label("point", index, which))
	_, _ = x.Write(seed)
	_, _ = x.Write(other)
	v := new(vector)
	v.sample(x)
	return v
}

// pad masks a message.
func (p Place) pad(index, which int, secret, request, ciphertext []byte) (m Message) {
	h := sha256.New()
	h.Write(p.label("pad", index, which))
	h.Write(secret)
	h.Write(request)
	h.Write(ciphertext)
	copy(m[:], h.Sum(nil))
	return m
}

// Receiver chooses one message of each pair.
type Receiver struct {
	place   Place
	choices []byte
	keys    []*mlkem.DecapsulationKey768
	request []byte
}

// NewReceiver makes ready to receive: choices are 0 or 1. All randomness comes
// from the seed, which must be secret and serve once.
func NewReceiver(place Place, choices []byte, seed [SeedSize]byte) (*Receiver, error) {
	r := &Receiver{place, choices, make([]*mlkem.DecapsulationKey768, len(choices)), make([]byte, len(choices)*RequestSize)}
	return r, each(len(choices), func(i int) error { return r.prepare(i, seed) })
}

func (r *Receiver) prepare(i int, seed [SeedSize]byte) error {
	x := sha3.NewSHAKE256()
	_, _ = x.Write(r.place.label("key", i, 0))
	_, _ = x.Write(seed[:])
	var secret [mlkem.SeedSize]byte
	_, _ = x.Read(secret[:])
	key, err := mlkem.NewDecapsulationKey768(secret[:])
	if err != nil {
		return err
	}
	r.keys[i] = key
	x = sha3.NewSHAKE128()
	_, _ = x.Write(r.place.label("other", i, 0))
	_, _ = x.Write(seed[:])
	r.ask(i, key.EncapsulationKey().Bytes(), x)
	return nil
}

// ask writes ρ, r[0] and r[1] of one transfer.
func (r *Receiver) ask(i int, public []byte, random *sha3.SHAKE) {
	var t, other, mine vector
	if err := t.decode(public); err != nil {
		panic("ot: a key of our own is malformed: " + err.Error())
	}
	rho := public[vectorSize:]
	other.sample(random)
	var theirs, ours [vectorSize]byte
	other.encode(theirs[:])
	choice := int(r.choices[i])
	mine.subtract(&t, r.place.point(i, choice, rho, theirs[:]))
	mine.encode(ours[:])
	out := r.request[i*RequestSize : (i+1)*RequestSize]
	copy(out, rho)
	choose(choice, out[seedSize:seedSize+vectorSize], ours[:], theirs[:])
	choose(choice, out[seedSize+vectorSize:], theirs[:], ours[:])
}

// Request is the receiver's message, RequestSize bytes for each transfer.
func (r *Receiver) Request() []byte { return r.request }

// Open takes the sender's reply, ReplySize bytes for each transfer, and gives
// the chosen messages. It can't tell a false reply from a true one.
func (r *Receiver) Open(reply []byte) ([]Message, error) {
	if len(reply) != len(r.choices)*ReplySize {
		return nil, fmt.Errorf("a reply of %d bytes, and %d transfers have %d", len(reply), len(r.choices), len(r.choices)*ReplySize)
	}
	out := make([]Message, len(r.choices))
	return out, each(len(out), func(i int) (err error) {
		out[i], err = r.open(i, reply[i*ReplySize:(i+1)*ReplySize])
		return err
	})
}

func (r *Receiver) open(i int, reply []byte) (m Message, err error) {
	const c = mlkem.CiphertextSize768
	choice := int(r.choices[i])
	var ciphertext [c]byte
	choose(choice, ciphertext[:], reply[:c], reply[c:2*c])
	secret, err := r.keys[i].Decapsulate(ciphertext[:])
	if err != nil {
		return m, err
	}
	choose(choice, m[:], reply[2*c:2*c+MessageSize], reply[2*c+MessageSize:])
	pad := r.place.pad(i, choice, secret, r.request[i*RequestSize:(i+1)*RequestSize], ciphertext[:])
	subtle.XORBytes(m[:], m[:], pad[:])
	return m, nil
}

// Reply answers a request with one pair of messages for each transfer. It refuses
// a request of another length, or with a malformed key. Its randomness is fresh
// each time.
func Reply(place Place, request []byte, pairs [][2]Message) ([]byte, error) {
	if len(request) != len(pairs)*RequestSize {
		return nil, fmt.Errorf("a request of %d bytes, and %d transfers have %d", len(request), len(pairs), len(pairs)*RequestSize)
	}
	out := make([]byte, len(pairs)*ReplySize)
	err := each(len(pairs), func(i int) error {
		err := place.reply(i, request[i*RequestSize:(i+1)*RequestSize], pairs[i], out[i*ReplySize:(i+1)*ReplySize])
		if err != nil {
			return fmt.Errorf("transfer %d: %w", i, err)
		}
		return nil
	})
	return out, err
}

func (p Place) reply(i int, request []byte, pair [2]Message, out []byte) error {
	const c = mlkem.CiphertextSize768
	rho := request[:seedSize]
	halves := [2][]byte{request[seedSize : seedSize+vectorSize], request[seedSize+vectorSize:]}
	for which := range 2 {
		var r, t vector
		if err := r.decode(halves[which]); err != nil {
			return err
		}
		t.add(&r, p.point(i, which, rho, halves[1-which]))
		public := make([]byte, vectorSize+seedSize)
		t.encode(public)
		copy(public[vectorSize:], rho)
		key, err := mlkem.NewEncapsulationKey768(public)
		if err != nil {
			return err
		}
		secret, ciphertext := key.Encapsulate()
		copy(out[which*c:], ciphertext)
		pad := p.pad(i, which, secret, request, ciphertext)
		subtle.XORBytes(out[2*c+which*MessageSize:][:MessageSize], pair[which][:], pad[:])
	}
	return nil
}

// each does n things on as many threads as there are, and gives an error of one
// of them.
func each(n int, do func(i int) error) error {
	workers := min(n, runtime.GOMAXPROCS(0))
	errs := make([]error, workers)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := w; i < n && errs[w] == nil; i += workers {
				errs[w] = do(i)
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
