package accord

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"

	"parley/internal/garble"
)

// Mediated mode, six messages (Mohassel, Rosulek and Zhang, CCS 2015, section
// 3): the parties garble the same from one joint seed, the neutral evaluates.
// The axis leads.
//
//	lead                      second                     neutral
//	 | 0 share                  |                           |
//	 |------------------------->|                           |
//	 | 1 share                  |                           |
//	 |<-------------------------|                           |
//	 |                          | 2 inputs: sum of what     |
//	 |                          |   both make, own labels   |
//	 |                          |-------------------------->|
//	 | 3 circuit: own labels, commitments, ciphertexts      |
//	 |----------------------------------------------------->|
//	 | 4 outcome: labels of the outputs                     |
//	 |<-----------------------------------------------------|
//	 |                          | 5 outcome: the same       |
//	 |                          |<--------------------------|

const commitmentSize = sha256.Size

// mediated is the messages of a mediated run.
func (p *Plan) mediated() []leg {
	lead, second := p.roleOf(axis), p.roleOf(other)
	outs := int64(p.outputs()) * garble.Size
	own := func(s side) int64 { return int64(p.bits(s)) * garble.Size }
	share := leg{name: "share", length: shareSize, prepare: nothing, write: (*Run).writeShare, read: readAll(shareSize), absorb: (*Run).absorbShare}
	outcome := leg{name: "outcome", from: neutral, length: outs, prepare: nothing, write: (*Run).writeOutcome, read: readAll(outs), absorb: (*Run).absorbMediated}
	inputs := leg{name: "inputs", from: second, to: neutral, length: sumSize + own(other), prepare: nothing, write: (*Run).writeInputs, absorb: (*Run).absorbInputs}
	inputs.read = readAll(inputs.length)
	return []leg{
		share.between(lead, second),
		share.between(second, lead),
		inputs,
		{
			name: "circuit", from: lead, to: neutral, length: own(axis) + p.commonSize(),
			prepare: nothing, write: (*Run).writeMediated, read: (*Run).mediate, absorb: (*Run).absorbEvaluated,
		},
		outcome.between(neutral, lead),
		outcome.between(neutral, second),
	}
}

func (l leg) between(from, to int) leg {
	l.from, l.to = from, to
	return l
}

// inputBits is how many input wires the circuit has.
func (p *Plan) inputBits() int { return p.bits(axis) + p.bits(other) }

// commonSize is the length of what both garblers make alike: the key of the
// hash, two commitments for each input wire, the label of the constant 1, and
// the ciphertexts.
func (p *Plan) commonSize() int64 {
	return garble.KeySize + int64(p.inputBits())*2*commitmentSize + garble.Size + p.cost.Bytes()
}

func (r *Run) writeShare(w io.Writer, _ []byte) error {
	_, err := w.Write(r.share())
	return err
}

func (r *Run) absorbShare(kept []byte) error {
	if len(kept) != shareSize {
		return errMessage
	}
	r.received.share = kept
	return nil
}

// seed is what both garblers make everything from. The neutral never sees it.
func (r *Run) seed() [32]byte {
	first, second := r.share(), r.received.share
	if r.role != r.plan.roleOf(axis) {
		first, second = second, first
	}
	return r.derive("joint seed", first, second)
}

// mediatedKey is the key of the hash.
func (r *Run) mediatedKey() (key [garble.KeySize]byte) {
	seed := r.seed()
	sum := r.derive("mediated hash", seed[:])
	copy(key[:], sum[:])
	return key
}

func (r *Run) jointGarbler(w io.Writer) *garble.Garbler {
	return garble.NewGarbler(r.seed(), r.mediatedKey(), w)
}

// jointLabels draws the labels of all inputs.
func (r *Run) jointLabels(g *garble.Garbler) (values []value) {
	for _, f := range r.plan.fields() {
		v := value{wires: make([]wire, f.bits)}
		for j := range v.wires {
			v.wires[j] = g.Label()
		}
		values = append(values, v)
	}
	return values
}

// active is our own labels for our values.
func (r *Run) active(g *garble.Garbler, values []value) (out []wire) {
	own := r.in.values()
	for i, f := range r.plan.fields() {
		if r.plan.roleOf(f.side) != r.role {
			continue
		}
		for j, w := range values[i].wires {
			out = append(out, g.Active(w, own[0]>>j&1 == 1))
		}
		own = own[1:]
	}
	return out
}

// commitment binds a garbler to a label. The two of a wire are ordered by
// colour, so that opening one tells nothing of its value.
func (r *Run) commitment(at int, label wire) (c [commitmentSize]byte) {
	place := binary.BigEndian.AppendUint32(nil, uint32(at))
	return r.derive("commitment", append(place, label.Colour()), label[:])
}

