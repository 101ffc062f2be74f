// Package casefile is the only package that opens files. It reads cases,
// briefs and offers, keeps a desk's encrypted store, and writes what is
// exported.
//
// # Readers
//
// Files are YAML 1.2; JSON is read by the same readers. All that is wrong with
// a file comes at once, as *Problems, each with its line, its column and the way
// to its field. A file is read strictly: a field that the format doesn't have,
// a key that stands twice, an id that leads nowhere, rules that contradict each
// other at sight are problems, and nothing is guessed: NO is a text, 007 an id,
// 1.0 no whole number. Anchors and aliases are read; merge keys, tags and
// directives are not. A problem in a brief never tells what stands there.
//
// Files may come from the other side. What they may cost is bounded: their
// size, their entries, their depth, and what aliases make of them.
//
// How it goes: document makes one tree of nodes from YAML or JSON; a value is a
// node with the way to it; a table of fields for each map of the formats says
// what is read into what.
//
// A selection without conditions, {}, selects all: "count: {}" counts everybody
// who is released.
//
// # The store
//
// A folder of three files:
//
//	desk.key   how the key follows from the passphrase (Argon2id, its salt and
//	           cost), and a value that tells a wrong passphrase from damage
//	desk.db    an SQLite database, every page encrypted (Adiantum)
//	desk.lock  held by the process that has the store open; ends with it
//
// The database holds values under keys in buckets. Adiantum hides them and
// protects nothing, so each value is sealed once more (XChaCha20-Poly1305) for
// its place, and a keyed sum over all of them is sealed beside them. Opening a
// store checks everything: a bit that was flipped, a value that was moved, taken
// away or put back is *Damaged, which names the record where it can. What this
// can't notice is a whole store put back as it once was; nobody can who has
// nothing but the store.
//
// An Update that returned is on the disk, whole; one that didn't is not there at
// all, also after kill -9 or on a full disk. The store knows nothing of what is
// kept in it.
//
// # Other files
//
// WriteFile, ReplaceFile and WriteFolder write all or nothing; ReadFile reads
// regular files up to a bound.
package casefile
