// Package parley holds the words that both sides of an exchange of prisoners
// share: the Case (who is held by whom, who asks for them), Rules that all
// agreed, an Exchange (persons released together), an Offer that puts one
// forward, the Moves that are made on a channel, and the Table that the moves
// add up to.
//
// Everything here is pure: no files, no network, no clock, no randomness. What
// one side keeps to itself (worth, red lines, walk-away) is a brief and stands
// in its own package, which nothing here may import.
package parley
