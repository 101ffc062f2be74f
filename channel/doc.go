// Package channel is the conversation between delegations: signed so that
// nobody can deny a word, sealed so that nobody else can read one, and chained
// so that nobody can take one out.
//
// A channel begins with a [Charter] that every delegation's principal signs;
// its hash is the channel's name. What a member says is an [Entry], signed by
// the member's own key over exactly these bytes:
//
//	[ version, suite, channel, author, number, previous, heads,
//	  roster, mandate, claimed, kind, hash of a salt and the body ]
//
// The body stands beside it, so that a member from whom it is withheld verifies
// the same chain, and a proof against an author tells nobody what was said.
//
// Number and previous chain an author's entries; heads name the latest entries
// of everybody else that the author had seen. So every entry is a receipt for
// all that came before it, a missing entry leaves a gap with a name, and an
// author who signs two entries under one number has signed the proof of it.
// The [Log] holds the graph that this makes. It depends on the set of entries
// and never on the order in which they came.
//
// A signed entry travels in an envelope: a fresh key for each entry, one slot
// for each device, padding around both. Whoever carries envelopes learns that
// something was sent, when, and about how much. A [Session] keeps a device's
// log, writes everything to a [Journal] before it sends it by a [Carrier], and
// believes that an entry arrived only when the other side's entries name it.
//
// The package gives bodies no meaning, opens no file and knows no network. The
// format is specified in docs/wire.md, with vectors in testdata.
//
// Who is in the room changes by a [Change] that a side's authority signs and
// anybody carries; a [Roster] is what the changes among an entry's ancestors
// make of the charter. What is sealed to is a prekey, which its device throws
// away once the others have moved on.
//
// What it does not do: it does not hide who talks to whom, or when; it has
// nothing that can be denied; and nobody outside has audited it.
package channel
