package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"parley"
	hidden "parley/internal/show"
)

// print writes the answer of a command to standard output: one JSON object, or
// words.
func (a *app) print(v any, say func(w *words)) error {
	if a.json {
		enc := json.NewEncoder(a.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	}
	w := &words{to: a.out}
	say(w)
	return w.err
}

// tell says something beside the answer, on standard error.
func (a *app) tell(format string, args ...any) {
	fmt.Fprintln(a.err, oneLine(fmt.Sprintf(format, args...)))
}

// progress tells on standard error, every few seconds, how far a long piece of
// work is. What takes less than a second is not spoken of.
func (a *app) progress(what string) func(done, of int) {
	last := a.now()
	var one sync.Mutex
	return func(done, of int) {
		one.Lock()
		defer one.Unlock()
		if now := a.now(); now.Sub(last) > time.Second {
			last = now
			a.tell("%s: %d of %d", what, done, of)
		}
	}
}

// waiting tells on standard error, every two seconds until it is ended, that
// something is waited for of which nobody knows how far it is.
func (a *app) waiting(what string) (end func()) {
	return every(2*time.Second, func(since time.Duration) { a.tell("%s, %d s", what, int(since.Seconds())) })
}

// every calls f again and again, with the time since the beginning, until it is
// ended; then no call is under way.
func every(period time.Duration, f func(since time.Duration)) (end func()) {
	began, tick, over := time.Now(), time.NewTicker(period), make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
				f(time.Since(began))
			}
		}
	})
	return sync.OnceFunc(func() { close(over); wait.Wait() })
}

// words writes lines for people. Whatever it is given, nothing reaches the
// terminal that could move its cursor or turn its text around.
type words struct {
	to  io.Writer
	err error
}

func (w *words) line(format string, args ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintln(w.to, oneLine(fmt.Sprintf(format, args...)))
	}
}

// oneLine keeps a text with line breaks in it on its line: it can't pass for
// lines of ours.
func oneLine(s string) string { return show(strings.ReplaceAll(s, "\n", " ⏎ ")) }

// show makes visible what a text could hide on a terminal.
func show(s string) string { return hidden.Text(s) }

// short is enough of an id to name an act on this channel.
func short(id string) string {
	if len(id) > 8 {
		return id[:8]
	}
	return id
}

// names are what parties and persons are called; an id may be a party's and a
// person's at once.
type names struct {
	parties map[parley.PartyID]string
	persons map[parley.PersonID]string
}

func namesOf(c *parley.Case) names {
	n := names{map[parley.PartyID]string{}, map[parley.PersonID]string{}}
	if c == nil {
		return n
	}
	for _, p := range c.Parties {
		n.parties[p.ID] = p.Name
	}
	for _, h := range c.Holdings() {
		n.persons[h.ID] = h.Name
	}
	return n
}

// nameOf tells an id with its name: "Brittney Griner (griner)".
func nameOf[T parley.PartyID | parley.PersonID](n names, id T) string {
	name := n.persons[parley.PersonID(id)]
	if p, ok := any(id).(parley.PartyID); ok {
		name = n.parties[p]
	}
	if name == "" || name == string(id) {
		return string(id)
	}
	return name + " (" + string(id) + ")"
}

// named tells ids with their names.
func named[T parley.PartyID | parley.PersonID](n names, ids []T) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = nameOf(n, id)
	}
	return strings.Join(out, ", ")
}

func personIDs(list []string) []parley.PersonID {
	out := make([]parley.PersonID, 0, len(list))
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, parley.PersonID(s))
		}
	}
	return out
}
