package accord

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"parley/internal/garble"
)

// due is a run up to message n, and that message.
func due(t testing.TB, p *Plan, in [2]Inputs, n int) (*talk, []byte) {
	t.Helper()
	k := newTalk(t, p, in)
	k.upTo(t, n)
	return k, k.message(t, n)
}

// plans gives a small plan of each mode and question, with inputs by side.
func plans(t testing.TB) map[string]struct {
	p  *Plan
	in [2]Inputs
} {
	t.Helper()
	out := map[string]struct {
		p  *Plan
		in [2]Inputs
	}{}
	pr := swap(0)
	for _, mode := range modes() {
		p := mustPlan(t, pr.c, termsFor(pr.c, mode, Nash, 3, 20, false))
		out["settle "+string(mode)] = struct {
			p  *Plan
			in [2]Inputs
		}{p, mustInputs(t, p, pr.briefs)}
		out["ask "+string(mode)] = struct {
			p  *Plan
			in [2]Inputs
		}{askPlan(t, mode), [2]Inputs{Answer(true), Answer(true)}}
	}
	return out
}

// dead holds a role to a clean end: no result, now or after a restart, and
// nothing more is sent.
func dead(t testing.TB, k *talk, role int, err error) {
	t.Helper()
	if !errors.Is(err, ErrDestroyed) {
		t.Fatalf("error %v, want ErrDestroyed", err)
	}
	for range 2 {
		r := k.runs[role]
		if _, ok := r.Result(); ok {
			t.Fatal("a destroyed run has a result")
		}
		if s := r.Next(); s.Do != Done || r.Err() == nil {
			t.Fatalf("a destroyed run has %+v due", s)
		}
		if r.Send(new(bytes.Buffer)) == nil || r.Resend(0, new(bytes.Buffer)) == nil || r.Receive(bytes.NewReader(nil)) == nil {
			t.Fatal("a destroyed run goes on")
		}
		k.restart(t, role)
	}
}

// TestEveryMessageFlipped: any changed byte destroys the run of who gets it.
func TestEveryMessageFlipped(t *testing.T) {
	for name, pl := range plans(t) {
		for n, l := range pl.p.script() {
			_, m := due(t, pl.p, pl.in, n)
			for _, at := range places(len(m)) {
				k, m := due(t, pl.p, pl.in, n)
				m[at] ^= 1 << (at % 8)
				err := k.runs[l.to].Receive(bytes.NewReader(m))
				if err == nil {
					t.Fatalf("%s: message %d, byte %d: taken", name, n, at)
				}
				dead(t, k, l.to, err)
			}
		}
	}
}

// places are bytes of a message to be changed: all of the header and the sum,
// and some of the body.
func places(n int) (out []int) {
	step := max(1, (n-headSize-sumSize)/12)
	for at := 0; at < n; at++ {
		if at < headSize && at%7 == 0 || at >= n-sumSize && at%9 == 0 || at >= headSize && at < n-sumSize && (at-headSize)%step == 0 {
			out = append(out, at)
		}
	}
	return append(out, 8+32, 8+32+1, 8+32+2, headSize-1, n-1)
}

// TestEveryMessageTruncated: a message that breaks off gives no result and may
// be read again whole.
func TestEveryMessageTruncated(t *testing.T) {
	for name, pl := range plans(t) {
		for n, l := range pl.p.script() {
			k, m := due(t, pl.p, pl.in, n)
			for _, cut := range []int{0, 1, headSize - 1, headSize, headSize + 1, len(m) / 2, len(m) - sumSize, len(m) - 1} {
				err := k.runs[l.to].Receive(bytes.NewReader(m[:cut]))
				if err == nil || errors.Is(err, ErrDestroyed) {
					t.Fatalf("%s: message %d cut to %d: %v", name, n, cut, err)
				}
				if _, ok := k.runs[l.to].Result(); ok {
					t.Fatalf("%s: message %d cut to %d gave a result", name, n, cut)
				}
			}
			if err := k.runs[l.to].Receive(bytes.NewReader(m)); err != nil {
				t.Fatalf("%s: message %d after it broke off: %v", name, n, err)
			}
		}
	}
}

