// Package frontier weighs exchanges: which are agreeable, which of those no
// other beats, which one a criterion of fairness picks, and why not the rest.
// docs/frontier.md tells the method with a worked example and measured figures.
//
// # Terms
//
//   - In trade: every person, blank or group that somebody holds and nobody is
//     owed by law. The rest stands outside: never in an answer, unseen by rules
//     (see Problem). A blank that names candidates stands for one of them.
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
// # The way through the files
//
// A demand (compile.go) turns the case and the positions into a program
// (program.go): columns, few rows, measures. Persons who go together are one
// unit, units that small rules link are listed as choices (linked.go, build.go),
// persons alike are counted together.
//
// A linear program (lp.go, relax.go) is a guide. Its prices, rounded to integers,
// give bounds (bound.go), and by those alone branch and bound cuts (search.go).
// No float decides anything.
//
// The criteria are sequences of optima (fair.go, ks.go, nash.go). The frontier of
// two parties comes from a table walked in windows (window.go), with rules from
// blocks of priced choices (block.go), else point by point or as supported points
// with a band (points.go); that of more parties from merged lists (merge.go,
// maxima.go).
//
// "No" is explained by solving again with parts left out (conflict.go); an offer
// by what stands against it, what beats it and the smallest changes (offer.go,
// fault.go, counter.go). certify.go and plain.go write proofs, which package
// certificate checks without knowing this one.
//
// # What it does not do
//
// It reads no file, keeps no time and draws no lots: a limit is a context that
// ends, and seconds are the caller's. Several exchanges may lie on one point of
// the frontier; one is given. Above Decided in trade the last ties stay open.
package frontier
