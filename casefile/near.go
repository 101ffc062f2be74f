package casefile

import "iter"

// guesses is how many near spellings are looked for in one file.
const guesses = 20

// near offers the word closest to a misspelt value of a file that may be told.
func (v *value) near(s string, words iter.Seq[string]) string {
	if v.r.private {
		return ""
	}
	return v.r.nearest(s, words)
}

// nearest offers the word closest to s, where one is close.
func (r *reader) nearest(s string, words iter.Seq[string]) string {
	if r.guessed++; r.guessed > guesses || len(s) > 64 {
		return ""
	}
	best, least := "", 3 // two slips are near, in a short word one
	if len(s) < 5 {
		least = 2
	}
	for w := range words {
		d := distance(s, w, least+1)
		if d < least || d == least && best != "" && w < best {
			best, least = w, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}

// distance counts the letters to put in, take out, change or swap with their
// neighbour to turn a into b; any number of at least limit may come out as
// limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differ(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}

func differ(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}