// TestEveryMessageTooLong: what stands behind a message is not read, and a
// length other than the one that is due is refused before anything is stored.
func TestEveryMessageTooLong(t *testing.T) {
	for name, pl := range plans(t) {
		for n, l := range pl.p.script() {
			k, m := due(t, pl.p, pl.in, n)
			more := bytes.NewReader(append(bytes.Clone(m), make([]byte, 1000)...))
			if err := k.runs[l.to].Receive(more); err != nil || more.Len() != 1000 {
				t.Fatalf("%s: message %d: %v, %d bytes left", name, n, err, more.Len())
			}
			for _, by := range []int64{-1, 1, 1 << 40} {
				k, _ := due(t, pl.p, pl.in, n)
				bad := endless{bytes.NewReader(header(pl.p.id, n, l.from, l.to, l.length+by)), new(int64)}
				err := k.runs[l.to].Receive(bad)
				if *bad.read > headSize {
					t.Fatalf("%s: %d bytes of a message of the wrong length were read", name, *bad.read)
				}
				dead(t, k, l.to, err)
			}
		}
	}
}

// endless goes on after its beginning without an end.
type endless struct {
	start *bytes.Reader
	read  *int64
}

func (e endless) Read(p []byte) (int, error) {
	n, _ := e.start.Read(p)
	if n == 0 {
		n = len(p)
	}
	*e.read += int64(n)
	return n, nil
}

// TestReplayed: a message of the same run that has come before is recognised, one
// that differs destroys the run, one of another run too.
func TestReplayed(t *testing.T) {
	for name, pl := range plans(t) {
		for n, l := range pl.p.script() {
			k, m := due(t, pl.p, pl.in, n)
			if err := k.runs[l.to].Receive(bytes.NewReader(m)); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := k.runs[l.to].Receive(bytes.NewReader(m)); !errors.Is(err, ErrRepeated) {
					t.Fatalf("%s: message %d again: %v", name, n, err)
				}
				k.restart(t, l.to)
			}
			_, strange := due(t, pl.p, pl.in, n) // other randomness, the same terms
			if bytes.Equal(m, strange) {
				continue // the mediator's outcome may be alike only if all is
			}
			dead(t, k, l.to, k.runs[l.to].Receive(bytes.NewReader(strange)))
		}
	}
	for name, pl := range plans(t) {
		terms := pl.p.terms
		terms.Nonce[0]++
		var pr problem
		if terms.Question == Settle {
			pr = swap(60)
		} else {
			pr.c = askCase()
		}
		q := mustPlan(t, pr.c, terms)
		for n, l := range pl.p.script() {
			_, old := due(t, pl.p, pl.in, n)
			k, _ := due(t, q, pl.in, n)
			dead(t, k, l.to, k.runs[l.to].Receive(bytes.NewReader(old)))
			_ = name
		}
	}
}

// TestReflected: a role's own message, or one meant for somebody else, is not
// taken.
func TestReflected(t *testing.T) {
	for name, pl := range plans(t) {
		for n, l := range pl.p.script() {
			for role := range pl.p.Roles() {
				if role == l.to {
					continue
				}
				k, m := due(t, pl.p, pl.in, n)
				err := k.runs[role].Receive(bytes.NewReader(m))
				if err == nil {
					t.Fatalf("%s: message %d taken by role %d", name, n, role)
				}
				dead(t, k, role, err)
				// Nor with its header turned to fit.
				k, m = due(t, pl.p, pl.in, n)
				m[8+32+1], m[8+32+2] = byte(l.to), byte(role)
				if err := k.runs[role].Receive(bytes.NewReader(m)); err == nil {
					t.Fatalf("%s: message %d taken by role %d", name, n, role)
				}
			}
		}
	}
}

// TestOutOfOrder: each role takes only what is due, and what is early can wait.
func TestOutOfOrder(t *testing.T) {
	for name, pl := range plans(t) {
		k := newTalk(t, pl.p, pl.in)
		all := k.upTo(t, len(pl.p.script()))
		for n, m := range all {
			fresh := newTalk(t, pl.p, pl.in)
			to := pl.p.script()[n].to
			if s := fresh.runs[to].Next(); s.Do == Receive && s.Number == n {
				continue
			}
			for range 2 {
				if err := fresh.runs[to].Receive(bytes.NewReader(m)); !errors.Is(err, ErrEarly) {
					t.Fatalf("%s: message %d first: %v", name, n, err)
				}
				fresh.restart(t, to)
			}
			if _, ok := fresh.runs[to].Result(); ok {
				t.Fatalf("%s: message %d alone gave a result", name, n)
			}
		}
	}
}

