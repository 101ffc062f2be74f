package accord

import "testing"

// BenchmarkPlan is what counting a circuit costs, before a run.
func BenchmarkPlan(b *testing.B) {
	pr := balanced(100)
	for b.Loop() {
		mustPlan(b, pr.c, termsFor(pr.c, SemiHonest, Nash, 15, 1, false))
	}
}
