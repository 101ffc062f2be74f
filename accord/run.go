package accord

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"parley"
)

// Run is one role's part in a run. It knows no network: Next says what is due,
// Send writes a message, Receive reads one. Everything it has to remember is in
// its Journal, from which Start takes it up again. It is not safe for use by
// several goroutines at once.
type Run struct {
	plan    *Plan
	role    int // 0 and 1 the parties of the terms, 2 the neutral
	in      Inputs
	journal Journal
	script  []leg
	secret  [32]byte

	at       int // the leg that is due
	sums     [][sumSize]byte
	payloads [][]byte // what was prepared for each leg that we sent
	prepared []byte   // for the leg that is due
	ready    bool
	dead     error

	received struct {
		share   []byte // the other's share of the joint coin
		request []byte // transfers, as the axis asks for them
		inputs  []byte // of the second garbler, at the neutral
		labels  []wire // of the outputs, at the evaluator
	}
	outs   []wire // the garbler's labels for the outputs
	result *Result
}

// Result is what a run tells its parties.
type Result struct {
	Agreeable bool            // there is an exchange that both accept; of a blind yes: both said yes
	Release   parley.Exchange // which
}

// leg is one message of a run: who sends it to whom, and what is in it.
type leg struct {
	name     string
	from, to int
	length   int64 // of the body
	// prepare makes what can't be made again, to be kept before anything is sent.
	prepare func(r *Run) ([]byte, error)
	// write writes the body; the same prepared, the same bytes.
	write func(r *Run, w io.Writer, prepared []byte) error
	// read reads the body and gives what has to be kept of it. It changes nothing
	// in the run, since the sum at the end of the message is not yet checked.
	read func(r *Run, body io.Reader) ([]byte, error)
	// absorb takes up what was kept of a message.
	absorb func(r *Run, kept []byte) error
}

// Start begins a run at one role, or takes up the run of the journal, with the
// same inputs. role is one of the parties of the terms, or the neutral, who has
// no inputs. Random is read for a new run only.
func Start(p *Plan, role string, in Inputs, j Journal, random io.Reader) (*Run, error) {
	if p.void {
		return nil, fmt.Errorf("no exchange keeps the rules of the case: there is nothing to run")
	}
	r := &Run{plan: p, role: slices.Index(p.Roles(), role), in: in, journal: j, script: p.script()}
	if r.role < 0 {
		return nil, fmt.Errorf("%q has no part in the run", role)
	}
	if err := r.checkInputs(); err != nil {
		return nil, err
	}
	return r, r.begin(random)
}

// checkInputs holds the inputs against the fields of the circuit.
func (r *Run) checkInputs() error {
	values := r.in.values()
	for _, f := range r.plan.fields() {
		if r.role != r.plan.roleOf(f.side) {
			continue
		}
		if len(values) == 0 || values[0]>>f.bits != 0 {
			return fmt.Errorf("the inputs are not made for these terms")
		}
		values = values[1:]
	}
	if len(values) != 0 {
		return fmt.Errorf("the inputs are not made for these terms, or not for this role")
	}
	return nil
}

// roleOf is the role that sits at a side.
func (p *Plan) roleOf(s side) int {
	if s == axis {
		return p.axis
	}
	return 1 - p.axis
}

// Do is what is due in a run.
type Do int

// What may be due.
const (
	Done Do = iota
	Send
	Receive
)

// Step is what is due in a run.
type Step struct {
	Do     Do
	Number int    // of the message
	Name   string // of the message
	Peer   string // to or from whom: the one who gets it sealed
	Length int64  // of the whole message in bytes
}

// Next says what is due.
func (r *Run) Next() Step {
	if r.dead != nil {
		return Step{}
	}
	r.skip()
	if r.at == len(r.script) {
		return Step{}
	}
	l := r.script[r.at]
	s := Step{Do: Send, Number: r.at, Name: l.name, Length: headSize + l.length + sumSize, Peer: r.plan.role(l.to)}
	if l.to == r.role {
		s.Do, s.Peer = Receive, r.plan.role(l.from)
	}
	return s
}

// Sent lists the messages that this role has sent, with whom they were for.
func (r *Run) Sent() (out []Step) {
	for n, l := range r.script[:r.at] {
		if l.from == r.role {
			out = append(out, Step{Do: Send, Number: n, Name: l.name, Peer: r.plan.role(l.to), Length: headSize + l.length + sumSize})
		}
	}
	return out
}

// role names a role.
func (p *Plan) role(n int) string {
	if n == neutral {
		return p.terms.Neutral
	}
	return string(p.terms.Parties[n])
}

// neutral is the mediator's role.
const neutral = 2

// skip passes over legs between others.
func (r *Run) skip() {
	for r.at < len(r.script) && r.script[r.at].from != r.role && r.script[r.at].to != r.role {
		r.advance([sumSize]byte{}, nil)
	}
}

func (r *Run) advance(sum [sumSize]byte, payload []byte) {
	r.sums, r.payloads = append(r.sums, sum), append(r.payloads, payload)
	r.at, r.prepared, r.ready = r.at+1, nil, false
	r.skip()
}

