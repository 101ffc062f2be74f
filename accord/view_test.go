package accord

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"parley"
	"parley/brief"
	"parley/internal/garble"
)

// tracer is a Clear that writes down what a program asks of it.
type tracer struct {
	garble.Clear
	asked []string
}

func (t *tracer) And(dst, a, b []wire) {
	t.asked = append(t.asked, fmt.Sprintf("and %d", len(dst)))
	t.Clear.And(dst, a, b)
}

func (t *tracer) Product(h *garble.OneHot, x []wire, add func(leaf, at int, y []wire)) {
	t.asked = append(t.asked, fmt.Sprintf("product %d of %d", len(x), h.Leaves()))
	t.Clear.Product(h, x, add)
}

// extremes are briefs that have nothing in common but the case.
func extremes(r *rand.Rand, c *parley.Case, most int64) [][2]brief.Brief {
	make2 := func(worth func(mine bool) int64, walkAway int64, rules ...parley.Rule) (out [2]brief.Brief) {
		for k, id := range []parley.PartyID{"a", "b"} {
			content := brief.Content{Case: c.ID, Party: id, WalkAway: walkAway, Worth: map[parley.PersonID]int64{}, Rules: rules}
			for _, h := range c.Holdings() {
				content.Worth[h.ID] = worth(h.HeldBy == id)
			}
			out[k] = brief.New(content)
		}
		return out
	}
	sign := func(mine bool, n int64) int64 {
		if mine {
			return -n
		}
		return n
	}
	all := c.Holdings()[0].ID
	return [][2]brief.Brief{
		make2(func(bool) int64 { return 0 }, 0),
		make2(func(mine bool) int64 { return sign(mine, most) }, 0),
		make2(func(mine bool) int64 { return sign(mine, most) }, 1_000_000_000),
		make2(func(mine bool) int64 { return sign(mine, int64(btoi(!mine))*most) }, 1),
		make2(func(mine bool) int64 { return sign(mine, r.Int64N(most+1)) }, 3, parley.Require{IDs: []parley.PersonID{all}}),
		make2(func(mine bool) int64 { return sign(mine, r.Int64N(most+1)) }, 3, parley.Forbid{IDs: []parley.PersonID{all}}),
		make2(func(mine bool) int64 { return sign(mine, r.Int64N(most+1)) }, 0),
	}
}

// shapeOfRun is what of a run anybody who looks on sees: the length of every message
// and of every single write, and of every record kept.
func shapeOfRun(t *testing.T, p *Plan, briefs [2]brief.Brief) string {
	t.Helper()
	k := newTalk(t, p, mustInputs(t, p, briefs))
	var b strings.Builder
	for n, l := range p.script() {
		if k.runs[l.from].Next().Do != Send {
			t.Fatalf("message %d is not due", n)
		}
		w := &writes{}
		if err := k.runs[l.from].Send(w); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, n, l.name, l.from, l.to, w.sizes)
		if err := k.runs[l.to].Receive(bytes.NewReader(w.all)); err != nil {
			t.Fatal(err)
		}
	}
	for role, j := range k.journals {
		fmt.Fprintln(&b, role, len(j.records))
	}
	return b.String()
}

type writes struct {
	sizes []int
	all   []byte
}

func (w *writes) Write(p []byte) (int, error) {
	w.sizes, w.all = append(w.sizes, len(p)), append(w.all, p...)
	return len(p), nil
}

// TestNothingSeenFromOutsideVaries: number, length and order of messages, of
// writes, and of what the circuit asks of its machine hang on public numbers
// alone. None is no exception.
func TestNothingSeenFromOutsideVaries(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	pr := randomProblem(r, shape{persons: 7, most: 15})
	for _, rules := range [][]parley.Rule{nil, {parley.Equal{A: parley.Selector{HeldBy: "a"}, B: parley.Selector{HeldBy: "b"}}}} {
		pr.c.Rules = rules
		for _, mode := range modes() {
			for _, criterion := range []Criterion{Nash, Maximin} {
				p := mustPlan(t, pr.c, termsFor(pr.c, mode, criterion, 15, 1, false))
				var shapes, traces []string
				for _, briefs := range extremes(r, pr.c, 15) {
					shapes = append(shapes, shapeOfRun(t, p, briefs))
					traces = append(traces, traceOf(t, p, briefs))
				}
				if len(slices.Compact(shapes)) != 1 || len(slices.Compact(traces)) != 1 {
					t.Errorf("%s, %s: what is seen from outside varies with the inputs", mode, criterion)
				}
			}
		}
	}
}

func traceOf(t *testing.T, p *Plan, briefs [2]brief.Brief) string {
	t.Helper()
	in := mustInputs(t, p, briefs)
	tr := &tracer{}
	p.run(tr, clearValues(p, in))
	return strings.Join(tr.asked, "\n")
}

