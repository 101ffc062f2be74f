package accord

import (
	"fmt"
	"io"

	"parley/internal/garble"
	"parley/internal/ot"
)

// Semi-honest mode, three messages: the axis evaluates, the other garbles.
//
//	axis                                              other
//	 | 0 request: share, transfers asked for            |
//	 |------------------------------------------------->|
//	 | 1 circuit: share, transfers, labels, ciphertexts |
//	 |<-------------------------------------------------|
//	 | 2 outcome: labels of the outputs                 |
//	 |------------------------------------------------->|

const (
	shareSize    = 32
	decodingSize = 1 + 2*len(garble.Check{})
)

// script is the messages of a run, in order.
func (p *Plan) script() []leg {
	if p.terms.Mode == Mediated {
		return p.mediated()
	}
	a, o := p.roleOf(axis), p.roleOf(other)
	transfers, outs := int64(p.bits(axis)), int64(p.outputs())
	return []leg{
		{
			name: "request", from: a, to: o, length: shareSize + transfers*ot.RequestSize,
			prepare: nothing, write: (*Run).writeRequest, read: readAll(shareSize + transfers*ot.RequestSize), absorb: (*Run).absorbRequest,
		},
		{
			name: "circuit", from: o, to: a,
			length:  shareSize + transfers*ot.ReplySize + int64(p.bits(other)+1)*garble.Size + p.cost.Bytes() + outs*int64(decodingSize),
			prepare: (*Run).transfer, write: (*Run).writeCircuit, read: (*Run).evaluate, absorb: (*Run).absorbLabels,
		},
		{
			name: "outcome", from: a, to: o, length: outs * garble.Size,
			prepare: nothing, write: (*Run).writeOutcome, read: readAll(outs * garble.Size), absorb: (*Run).absorbOutcome,
		},
	}
}

// bits is how many bits one side puts in.
func (p *Plan) bits(s side) (n int) {
	for _, f := range p.fields() {
		if f.side == s {
			n += f.bits
		}
	}
	return n
}

// readAll is for messages that are kept whole.
func readAll(length int64) func(*Run, io.Reader) ([]byte, error) {
	return func(_ *Run, body io.Reader) ([]byte, error) {
		data := make([]byte, length)
		_, err := io.ReadFull(body, data)
		return data, err
	}
}

// share is our part of the joint coin.
func (r *Run) share() []byte {
	s := r.derive("share", r.secret[:])
	return s[:]
}

// place binds the transfers to the run and the direction.
func (r *Run) place() ot.Place {
	return ot.Place{Session: r.derive("transfers"), Sender: byte(r.plan.roleOf(other)), Receiver: byte(r.plan.roleOf(axis))}
}

// choices lists what the axis chooses in each transfer: its bits; of a one-hot
// number the complement of its bits, the highest first.
func (r *Run) choices() (out []byte) {
	values := r.in.values()
	for _, f := range r.plan.fields() {
		if f.side != axis {
			continue
		}
		n := values[0]
		values = values[1:]
		for j := range f.bits {
			if f.hot {
				out = append(out, byte(1^n>>(f.bits-1-j)&1))
			} else {
				out = append(out, byte(n>>j&1))
			}
		}
	}
	return out
}

func (r *Run) receiver() (*ot.Receiver, error) {
	return ot.NewReceiver(r.place(), r.choices(), r.derive("receiver", r.secret[:]))
}

func (r *Run) writeRequest(w io.Writer, _ []byte) error {
	receiver, err := r.receiver()
	if err != nil {
		return err
	}
	_, err = w.Write(append(r.share(), receiver.Request()...))
	return err
}

func (r *Run) absorbRequest(kept []byte) error {
	if len(kept) < shareSize {
		return errMessage
	}
	r.received.share, r.received.request = kept[:shareSize], kept[shareSize:]
	return nil
}

// hashKey is the key of the hash of a run, from both shares.
func (r *Run) hashKey(axisShare, otherShare []byte) (key [garble.KeySize]byte) {
	sum := r.derive("hash", axisShare, otherShare)
	copy(key[:], sum[:])
	return key
}

// garbler makes the labels of the run. They hang on the request too: a desk that
// was put back to before it would answer another request with other labels.
func (r *Run) garbler(w io.Writer) *garble.Garbler {
	seed := r.derive("garbler", r.secret[:], r.received.share, r.received.request)
	return garble.NewGarbler(seed, r.hashKey(r.received.share, r.share()), w)
}

// labels draws the labels of all inputs, in the order of the fields: what the
// program runs on, our own labels for our values, and the pairs to be
// transferred.
func (r *Run) labels(g *garble.Garbler) (values []value, ours []wire, pairs [][2]ot.Message) {
	own, hots := r.in.values(), 0
	for _, f := range r.plan.fields() {
		if f.hot {
			h, tree := g.OneHot(f.bits, hots)
			values, hots = append(values, value{hot: h}), hots+1
			for _, p := range tree {
				pairs = append(pairs, [2]ot.Message{ot.Message(p[0]), ot.Message(p[1])})
			}
			continue
		}
		v := value{wires: make([]wire, f.bits)}
		for j := range v.wires {
			w := g.Label()
			v.wires[j] = w
			if f.side == axis {
				pairs = append(pairs, [2]ot.Message{ot.Message(w), ot.Message(g.Active(w, true))})
			} else {
				ours = append(ours, g.Active(w, own[0]>>j&1 == 1))
			}
		}
		if f.side == other {
			own = own[1:]
		}
		values = append(values, v)
	}
	return values, ours, pairs
}

