package garble

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Circuit is a boolean circuit from a file: published circuits, to hold the
// machines against. What parley itself computes is programs, not files.
type Circuit struct {
	Inputs  []int // wires of each input
	Outputs []int // wires of each output
	wires   int
	gates   []gate
}

type gate struct {
	kind      gateKind
	a, b, out int
}

type gateKind byte

const (
	gateXor gateKind = iota
	gateAnd
	gateNot
	gateCopy
	gateConstant // a is the constant
)

// Limits of a circuit file.
const (
	maxWires   = 1 << 24
	maxNumbers = 1 << 10 // inputs or outputs
)

// ReadCircuit reads a circuit in the Bristol Fashion (Archer and others,
// homes.esat.kuleuven.be/~nsmart/MPC) or in the older Bristol format (Tillich and
// Smart). Errors name the line.
func ReadCircuit(r io.Reader) (*Circuit, error) {
	p := &bristol{lines: bufio.NewScanner(r)}
	c, err := p.circuit()
	if err != nil {
		return nil, fmt.Errorf("circuit: line %d: %w", p.at, err)
	}
	return c, nil
}

type bristol struct {
	lines   *bufio.Scanner
	at      int
	set     []bool // wires that have a value
	pending []string
}

// fields gives the words of the next line that isn't empty; nil at the end.
func (p *bristol) fields() ([]string, error) {
	if f := p.pending; f != nil {
		p.pending = nil
		return f, nil
	}
	for p.lines.Scan() {
		p.at++
		if f := strings.Fields(p.lines.Text()); len(f) > 0 {
			return f, nil
		}
	}
	return nil, p.lines.Err()
}