// TestMarkedValuesAreNowhere: what stands in a brief is in no byte that is sent,
// as text or as a number.
func TestMarkedValuesAreNowhere(t *testing.T) {
	const mark, second = 739_173_917, 918_273_645
	pr := swap(0)
	content := [2]brief.Content{pr.briefs[0].Content(), pr.briefs[1].Content()}
	for k := range content {
		worth := map[parley.PersonID]int64{}
		for id, n := range content[k].Worth {
			worth[id] = mark
			if n < 0 {
				worth[id] = -second
			}
		}
		content[k].Worth, content[k].WalkAway = worth, second/2
		content[k].Because = map[parley.PersonID]string{"bout": "unspeakable"}
		pr.briefs[k] = brief.New(content[k])
	}
	var marks [][]byte
	for _, n := range []int64{mark, second, second / 2} {
		marks = append(marks, fmt.Append(nil, n), binary.BigEndian.AppendUint64(nil, uint64(n)), binary.LittleEndian.AppendUint64(nil, uint64(n)),
			binary.BigEndian.AppendUint64(nil, uint64(-n)), binary.LittleEndian.AppendUint64(nil, uint64(-n)))
	}
	marks = append(marks, []byte("unspeakable"))
	for _, mode := range modes() {
		p := mustPlan(t, pr.c, termsFor(pr.c, mode, Nash, 15, 100_000_000, false))
		in := mustInputs(t, p, pr.briefs)
		k := newTalk(t, p, in)
		all := append(k.upTo(t, len(p.script())), p.text(t), fmt.Appendf(nil, "%v %+v %#v %s", in, in[0], in[1], k.runs[0].in))
		for n, m := range all {
			for _, mark := range marks {
				if bytes.Contains(m, mark) {
					t.Errorf("%s: message %d holds %q", mode, n, mark)
				}
			}
		}
	}
}

// view is what one role sees of a run: all that it receives.
func view(t *testing.T, p *Plan, in [2]Inputs, role int) []byte {
	t.Helper()
	k := newTalk(t, p, in)
	var seen []byte
	for n, m := range k.upTo(t, len(p.script())) {
		if p.script()[n].to == role {
			seen = append(seen, body(m)...)
		}
	}
	return seen
}

// tells looks for a bit of the views that hangs on the secret: it picks the most
// telling bits of one half of the views, and guesses by them in the other half.
// It gives the largest deviation of a single bit, in standard deviations, and
// that of the right guesses.
func tells(views [][]byte, secrets []bool) (bit, guesses float64) {
	half := len(views) / 2
	bits := 8 * len(views[0])
	score := make([]float64, bits)
	for i := range bits {
		score[i] = deviation(views[:half], secrets[:half], i)
		bit = max(bit, math.Abs(deviation(views, secrets, i)))
	}
	order := make([]int, bits)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if math.Abs(score[a]) > math.Abs(score[b]) {
			return -1
		}
		return 1
	})
	right := 0
	for n := half; n < len(views); n++ {
		sum := 0.0
		for _, i := range order[:min(9, bits)] {
			sum += score[i] * (2*float64(views[n][i/8]>>(i%8)&1) - 1)
		}
		right += btoi((sum > 0) == secrets[n])
	}
	n := float64(len(views) - half)
	return bit, math.Abs(float64(right)-n/2) / math.Sqrt(n/4)
}

// deviation is by how many standard deviations bit i is more often 1 when the
// secret is true than when it is not.
func deviation(views [][]byte, secrets []bool, i int) float64 {
	var ones, count [2]float64
	for n, v := range views {
		s := btoi(secrets[n])
		ones[s] += float64(v[i/8] >> (i % 8) & 1)
		count[s]++
	}
	p := (ones[0] + ones[1]) / (count[0] + count[1])
	if p == 0 || p == 1 || count[0] == 0 || count[1] == 0 {
		return 0
	}
	return (ones[1]/count[1] - ones[0]/count[0]) / math.Sqrt(p*(1-p)*(1/count[0]+1/count[1]))
}

// Bounds on what chance alone gives: a single one of some 30,000 bits, and the
// guesses, each passed once in about a million times.
const (
	bitBound   = 7.0
	guessBound = 5.0
)

// TestTheViewTellsNothing: with the result fixed, because the role itself says
// no, nothing that it receives tells the other's answer. The neutral, who learns
// no result, is told nothing in any case. The same test catches a leak that is
// planted in one bit.
func TestTheViewTellsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("many runs")
	}
	r := rand.New(rand.NewPCG(6, 6))
	for _, mode := range modes() {
		p := askPlan(t, mode)
		for role := range p.Roles() {
			views, secrets := sampleViews(t, r, p, role, 400)
			if bit, guesses := tells(views, secrets); bit > bitBound || guesses > guessBound {
				t.Errorf("%s, role %d: a bit deviates by %.1f, guesses by %.1f", mode, role, bit, guesses)
			}
			for name, plant := range planted(r) {
				leaky := make([][]byte, len(views))
				for n, v := range views {
					leaky[n] = bytes.Clone(v)
					plant(leaky[n], secrets[n])
				}
				if bit, guesses := tells(leaky, secrets); bit < bitBound || guesses < guessBound {
					t.Errorf("%s, role %d: %s is not caught: %.1f, %.1f", mode, role, name, bit, guesses)
				}
			}
		}
	}
}

// sampleViews runs a blind yes many times. The secret is the answer of the other
// party; of the neutral, that of the first.
func sampleViews(t *testing.T, r *rand.Rand, p *Plan, role, n int) (views [][]byte, secrets []bool) {
	t.Helper()
	for range n {
		secret := r.IntN(2) == 1
		in := [2]Inputs{Answer(false), Answer(false)}
		subject := 0
		if role != neutral {
			subject = 1 - role
		} else {
			in[1] = Answer(r.IntN(2) == 1)
		}
		in[p.sideOf(subject)] = Answer(secret)
		views, secrets = append(views, view(t, p, in, role)), append(secrets, secret)
	}
	return views, secrets
}

// planted leaks: a bit that is the secret, one that is it nine times in ten.
func planted(r *rand.Rand) map[string]func(view []byte, secret bool) {
	return map[string]func([]byte, bool){
		"a bit that is the secret": func(v []byte, s bool) { v[len(v)/2] = v[len(v)/2]&^1 | byte(btoi(s)) },
		"a bit that mostly is": func(v []byte, s bool) {
			if r.IntN(10) > 0 {
				v[len(v)/3] = v[len(v)/3]&^8 | byte(btoi(s))<<3
			}
		},
	}
}