// writeCommon writes what both garblers make alike.
func (r *Run) writeCommon(g *garble.Garbler, values []value, w io.Writer) error {
	key, one := r.mediatedKey(), g.Constant()
	text, at := append([]byte(nil), key[:]...), 0
	for _, v := range values {
		for _, label := range v.wires {
			var pair [2][commitmentSize]byte
			for _, bit := range []bool{false, true} {
				l := g.Active(label, bit)
				pair[l.Colour()] = r.commitment(at, l)
			}
			text, at = append(append(text, pair[0][:]...), pair[1][:]...), at+1
		}
	}
	if _, err := w.Write(append(text, one[:]...)); err != nil {
		return err
	}
	r.outs = r.plan.run(g, values)
	return g.Err()
}

// writeInputs is the second garbler's message: the sum of what both make, and
// its own labels.
func (r *Run) writeInputs(w io.Writer, _ []byte) error {
	sum := sha256.New()
	g := r.jointGarbler(sum)
	values := r.jointLabels(g)
	if err := r.writeCommon(g, values, sum); err != nil {
		return err
	}
	_, err := w.Write(append(sum.Sum(nil), garble.Bytes(r.active(g, values))...))
	return err
}

func (r *Run) absorbInputs(kept []byte) error {
	if len(kept) != sumSize+r.plan.bits(other)*garble.Size {
		return errMessage
	}
	r.received.inputs = kept
	return nil
}

// writeMediated is the lead's message: its own labels, and what both make.
func (r *Run) writeMediated(w io.Writer, _ []byte) error {
	g := r.jointGarbler(w)
	values := r.jointLabels(g)
	if _, err := w.Write(garble.Bytes(r.active(g, values))); err != nil {
		return err
	}
	return r.writeCommon(g, values, w)
}

// mediate evaluates what the lead sends, as it comes. Whether it agrees with what
// the second sent is looked at when all is read, first the sum, then the
// commitments: so a garbler who lies learns from an abort nothing that hangs on
// the other's input.
func (r *Run) mediate(body io.Reader) ([]byte, error) {
	lead := make([]wire, r.plan.bits(axis))
	if _, err := io.ReadFull(body, garble.Bytes(lead)); err != nil {
		return nil, err
	}
	sum := sha256.New()
	common := io.TeeReader(body, sum)
	head := make([]byte, r.plan.commonSize()-r.plan.cost.Bytes())
	if _, err := io.ReadFull(common, head); err != nil {
		return nil, err
	}
	second := make([]wire, r.plan.bits(other))
	copy(garble.Bytes(second), r.received.inputs[sumSize:])
	one := wire(head[len(head)-garble.Size:])
	values, labels := r.together(lead, second)
	e := garble.NewEvaluator([garble.KeySize]byte(head[:garble.KeySize]), one, common)
	out := r.plan.run(e, values)
	if err := e.Err(); err != nil {
		return nil, err
	}
	alike := subtle.ConstantTimeCompare(sum.Sum(nil), r.received.inputs[:sumSize])
	opened := r.opened(labels, head[garble.KeySize:])
	if alike&opened != 1 {
		return nil, fmt.Errorf("%w: the two garblers did not send what belongs together", errMessage)
	}
	return garble.Bytes(out), nil
}

// together orders the labels of both by field.
func (r *Run) together(lead, second []wire) (values []value, labels []wire) {
	for _, f := range r.plan.fields() {
		v := value{wires: make([]wire, f.bits)}
		if f.side == axis {
			lead = lead[copy(v.wires, lead):]
		} else {
			second = second[copy(v.wires, second):]
		}
		values, labels = append(values, v), append(labels, v.wires...)
	}
	return values, labels
}

// opened is 1 if each label is one that was committed to.
func (r *Run) opened(labels []wire, commitments []byte) int {
	all := 1
	for i, l := range labels {
		c := r.commitment(i, l)
		at := (2*i + int(l.Colour())) * commitmentSize
		all &= subtle.ConstantTimeCompare(c[:], commitments[at:at+commitmentSize])
	}
	return all
}

func (r *Run) absorbEvaluated(kept []byte) error {
	if len(kept) != r.plan.outputs()*garble.Size {
		return errMessage
	}
	r.received.labels = make([]wire, r.plan.outputs())
	copy(garble.Bytes(r.received.labels), kept)
	return nil
}

// absorbMediated reads the labels that the neutral found: any other than those
// that were made is refused.
func (r *Run) absorbMediated(kept []byte) error {
	g := r.jointGarbler(io.Discard)
	return r.readOutcome(g, kept, func() []value { return r.jointLabels(g) })
}
