// Package frontier weighs exchanges: which are agreeable, which of those no
// other beats, which one a criterion of fairness picks, and why not the rest.
//
// # Terms
//
//   - In trade: every person, blank or group that somebody holds and nobody is
//     owed by law. The rest stands outside: never in an answer, unseen by rules
//     (see Problem).
//   - A party has spoken when it has a brief or somebody's estimate (Voice).
//   - Gain: what the released are worth to a party, minus its walk-away; a
//     group counts as often as it has heads.
//   - Agreeable: at least one in trade is released, every party that has spoken
//     gains at least 0, and every rule of the case and of every brief holds.
//   - One exchange beats another: at least as good for every party that has
//     spoken, better for one. The frontier is the vectors of gains of agreeable
//     exchanges that no agreeable exchange beats.
//   - Criterion: one of Criteria, each with its Formula.
//
// # Method
//
// All is integers; bounds are checked once, when a Problem is made, so that no
// sum can overflow. Up to MaxTraded in trade are searched exhaustively. Their
// ids ascending are split into a lower and an upper half, and every subset of a
// half is summed once. A subset is dropped
//
//   - if nothing in the other half can mend it: a rule is broken already, a
//     walk-away is out of reach (half.go, scan.go);
//   - if another subset does the same for every rule and bonus as seen from the
//     other half, and is as good for every party: whatever completes the one
//     completes the other to something better (thin.go).
//
// Then every upper subset left meets every lower one. A pairing costs one
// addition per party until one falls below its floor; rules that the upper
// subset has settled are not asked again; and an upper subset is skipped as a
// whole when even the best lower subset for each party apart would change
// nothing in what is kept (block.go, keep.go, archive.go). So the answer is that
// of enumeration, and the search is one loop that can be read.
//
// Worked example. us holds bout; ru holds griner and whelan. To us griner is
// worth 65 and whelan 55, bout costs 50, walk-away 10. To ru bout is worth 40,
// griner costs 30 and whelan 25, walk-away 0. The lower half is {bout}, the
// upper {griner, whelan}:
//
//	                       us   ru
//	bout                  -60   40   us is below its walk-away
//	griner                 55  -30   ru is below its walk-away
//	bout, griner            5   10   agreeable
//	bout, whelan           -5   15
//	bout, griner, whelan   60  -15
//
// One agreeable exchange, so the frontier is {us 5, ru 10} and every criterion
// picks it.
//
// # No, explained
//
// When nothing is agreeable, Answer.Why lists rules and walk-aways that can't
// all hold and of which none can be left out: with the others alone something
// would be agreeable. They are found by solving again with parts left out
// (conflict.go), not by following the search, so they say something about the
// positions and nothing about the program. For one offer, Judgement.Why lists
// everything that stands against it, and DominatedBy what would serve all
// better.
//
// # What it does not do
//
// It reads no file, keeps no time and draws no lots: a limit is a context that
// ends, and seconds are the caller's. A blank is weighed as one more person; it
// is not matched with its candidates. Several exchanges may lie on one point of
// the frontier; one is given. A frontier is held in memory: tens of bytes a
// point, and at 24 in trade it can have millions.
package frontier
