// Package press reads the public record beside the talks: who said what of
// whom, and on whose word it rests. It proposes; a person decides. Nothing in it
// can reach the channel or the table.
//
// # Reading a dispatch
//
// Read takes a dated dispatch in English and gives its claims, its legal events
// and what it says of channels and offers. It follows rules, with no model and
// no network, and takes time in proportion to the text, whatever the bytes.
//
//	dateline ─► sentences ─► quotation spans ─► cues ─► source ─► content
//	                             │                                  │
//	                             └── a quotation alone: carried over ┤
//	                                                                 ▼
//	            class of the source ◄─ people of the case ◄─ claims, events, offers
//
// A cue is a word that tells whose a claim is: said, told, according to. Its
// source is the noun phrase to its left ("Smith, who spoke in Geneva, said"), or
// to its right where it is inverted (“…,” said Smith) or follows "according to".
// Its content is what is said: a clause, or a quotation. A sentence that is only
// a quotation belongs to whoever spoke last. Quotation marks are paired within a
// paragraph; a closing mark alone opens with its sentence. Dates are resolved
// against the dateline, and say how.
//
// People are linked by their names, never by the gender of a pronoun: a pronoun
// stands for who was last named, and says so. Each link is a proposal.
//
// # The register
//
// A person takes claims into a register, grades the source (A to F) and the item
// (1 to 6) apart, tells whether the thing was said from whether it is true, and
// can undo each of these. The register is a fold over statements.
//
// Sources: Pareti, PARC 3.0: a corpus of attribution relations, 2016, for the
// parts of an attribution; Krestel, Bergler and Witte, Minding the source, 2008,
// for rules over reporting verbs; the admiralty grades as in AJP-2.1.
package press
