package web

import (
	"testing"

	"parley/desk"
)

const walk = `parley: plan/1
id: walk
case: swap
title: Across the bridge
places: {east-end: {under: east}, west-end: {under: west}}
entries: {alma: {start: west-end}, huda: {start: west-end}, peter: {start: east-end}}
phases:
  - id: day
    gates:
      - {id: identity, do: check who is there, confirm: [east, west], evidence: the list against the people, go: true}
      - {id: cross, do: walk, by: [east, west], move: {alma: east-end, huda: east-end, peter: west-end}, needs: [identity], confirm: [east, west]}
`

// plan puts a plan for the handover in force.
func (w *world) plan(t testing.TB) {
	t.Helper()
	w.east.with(func(k *desk.Desk) error {
		_, err := k.ProposePlan(t.Context(), "plan.yaml", []byte(walk), "", "")
		return err
	})
	w.meet()
	for _, s := range []*seatedDesk{w.east, w.west} {
		s.with(func(k *desk.Desk) error {
			_, err := k.AdoptPlan(t.Context(), "last")
			return err
		})
	}
	w.meet()
}
