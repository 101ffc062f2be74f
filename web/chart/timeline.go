package chart

import "parley"

// Moment is something that happened, in the precision in which it is known.
type Moment struct {
	On   parley.Date
	Name string // what, with its date, in the reader's language
}

const momentHigh = 26

// Timeline draws moments on a line of time, one under the other, each at its
// date; one that is known to a month or a year only is as long as that. Moments
// without a date are left out: the table beside has them.
func Timeline(moments []Moment, w Words) []byte {
	first, last := 0.0, 0.0
	n := 0
	for _, m := range moments {
		if m.On.IsZero() {
			continue
		}
		from, to := years(m.On)
		if n == 0 || from < first {
			first = from
		}
		if n == 0 || to > last {
			last = to
		}
		n++
	}
	if n == 0 {
		return nil
	}
	c := begin("timeline", wide, 40+n*momentHigh, w.Title, w.Desc)
	at := func(year float64) float64 { return 20 + (year-first)/(last-first+0.01)*280 }
	c.add(`<path class="rule" d="M20 24 H300" stroke="%s"/>`+"\n", quiet)
	c.words(20, 16, "quiet", quiet, pad(int(first)))
	c.words(268, 16, "quiet", quiet, pad(int(last)))
	y := 24.0
	for _, m := range moments {
		if m.On.IsZero() {
			continue
		}
		y += momentHigh
		from, to := years(m.On)
		c.add(`<rect class="ours" x="%.1f" y="%.1f" width="%.1f" height="8" rx="4" fill="%s"/>`+"\n", at(from), y-9, max(8, at(to)-at(from)), ours)
		c.words(324, y, "ink", ink, m.Name)
	}
	return c.end()
}

// years is where a date begins and ends, in years.
func years(d parley.Date) (from, to float64) {
	from = float64(d.Year)
	switch {
	case d.Month == 0:
		return from, from + 1
	case d.Day == 0:
		from += float64(d.Month-1) / 12
		return from, from + 1.0/12
	}
	from += float64(d.Month-1)/12 + float64(d.Day-1)/365
	return from, from
}

func pad(year int) string {
	return parley.Date{Year: year}.String()
}