// transfer answers the request. Its randomness is fresh, so it is kept.
func (r *Run) transfer() ([]byte, error) {
	_, _, pairs := r.labels(r.garbler(io.Discard))
	return ot.Reply(r.place(), r.received.request, pairs)
}

func (r *Run) writeCircuit(w io.Writer, prepared []byte) error {
	g := r.garbler(w)
	values, ours, _ := r.labels(g)
	one := g.Constant()
	for _, part := range [][]byte{r.share(), prepared, garble.Bytes(ours), one[:]} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	r.outs = r.plan.run(g, values)
	if err := g.Err(); err != nil {
		return err
	}
	for i, out := range r.outs {
		d := g.Decoding(out, i)
		text := append(append([]byte{d.Colour}, d.Check[0][:]...), d.Check[1][:]...)
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// evaluate reads the circuit as it comes and gives the labels of the outputs and
// what they mean.
func (r *Run) evaluate(body io.Reader) ([]byte, error) {
	receiver, err := r.receiver()
	if err != nil {
		return nil, err
	}
	head := make([]byte, shareSize+r.plan.bits(axis)*ot.ReplySize)
	if _, err := io.ReadFull(body, head); err != nil {
		return nil, err
	}
	got, err := receiver.Open(head[shareSize:])
	if err != nil {
		return nil, err
	}
	theirs := make([]wire, r.plan.bits(other)+1)
	if _, err := io.ReadFull(body, garble.Bytes(theirs)); err != nil {
		return nil, err
	}
	last := len(theirs) - 1
	e := garble.NewEvaluator(r.hashKey(r.share(), head[:shareSize]), theirs[last], body)
	labels := r.plan.run(e, r.held(got, theirs[:last]))
	if err := e.Err(); err != nil {
		return nil, err
	}
	rest := make([]byte, len(labels)*decodingSize)
	if _, err := io.ReadFull(body, rest); err != nil {
		return nil, err
	}
	return append(garble.Bytes(labels), rest...), nil
}

// held is the values as the evaluator holds them.
func (r *Run) held(got []ot.Message, theirs []wire) (values []value) {
	own, hots := r.in.values(), 0
	for _, f := range r.plan.fields() {
		labels := make([]wire, f.bits)
		if f.side == other {
			theirs = theirs[copy(labels, theirs):]
			values = append(values, value{wires: labels})
			continue
		}
		for j := range labels {
			labels[j], got = wire(got[0]), got[1:]
		}
		v := value{wires: labels}
		if f.hot {
			v = value{hot: garble.NewOneHot(f.bits, int(own[0]), hots, labels)}
			hots++
		}
		values, own = append(values, v), own[1:]
	}
	return values
}

// absorbLabels decodes the outputs.
func (r *Run) absorbLabels(kept []byte) error {
	n := r.plan.outputs()
	if len(kept) != n*(garble.Size+decodingSize) {
		return errMessage
	}
	labels, rest := make([]wire, n), kept[n*garble.Size:]
	copy(garble.Bytes(labels), kept)
	values := make([]bool, n)
	for i := range values {
		d := garble.Decoding{Colour: rest[0]}
		copy(d.Check[0][:], rest[1:])
		copy(d.Check[1][:], rest[1+len(d.Check[0]):])
		rest = rest[decodingSize:]
		var ok bool
		if values[i], ok = d.Decode(labels[i], i); !ok {
			return fmt.Errorf("%w: an output has a label that it can't have", errMessage)
		}
	}
	r.received.labels, r.result = labels, r.plan.decode(values)
	return nil
}

func (r *Run) writeOutcome(w io.Writer, _ []byte) error {
	_, err := w.Write(garble.Bytes(r.received.labels))
	return err
}

// absorbOutcome reads the labels that came back: any other than those that were
// made is refused.
func (r *Run) absorbOutcome(kept []byte) error {
	g := r.garbler(io.Discard)
	return r.readOutcome(g, kept, func() []value {
		values, _, _ := r.labels(g)
		return values
	})
}

// readOutcome decodes output labels with the garbler's own, which are made again
// if they are not at hand.
func (r *Run) readOutcome(g *garble.Garbler, kept []byte, again func() []value) error {
	n := r.plan.outputs()
	if len(kept) != n*garble.Size {
		return errMessage
	}
	if r.outs == nil {
		r.outs = r.plan.run(g, again())
	}
	labels, values := make([]wire, n), make([]bool, n)
	copy(garble.Bytes(labels), kept)
	for i := range values {
		var ok bool
		if values[i], ok = g.Value(r.outs[i], labels[i]); !ok {
			return fmt.Errorf("%w: an output has a label that it can't have", errMessage)
		}
	}
	r.result = r.plan.decode(values)
	return nil
}
