// Package names finds the same person under two spellings, and the same people
// on two lists. It proposes; a person decides.
//
// # Two spellings
//
// A name is folded to plain letters and split into words. Each script has one
// table of what its letters sound like (latin.go, cyrillic.go, arabic.go,
// hebrew.go); a letter that schools of spelling read differently, or that an
// abjad leaves open, is a phone with several readings (phones.go). Two words
// are compared by the least cost of turning the sounds of one into those of
// the other (distance.go). What a scribe may leave out costs little: a vowel
// between two consonants where the other script doesn't write it, an article,
// a hamza.
//
// The words of two names are paired one to one, in whatever order they stand
// (align.go), and the pairing is judged by its worst pair at least as much as
// by its mean: brothers share a surname and a patronymic, and a mean lets these
// outvote the given name. A word without a counterpart is an omission; two
// words that are paired and differ are a contradiction, and cost far more. A
// name that is rare tells more than a common one (common.txt), and a few given
// names are one name without sounding alike (given.txt). Particles and titles
// are left out of the pairing.
//
// The features of a pairing add up to log-odds (evidence.go). Their weights
// stand in weights.json with how they were fitted; names/fit does it again.
//
// # Two lists
//
// Records that share a rare code of a word, or a date of birth, are compared in
// full (block.go). Each field stands in one relation, by the errors that lists
// are full of: a year alone, day and month swapped, a year one off (field.go).
// The evidence of the names and the weight of each relation add up to the
// log-odds of the pair (linkage.go); each is one line of the explanation
// (why.go). Pairs are proposed one to one, the surest first, copies together
// (match.go). "Same" needs a date of birth that agrees and no rival near;
// everything else is for review. Rivals are shown, copies are shown, and
// nothing is merged.
//
// Sources: Wagner and Fischer, The string-to-string correction problem, 1974;
// Fellegi and Sunter, A theory for record linkage, 1969; Christen, Data
// matching, 2012, chapters 4 to 6.
package names
