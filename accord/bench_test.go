package accord

import (
	"crypto/rand"
	"fmt"
	"io"
	"testing"

	"parley"
	"parley/brief"
)

// balanced is a problem of so many persons, half of them held by each.
func balanced(persons int) problem {
	c := &parley.Case{ID: "balanced", Parties: []parley.Party{{ID: "a"}, {ID: "b"}}}
	worth := [2]map[parley.PersonID]int64{{}, {}}
	for i := range persons {
		id := parley.PersonID(fmt.Sprintf("p%03d", i))
		c.Persons = append(c.Persons, parley.Person{ID: id, HeldBy: c.Parties[i%2].ID})
		worth[i%2][id], worth[1-i%2][id] = -int64(3+i*7%13), int64(2+i*5%14)
	}
	pr := problem{c: c}
	for k := range 2 {
		pr.briefs[k] = brief.New(brief.Content{Case: c.ID, Party: c.Parties[k].ID, WalkAway: 5, Worth: worth[k]})
	}
	return pr
}

// BenchmarkSettle runs both sides in one process, with pipes between them.
func BenchmarkSettle(b *testing.B) {
	for _, persons := range []int{16, 32, 64, 100} {
		for _, mode := range modes() {
			b.Run(fmt.Sprintf("%d/%s", persons, mode), func(b *testing.B) {
				pr := balanced(persons)
				for b.Loop() {
					p := mustPlan(b, pr.c, termsFor(pr.c, mode, Nash, 15, 1, false))
					piped(b, p, mustInputs(b, p, pr.briefs))
					b.ReportMetric(float64(p.Length())/1e6, "MB")
				}
			})
		}
	}
}

// piped runs every role in a goroutine of its own.
func piped(b *testing.B, p *Plan, in [2]Inputs) {
	b.Helper()
	readers, writers := make([]*io.PipeReader, p.Messages()), make([]*io.PipeWriter, p.Messages())
	for n := range readers {
		readers[n], writers[n] = io.Pipe()
	}
	done := make(chan error)
	for role, name := range p.Roles() {
		inputs := Inputs{}
		if role != neutral {
			inputs = in[p.sideOf(role)]
		}
		r, err := Start(p, name, inputs, &memory{}, rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		go func() {
			for err == nil {
				switch s := r.Next(); s.Do {
				case Done:
					done <- r.Err()
					return
				case Send:
					err = r.Send(writers[s.Number])
				case Receive:
					err = r.Receive(readers[s.Number])
				}
			}
			done <- err
		}()
	}
	for range p.Roles() {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
}
