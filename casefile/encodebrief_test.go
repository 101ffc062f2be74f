package casefile_test

import (
	"reflect"
	"testing"

	"parley/casefile"
)

// everything is a brief in which each field says something.
const everything = `parley: brief/1
case: swap
party: east
walk_away: -10
tiers: {huda: want, ivo: never, alma: must}
tier_points: {want: 55}
worth: {alma: 60, peter: -50}
tags: {civilian: 5}
because: {alma: "she is: \"ill\", а также №1", ivo: "no"}
rules:
  - require: [huda]
  - forbid: [peter]
  - together: [alma, huda]
  - at_most_one: [peter, ivo]
  - {if: peter, then: [alma, huda]}
  - {count: {held_by: east, tag: civilian}, at_least: 1, at_most: 3}
  - equal: [{held_by: east}, {sought_by: east}]
  - {ratio: [{held_by: east}, {ids: [alma, huda]}], at_most: 2/1}
  - {bonus: 15, all: [alma, huda]}
estimates:
  west: {walk_away: 0..10, worth: {peter: 40..60, alma: -30}, tags: {civilian: -5..5}, rules: [{forbid: [huda]}]}
destroy_after: 2027-01
`

const swap = `parley: case/1
id: swap
title: swap
as_of: 2026-03-01
parties: {east: {name: E}, west: {name: W}}
persons:
  alma: {name: Alma, held_by: west, sought_by: [east], tags: [civilian]}
  huda: {name: Huda, held_by: west, sought_by: [east]}
  peter: {name: Peter, held_by: east, sought_by: [west]}
  ivo: {name: Ivo, held_by: east, sought_by: [west]}
`

func TestEncodedBriefIsReadBack(t *testing.T) {
	c, err := casefile.ParseCase("case", []byte(swap))
	if err != nil {
		t.Fatal(err)
	}
	b, err := casefile.ParseBrief("brief", []byte(everything), c)
	if err != nil {
		t.Fatal(err)
	}
	file := casefile.EncodeBrief(b)
	back, err := casefile.ParseBrief("back", file, c)
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	if !reflect.DeepEqual(b.Content(), back.Content()) {
		t.Errorf("read back otherwise:\n%s", file)
	}
}