func (p *bristol) numbers() ([]int, error) {
	f, err := p.fields()
	if err != nil {
		return nil, err
	}
	if len(f) > maxNumbers {
		return nil, fmt.Errorf("more than %d numbers", maxNumbers)
	}
	out := make([]int, len(f))
	for i, s := range f {
		if out[i], err = number(s, maxWires); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func number(s string, below int) (int, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n >= uint64(below) {
		return 0, fmt.Errorf("%q is no number from 0 to %d", s, below-1)
	}
	return int(n), nil
}

func (p *bristol) circuit() (*Circuit, error) {
	sizes, err := p.numbers()
	if err != nil || len(sizes) != 2 {
		return nil, or(err, "the first line should be the numbers of gates and of wires")
	}
	c := &Circuit{wires: sizes[1]}
	if err := p.ports(c); err != nil {
		return nil, err
	}
	in, out := total(c.Inputs), total(c.Outputs)
	if in > c.wires || out > c.wires {
		return nil, fmt.Errorf("more inputs or outputs than the %d wires", c.wires)
	}
	p.set = make([]bool, c.wires)
	for i := range in {
		p.set[i] = true
	}
	if err := p.gates(c, sizes[0]); err != nil {
		return nil, err
	}
	for i := c.wires - out; i < c.wires; i++ {
		if !p.set[i] {
			return nil, fmt.Errorf("output wire %d has no value", i)
		}
	}
	return c, nil
}

func or(err error, text string) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("%s", text)
}

// ports reads the lines of inputs and outputs: two lines that begin with their
// counts, or, in the older format, one line with the wires of two inputs and of
// the output.
func (p *bristol) ports(c *Circuit) error {
	first, err := p.numbers()
	if err != nil || len(first) == 0 {
		return or(err, "the inputs are missing")
	}
	next, err := p.fields()
	if err != nil || next == nil {
		return or(err, "the gates are missing")
	}
	p.pending = next
	if _, err := strconv.Atoi(next[len(next)-1]); err == nil {
		second, err := p.numbers()
		if err != nil {
			return err
		}
		if first[0] != len(first)-1 || second[0] != len(second)-1 {
			return fmt.Errorf("the inputs or outputs are not as many as their line says")
		}
		c.Inputs, c.Outputs = first[1:], second[1:]
		return nil
	}
	if len(first) != 3 {
		return fmt.Errorf("the older format has the wires of two inputs and of one output")
	}
	c.Inputs, c.Outputs = first[:2], first[2:]
	return nil
}

func total(sizes []int) (n int) {
	for _, s := range sizes {
		n = min(n+s, maxWires)
	}
	return n
}

func (p *bristol) gates(c *Circuit, count int) error {
	read := 0
	for {
		f, err := p.fields()
		if err != nil {
			return err
		}
		if f == nil {
			break
		}
		if read++; read > count {
			return fmt.Errorf("more than the %d gates of the first line", count)
		}
		if err := p.gate(c, f); err != nil {
			return err
		}
	}
	if read != count {
		return fmt.Errorf("%d gates, and the first line says %d", read, count)
	}
	return nil
}

// gate reads "2 1 A B OUT AND", "1 1 A OUT INV", "1 1 CONSTANT OUT EQ" and the
// like, and "2n n A... B... OUT... MAND".
func (p *bristol) gate(c *Circuit, f []string) error {
	if len(f) < 5 {
		return fmt.Errorf("a gate has at least five words")
	}
	ins, err := number(f[0], maxNumbers)
	if err != nil {
		return err
	}
	outs, err := number(f[1], maxNumbers)
	if err != nil {
		return err
	}
	name, wires := f[len(f)-1], f[2:len(f)-1]
	if len(wires) != ins+outs {
		return fmt.Errorf("a gate of %d inputs and %d outputs has %d wires", ins, outs, len(wires))
	}
	kind, binary, err := kindOf(name)
	if err != nil {
		return err
	}
	if want := outs; binary && ins != 2*want || !binary && ins != want || outs == 0 || outs > 1 && name != "MAND" {
		return fmt.Errorf("%s can't have %d inputs and %d outputs", name, ins, outs)
	}
	for i := range outs {
		g := gate{kind: kind}
		if g.a, err = p.input(wires[i], kind); err == nil && binary {
			g.b, err = p.input(wires[outs+i], kind)
		}
		if err == nil {
			g.out, err = p.output(wires[ins+i], c)
		}
		if err != nil {
			return err
		}
		c.gates = append(c.gates, g)
	}
	return nil
}

func kindOf(name string) (kind gateKind, binary bool, err error) {
	switch name {
	case "XOR":
		return gateXor, true, nil
	case "AND", "MAND":
		return gateAnd, true, nil
	case "INV", "NOT":
		return gateNot, false, nil
	case "EQW":
		return gateCopy, false, nil
	case "EQ":
		return gateConstant, false, nil
	}
	return 0, false, fmt.Errorf("no gate %q: it is one of XOR, AND, MAND, INV, NOT, EQ, EQW", name)
}

func (p *bristol) input(s string, kind gateKind) (int, error) {
	if kind == gateConstant {
		return number(s, 2)
	}
	w, err := number(s, len(p.set))
	if err == nil && !p.set[w] {
		return 0, fmt.Errorf("wire %d is used before it has a value", w)
	}
	return w, err
}

func (p *bristol) output(s string, c *Circuit) (int, error) {
	w, err := number(s, len(p.set))
	switch {
	case err != nil:
		return 0, err
	case w < total(c.Inputs):
		return 0, fmt.Errorf("wire %d is an input and can't be written", w)
	}
	p.set[w] = true
	return w, nil
}

// Ands is how many AND gates the circuit has.
func (c *Circuit) Ands() (n int) {
	for _, g := range c.gates {
		if g.kind == gateAnd {
			n++
		}
	}
	return n
}

// Run runs the circuit. in holds the wires of all inputs, one after the other,
// as does what it returns of the outputs.
func (c *Circuit) Run(m Machine, in []Wire) []Wire {
	if len(in) != total(c.Inputs) {
		panic("garble: the inputs are not as long as the circuit's")
	}
	w := make([]Wire, c.wires)
	copy(w, in)
	for _, g := range c.gates {
		out := w[g.out : g.out+1]
		switch g.kind {
		case gateXor:
			out[0] = w[g.a].Xor(w[g.b])
		case gateAnd:
			m.And(out, w[g.a:g.a+1], w[g.b:g.b+1])
		case gateNot:
			out[0] = w[g.a].Xor(m.One())
		case gateCopy:
			out[0] = w[g.a]
		case gateConstant:
			out[0] = Wire{}
			if g.a == 1 {
				out[0] = m.One()
			}
		}
	}
	return w[c.wires-total(c.Outputs):]
}
