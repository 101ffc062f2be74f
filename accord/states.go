package accord

import (
	"fmt"
	"slices"
)

// edge is one way into a place: from which place before the item, and whether
// the item is released.
type edge struct {
	from     int
	released bool
}

// steps says, for each item and each place after it, by which edges it is
// reached. Where two edges are equally good the later of the list is taken: the
// released are last, and first is the one that comes from releasing nobody.
type steps [][][]edge

// walk joins the courses of all rules into one set of steps. Without rules there
// is one place throughout. ok is false if no exchange keeps all rules.
func walk(courses []*course, items []item) (out steps, ok bool, err error) {
	w := &walker{courses: courses, items: items}
	if err := w.forward(); err != nil {
		return nil, false, err
	}
	alive := w.backward()
	if len(alive[0]) == 0 {
		return nil, false, nil
	}
	return w.steps(alive), true, nil
}

type walker struct {
	courses []*course
	items   []item
	places  [][][]int // before each item, and at the end: one place for each course
}

// index finds places by what they are.
type index map[string]int

func indexOf(places [][]int) index {
	out := make(index, len(places))
	for i, p := range places {
		out[fmt.Sprint(p)] = i
	}
	return out
}

// of is the number of a place; false if it is not among them.
func (x index) of(p []int) (int, bool) {
	i, ok := x[fmt.Sprint(p)]
	return i, ok
}

// to is where an item leads from a place; ok is false if it may not.
func (w *walker) to(i int, place []int, released int) (out []int, ok bool) {
	out = make([]int, len(place))
	for r, c := range w.courses {
		out[r] = c.next[i][place[r]][released]
		if out[r] == nowhere {
			return nil, false
		}
	}
	return out, released == 1 || !w.items[i].required
}

func (w *walker) forward() error {
	first := make([]int, len(w.courses))
	for r, c := range w.courses {
		first[r] = c.start
	}
	w.places = [][][]int{{first}}
	if slices.Contains(first, nowhere) {
		w.places[0] = nil
	}
	for i := range w.items {
		var next [][]int
		for _, p := range w.places[i] {
			for released := range 2 {
				if q, ok := w.to(i, p, released); ok {
					next = append(next, q)
				}
			}
		}
		slices.SortFunc(next, slices.Compare)
		next = slices.CompactFunc(next, slices.Equal)
		if len(next) > maxStates {
			return fmt.Errorf("the rules of the case together need more than %d places to be followed, which is more than a settlement can take", maxStates)
		}
		w.places = append(w.places, next)
	}
	return nil
}

// backward keeps the places from which the end can be reached.
func (w *walker) backward() [][][]int {
	n := len(w.items)
	alive := make([][][]int, n+1)
	alive[n] = w.places[n]
	for i := n - 1; i >= 0; i-- {
		after := indexOf(alive[i+1])
		for _, p := range w.places[i] {
			for released := range 2 {
				q, ok := w.to(i, p, released)
				if ok {
					_, ok = after.of(q)
				}
				if ok {
					alive[i] = append(alive[i], p)
					break
				}
			}
		}
	}
	return alive
}

func (w *walker) steps(alive [][][]int) steps {
	out := make(steps, len(w.items))
	nobody := 0 // the place of releasing nobody; -1 once it is dead
	for i := range w.items {
		out[i] = make([][]edge, len(alive[i+1]))
		after := indexOf(alive[i+1])
		stay := nowhere
		for released := range 2 {
			for k, p := range alive[i] {
				q, ok := w.to(i, p, released)
				if !ok {
					continue
				}
				to, ok := after.of(q)
				if !ok {
					continue
				}
				e := edge{k, released == 1}
				if released == 0 && k == nobody {
					stay = to
					out[i][to] = slices.Insert(out[i][to], 0, e)
				} else {
					out[i][to] = append(out[i][to], e)
				}
			}
		}
		nobody = stay
	}
	return out
}