// rewrite makes a message of another body, its sum in order: what a liar sends.
func rewrite(p *Plan, n int, body []byte) []byte {
	l := p.script()[n]
	var b bytes.Buffer
	w := newOutgoing(&b, header(p.id, n, l.from, l.to, l.length), l.length)
	_, _ = w.Write(body)
	_, _ = w.end()
	return b.Bytes()
}

func body(m []byte) []byte { return bytes.Clone(m[headSize : len(m)-sumSize]) }

// lie is a change of a message's body by a liar who puts its sum in order.
type lie struct {
	number int
	change func(body []byte)
}

// lies of the parties and of the neutral in mediated mode: every part of every
// message.
func lies(p *Plan) map[string]lie {
	own := p.bits(axis) * garble.Size
	commitments := own + garble.KeySize
	one := commitments + 2*commitmentSize*p.inputBits()
	tables := one + garble.Size
	flip := func(number, at int) lie { return lie{number, func(b []byte) { b[at] ^= 4 }} }
	return map[string]lie{
		"second: sum of the circuit":      flip(2, 0),
		"second: a label of its own":      flip(2, sumSize),
		"second: the colour of a label":   {2, func(b []byte) { b[sumSize] ^= 1 }},
		"second: two labels exchanged":    {2, func(b []byte) { swapped(b[sumSize:], 0, 1) }},
		"lead: a label of its own":        flip(3, 0),
		"lead: two labels exchanged":      {3, func(b []byte) { swapped(b, 0, 1) }},
		"lead: key of the hash":           flip(3, own),
		"lead: a commitment":              flip(3, commitments),
		"lead: commitments exchanged":     {3, func(b []byte) { exchange(b[commitments:], commitmentSize) }},
		"lead: the last commitment":       flip(3, one-1),
		"lead: label of the constant":     flip(3, one),
		"lead: first ciphertext":          flip(3, tables),
		"lead: a ciphertext in between":   flip(3, (tables+int(p.script()[3].length))/2),
		"lead: last ciphertext":           flip(3, int(p.script()[3].length)-1),
		"lead: two ciphertexts exchanged": {3, func(b []byte) { swapped(b[tables:], 3, 9) }},
		"neutral: a label of an output":   flip(4, 0),
		"neutral: the same to the second": flip(5, 0),
		"neutral: labels exchanged":       {4, func(b []byte) { swapped(b, 0, 1) }},
	}
}

func swapped(b []byte, i, j int) {
	x, y := b[i*garble.Size:(i+1)*garble.Size], b[j*garble.Size:(j+1)*garble.Size]
	t := bytes.Clone(x)
	copy(x, y)
	copy(y, t)
}

func exchange(b []byte, size int) {
	t := bytes.Clone(b[:size])
	copy(b, b[size:2*size])
	copy(b[size:], t)
}

// TestLiarsInMediatedMode: whatever one of the three changes, who gets it aborts
// and has no result; and whether it does never hangs on what the honest put in.
func TestLiarsInMediatedMode(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs")
	}
	type outcome struct{ aborts, runs int }
	outcomes := map[string]map[int64]*outcome{}
	for _, walkAway := range []int64{0, 60, 5_000} { // with an answer, with another, with none
		pr := swap(walkAway)
		p := mustPlan(t, pr.c, termsFor(pr.c, Mediated, Nash, 3, 20, false))
		in := mustInputs(t, p, pr.briefs)
		for name, l := range lies(p) {
			if outcomes[name] == nil {
				outcomes[name] = map[int64]*outcome{}
			}
			o := &outcome{}
			outcomes[name][walkAway] = o
			for range 8 {
				k, m := due(t, p, in, l.number)
				text := body(m)
				l.change(text)
				o.runs++
				o.aborts += btoi(aborts(t, k, p, l.number, rewrite(p, l.number, text)))
			}
		}
	}
	for name, by := range outcomes {
		for walkAway, o := range by {
			if o.aborts != o.runs {
				t.Errorf("%s, walk-away %d: %d of %d runs aborted", name, walkAway, o.aborts, o.runs)
			}
		}
	}
}

