// Package handover takes an exchange from the signed list to everybody received:
// who crosses when, on whose word, and what each side has given against what it
// has received at every step.
//
// A [Plan] says it beforehand: places, phases, gates, the instruments that each
// person needs, and the most that a side is ready to have outstanding. A gate is
// one step: somebody acts, persons may move, and the named confirmers say so,
// each for itself. Nothing moves before every gate that it needs is confirmed.
//
//	open ──begin (who acts)──► under way ──confirm (every one named)──► confirmed
//	  ▲                             │
//	  needs: gates and instruments  └─ a halt stops what has not begun;
//	  confirmed, everybody ready       who is on the way arrives, or comes back
//
// What happens is told in signed [Event]s, and [Plan.Fold] adds them up to a
// [State]. Whether an event has effect is decided by what its author had seen
// when it was signed, never by what came later or in which order: so two desks
// with the same entries show the same state, and nothing that counted stops
// counting. A rumour is no event. An exchange of persons is complete on arrival,
// not on departure (Dix-Hill cartel of 1862, article IV).
//
// Why somebody does not travel is no field of any event. The neutral keeps it in
// an [Interview]; the parties see one of three words.
//
// The package is pure: no files, no network, no clock, no randomness. Times are
// arguments. docs/handover.md tells the algorithms and what is not promised.
package handover
