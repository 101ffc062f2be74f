package main

import (
	"fmt"
	"math"
	"sort"
)

func dot(a, b []float64) float64 {
	s := 0.0
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

func predict(w, x []float64) float64 { return 1 / (1 + math.Exp(-dot(w, x))) }

func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// fitLogistic fits a logistic regression with a ridge by Newton's method.
func fitLogistic(rows []*labelled, ridge float64) []float64 {
	x := make([][]float64, len(rows))
	y := make([]bool, len(rows))
	for i, r := range rows {
		x[i], y[i] = r.features, r.same
	}
	return newton(x, y, make([]float64, len(x[0])), ridge)
}

// newton fits weights; all but the first, the intercept, are pulled towards
// their priors.
func newton(x [][]float64, y []bool, prior []float64, ridge float64) []float64 {
	n := len(x[0])
	w := append([]float64{}, prior...)
	for range 40 {
		g := make([]float64, n)
		h := make([][]float64, n)
		for i := range h {
			h[i] = make([]float64, n)
			if i > 0 {
				h[i][i] = ridge
				g[i] = ridge * (prior[i] - w[i])
			}
			h[i][i] += 1e-9
		}
		for r, f := range x {
			p := predict(w, f)
			e := -p
			if y[r] {
				e = 1 - p
			}
			for i, a := range f {
				if a == 0 {
					continue
				}
				g[i] += e * a
				q := p * (1 - p) * a
				for j, b := range f[:i+1] {
					h[i][j] += q * b
				}
			}
		}
		for i := range h {
			for j := range i {
				h[j][i] = h[i][j]
			}
		}
		step := solve(h, g)
		size := 0.0
		for i := range w {
			w[i] += step[i]
			size = math.Max(size, math.Abs(step[i]))
		}
		if size < 1e-6 {
			break
		}
	}
	return w
}

// solve does Gauss's elimination with pivots.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	x := append([]float64{}, b...)
	for c := range n {
		p := c
		for r := c + 1; r < n; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[p][c]) {
				p = r
			}
		}
		a[c], a[p], x[c], x[p] = a[p], a[c], x[p], x[c]
		for r := c + 1; r < n; r++ {
			f := a[r][c] / a[c][c]
			for k := c; k < n; k++ {
				a[r][k] -= f * a[c][k]
			}
			x[r] -= f * x[c]
		}
	}
	for c := n - 1; c >= 0; c-- {
		for k := c + 1; k < n; k++ {
			x[c] -= a[c][k] * x[k]
		}
		x[c] /= a[c][c]
	}
	return x
}

// bestThreshold is the score from which F1 is greatest.
func bestThreshold(rows []*labelled) float64 {
	d := append([]*labelled{}, rows...)
	sort.Slice(d, func(i, j int) bool { return d[i].score > d[j].score })
	all, tp, fp, best, at := 0, 0, 0, 0.0, 1.0
	for _, r := range d {
		if r.same {
			all++
		}
	}
	for i, r := range d {
		if r.same {
			tp++
		} else {
			fp++
		}
		if i+1 < len(d) && d[i+1].score == r.score {
			continue
		}
		if f := 2 * float64(tp) / float64(tp+fp+all); f > best {
			best, at = f, r.score
		}
	}
	return at
}

func report(name string, rows []*labelled, t float64) {
	tp, fp, fn := 0, 0, 0
	for _, r := range rows {
		switch {
		case r.score >= t && r.same:
			tp++
		case r.score >= t:
			fp++
		case r.same:
			fn++
		}
	}
	p, rec := float64(tp)/float64(tp+fp), float64(tp)/float64(tp+fn)
	fmt.Printf("%s P=%.3f R=%.3f F1=%.3f at %.3f; recall at precision .99 = %.3f\n", name, p, rec, 2*p*rec/(p+rec), t, recallAt(rows, .99))
}

func recallAt(rows []*labelled, precision float64) float64 {
	d := append([]*labelled{}, rows...)
	sort.Slice(d, func(i, j int) bool { return d[i].score > d[j].score })
	all, tp, fp, best := 0, 0, 0, 0
	for _, r := range d {
		if r.same {
			all++
		}
	}
	for i, r := range d {
		if r.same {
			tp++
		} else {
			fp++
		}
		if i+1 < len(d) && d[i+1].score == r.score {
			continue
		}
		if float64(tp) >= precision*float64(tp+fp) {
			best = tp
		}
	}
	return float64(best) / float64(all)
}

// slices prints recall and false positives by scripts and by kind.
func slices(rows []*labelled, t float64) {
	type tally struct{ pos, hit, neg, bad int }
	by := map[string]*tally{}
	for _, r := range rows {
		for _, k := range []string{"scripts " + r.scripts, "kind " + r.kind} {
			c := by[k]
			if c == nil {
				c = &tally{}
				by[k] = c
			}
			switch {
			case r.same && r.score >= t:
				c.pos++
				c.hit++
			case r.same:
				c.pos++
			case r.score >= t:
				c.neg++
				c.bad++
			default:
				c.neg++
			}
		}
	}
	var keys []string
	for k := range by {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		c := by[k]
		l := fmt.Sprintf("  %-24s", k)
		if c.pos > 0 {
			l += fmt.Sprintf(" recall %.3f of %d", float64(c.hit)/float64(c.pos), c.pos)
		}
		if c.neg > 0 {
			l += fmt.Sprintf(" false positives %.3f of %d", float64(c.bad)/float64(c.neg), c.neg)
		}
		fmt.Println(l)
	}
}

func showErrors(rows []*labelled, t float64) {
	for _, r := range rows {
		if r.same != (r.score >= t) {
			fmt.Printf("%v\t%.3f\t%s\t%s\t%s\n", r.same, r.score, r.kind, r.a, r.b)
		}
	}
}

// f1 is the harmonic mean of precision and recall at a threshold.
func f1(rows []*labelled, t float64) float64 {
	tp, wrong := 0, 0
	for _, r := range rows {
		switch {
		case r.same && r.score >= t:
			tp++
		case r.same != (r.score >= t):
			wrong++
		}
	}
	return 2 * float64(tp) / float64(2*tp+wrong)
}

// share is how many of the rows of a kind, and of scripts where these are
// given, score at least t.
func share(rows []*labelled, t float64, kind, scripts string) float64 {
	n, hit := 0, 0
	for _, r := range rows {
		if r.kind != kind || scripts != "" && r.scripts != scripts {
			continue
		}
		n++
		if r.score >= t {
			hit++
		}
	}
	return float64(hit) / float64(n)
}