// Send writes the message that is due. What it can't make again is kept before
// the first byte is written. If writing fails, Send may be called again and
// writes the same.
func (r *Run) Send(w io.Writer) error {
	if s := r.Next(); r.dead != nil {
		return r.dead
	} else if s.Do != Send {
		return fmt.Errorf("no message of ours is due")
	}
	l := r.script[r.at]
	if !r.ready {
		data, err := l.prepare(r)
		if err != nil {
			return r.destroy(err)
		}
		if err := r.keep(record{Kind: kindSending, Number: r.at, Data: data}); err != nil {
			return err
		}
		r.prepared, r.ready = data, true
	}
	sum, err := r.write(r.at, w, r.prepared)
	if err != nil {
		return err
	}
	if err := r.keep(record{Kind: kindSent, Number: r.at, Sum: sum[:]}); err != nil {
		return err
	}
	r.advance(sum, r.prepared)
	return nil
}

func (r *Run) write(number int, w io.Writer, prepared []byte) (sum [sumSize]byte, err error) {
	l := r.script[number]
	out := newOutgoing(w, header(r.plan.id, number, l.from, l.to, l.length), l.length)
	if err := l.write(r, out, prepared); err != nil {
		return sum, err
	}
	return out.end()
}

// Resend writes a message of ours again, byte for byte as it was.
func (r *Run) Resend(number int, w io.Writer) error {
	if r.dead != nil {
		return r.dead
	}
	if number < 0 || number >= r.at || r.script[number].from != r.role {
		return fmt.Errorf("message %d is not one that we sent", number)
	}
	sum, err := r.write(number, w, r.payloads[number])
	if err == nil && sum != r.sums[number] {
		return r.destroy(ErrRestored)
	}
	return err
}

// Receive reads one message. One that breaks off changes nothing and may be read
// again. One that is not due yet gives ErrEarly, with nothing read but its
// header. One that has come before gives ErrRepeated if it is the same, and
// destroys the run if it differs. Anything else that is wrong destroys the run.
func (r *Run) Receive(from io.Reader) error {
	s := r.Next()
	if r.dead != nil {
		return r.dead
	}
	err := r.receive(s, from)
	var short truncated
	var own ownError
	switch {
	case err == nil, errors.Is(err, ErrRepeated), errors.Is(err, ErrEarly), errors.As(err, &own):
		return err
	case errors.As(err, &short):
		return fmt.Errorf("the message broke off: %w", err)
	}
	return r.destroy(err)
}

// ownError is a failure at this desk, which says nothing about the message.
type ownError struct{ error }

func (e ownError) Unwrap() error { return e.error }

// Own tells whether an error of Receive is a failure at this desk, which says
// nothing about the message.
func Own(err error) bool {
	var own ownError
	return errors.As(err, &own)
}

func (r *Run) receive(s Step, from io.Reader) error {
	number, err := r.readHead(from)
	if err != nil {
		return err
	}
	if number < r.at && r.script[number].to == r.role {
		return r.again(number, from)
	}
	switch {
	case number > r.at && r.script[number].to == r.role:
		return fmt.Errorf("message %d: %w", number, ErrEarly)
	case s.Do != Receive || number != r.at:
		return fmt.Errorf("%w: it has number %d", errMessage, number)
	}
	l := r.script[number]
	body := newIncoming(from, header(r.plan.id, number, l.from, l.to, l.length), l.length)
	kept, err := l.read(r, body)
	if err != nil {
		return err
	}
	sum, err := body.end()
	if err != nil {
		return err
	}
	if err := l.absorb(r, kept); err != nil {
		return err
	}
	if err := r.keep(record{Kind: kindReceived, Number: number, Sum: sum[:], Data: kept}); err != nil {
		return ownError{err}
	}
	r.advance(sum, nil)
	return nil
}

// again compares a message with the one that came before.
func (r *Run) again(number int, from io.Reader) error {
	l := r.script[number]
	body := newIncoming(from, header(r.plan.id, number, l.from, l.to, l.length), l.length)
	if _, err := io.Copy(io.Discard, body); err != nil {
		return err
	}
	sum, err := body.end()
	if err != nil {
		return err
	}
	if sum != r.sums[number] {
		return fmt.Errorf("message %d has come before, and was another", number)
	}
	return ErrRepeated
}

// Abort ends the run without a result, for good.
func (r *Run) Abort() error { return r.destroy(fmt.Errorf("aborted")) }

// Err is why the run is destroyed, or nil.
func (r *Run) Err() error { return r.dead }

// Result is what the run tells this role; false while it is not known, and
// always at the neutral.
func (r *Run) Result() (Result, bool) {
	if r.result == nil || r.dead != nil {
		return Result{}, false
	}
	return *r.result, true
}

// decode turns output values into the result.
func (p *Plan) decode(values []bool) *Result {
	res := &Result{Agreeable: values[0]}
	if p.terms.Question == Ask {
		if values[0] {
			res.Release = slices.Clone(p.terms.Asked)
		}
		return res
	}
	for i, it := range p.items {
		if values[1+i] {
			res.Release = append(res.Release, it.ID)
		}
	}
	slices.Sort(res.Release)
	return res
}

// derive makes 32 bytes for a purpose of a run.
func (r *Run) derive(purpose string, parts ...[]byte) [32]byte {
	h := sha256.New()
	h.Write([]byte("parley/v1/accord/" + purpose + "\x00"))
	h.Write(r.plan.id[:])
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		h.Write(p)
	}
	return [32]byte(h.Sum(nil))
}

// nothing is for legs of which nothing has to be prepared.
func nothing(*Run) ([]byte, error) { return nil, nil }