// aborts carries on with a changed message and tells whether the run came to
// nothing where it should: at the neutral, before it sends anything, if a party
// lied; at the party that gets it, if the neutral did.
func aborts(t testing.TB, k *talk, p *Plan, n int, m []byte) bool {
	t.Helper()
	to := p.script()[n].to
	if n == 2 { // the neutral notices with the lead's message
		if err := k.runs[to].Receive(bytes.NewReader(m)); err != nil {
			t.Fatal(err)
		}
		m = k.message(t, 3)
	}
	if err := k.runs[to].Receive(bytes.NewReader(m)); err != nil {
		dead(t, k, to, err)
		return true
	}
	return false
}

// TestALiarWhoGarblesOtherwise: a lead with another seed than the joint one is
// caught, whatever the second put in.
func TestALiarWhoGarblesOtherwise(t *testing.T) {
	for _, walkAway := range []int64{0, 60, 5_000} {
		pr := swap(walkAway)
		p := mustPlan(t, pr.c, termsFor(pr.c, Mediated, Nash, 3, 20, false))
		in := mustInputs(t, p, pr.briefs)
		k := newTalk(t, p, in)
		k.upTo(t, 3)
		lead := k.runs[p.roleOf(axis)]
		lead.received.share = make([]byte, shareSize)
		err := k.runs[neutral].Receive(bytes.NewReader(k.message(t, 3)))
		dead(t, k, neutral, err)
	}
}

// TestSemiHonestChangedCircuit: a circuit that was changed, its sum put in order,
// gives the true result or none. (It may tell something to the garbler who
// changed it: that is why this mode is for trusted software.)
func TestSemiHonestChangedCircuit(t *testing.T) {
	pr := swap(0)
	p := mustPlan(t, pr.c, termsFor(pr.c, SemiHonest, Nash, 3, 20, false))
	in := mustInputs(t, p, pr.briefs)
	want := whole(t, p, in)
	l := p.script()[1]
	tables := int(l.length) - p.outputs()*decodingSize - int(p.cost.Bytes())
	noticed := 0
	for at := tables; at < tables+int(p.cost.Bytes()); at += int(p.cost.Bytes()) / 40 {
		k, m := due(t, p, in, 1)
		text := body(m)
		text[at] ^= 4
		err := k.runs[l.to].Receive(bytes.NewReader(rewrite(p, 1, text)))
		if got, ok := k.runs[l.to].Result(); ok && !slices.Equal(got.Release, want.Release) {
			t.Fatalf("byte %d: %v, want %v", at, got, want)
		}
		if err != nil {
			dead(t, k, l.to, err)
			noticed++
		}
	}
	if noticed == 0 {
		t.Error("no change was noticed")
	}
}

// TestSemiHonestLabelsAreChecked: in semi-honest mode the axis can't make up an
// outcome either.
func TestSemiHonestLabelsAreChecked(t *testing.T) {
	pr := swap(60)
	p := mustPlan(t, pr.c, termsFor(pr.c, SemiHonest, Nash, 3, 20, false))
	k, m := due(t, p, mustInputs(t, p, pr.briefs), 2)
	text := body(m)
	text[0] ^= 4
	to := p.script()[2].to
	dead(t, k, to, k.runs[to].Receive(bytes.NewReader(rewrite(p, 2, text))))
}

func FuzzReceive(f *testing.F) {
	for name, pl := range plans(f) {
		for n := range pl.p.script() {
			_, m := due(f, pl.p, pl.in, n)
			if len(m) < 1<<15 {
				f.Add(name, n, m)
			}
		}
	}
	all := plans(f)
	f.Fuzz(func(t *testing.T, name string, n int, m []byte) {
		pl, ok := all[name]
		if !ok || n < 0 || n >= len(pl.p.script()) {
			return
		}
		k, _ := due(t, pl.p, pl.in, n)
		to := pl.p.script()[n].to
		if err := k.runs[to].Receive(bytes.NewReader(m)); err == nil {
			return
		}
		if _, ok := k.runs[to].Result(); ok {
			t.Fatal("a result after an error")
		}
	})
}

func FuzzParseTerms(f *testing.F) {
	pr := swap(60)
	text := []byte(fmt.Sprintf(`{"parley":"accord/1","question":"settle","case":%q}`, pr.c.ID))
	f.Add(text)
	for _, pl := range plans(f) {
		f.Add(pl.p.text(f))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		terms, err := ParseTerms(text)
		if err != nil {
			return
		}
		if _, err := NewPlan(pr.c, *terms); err != nil {
			return
		}
	})
}
