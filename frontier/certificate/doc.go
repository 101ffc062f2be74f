// Package certificate is the proof of a weighing, and the check of it. It knows
// nothing of the solver: from the case and the positions alone it writes down
// what is asked of an exchange as rows of integers, sums up the exchange that is
// claimed, and goes through the proof that nothing gains more.
//
// # What is asked, as rows
//
// There is one column for each person or group in trade, one for each candidate
// of a blank, and one for each bonus; each is 0 or 1. The rows, in this order:
// each party's gain is at least 0; what the rules ask, those of the case first,
// then party by party in file order; nobody is released twice and no blank is
// filled twice; the bonuses; at least one head is released. Columns with the same
// numbers in all rows and in heads are then counted together.
//
// # What a lemma says
//
// No agreeable exchange keeps some further rows, each a weighted sum of gains and
// heads that reaches at least so much. Its tree proves that. A node has prices of
// rows, integers. For any x within the bounds of the columns that keeps the rows,
//
//	0  <=  sum of price·limit  +  sum over columns of the most of -price·row·x
//
// where a positive price takes the upper limit and a negative one the lower. If
// the right side is negative there is no such x. Else it is the slack: a column
// whose term would cost more than that is fixed. Then the node branches: of the
// persons alike in a column at most so many are released, or more. Or, where the
// slack leaves few combinations of columns away from their better end, the check
// lists them all and finds that each breaks a row.
//
// # What a block says
//
// The frontier of two parties is proved stretch by stretch of the first party's
// gain. Prices of rows and weights of both gains give every column a value; the
// exchange with each column at its better end has the most, top, and
//
//	weights·gains = top - what columns fall short of that - price·(limit - row)
//
// with nothing subtracted below 0. An exchange beyond the points of a stretch may
// so fall short by a little only, the slack. The check lists all that do: the
// columns that cost no more, those that rows of few columns link taken together,
// merged one after the other into states (the first party's gain, and the use of
// every other row that can be broken), the least cost of each kept. If no state
// at the end lies beyond the points, no exchange does.
package certificate

import "parley"

// Certificate is an answer with its proof. It follows from the briefs and is as
// private as they are.
type Certificate struct {
	Parley    string                              `json:"parley"` // Format
	Case      string                              `json:"case"`
	Parties   []parley.PartyID                    `json:"parties"` // that have spoken, in file order
	Criterion string                              `json:"criterion"`
	Agreeable bool                                `json:"agreeable"`
	Release   []parley.PersonID                   `json:"release"`
	Named     map[parley.PersonID]parley.PersonID `json:"named,omitempty"` // who fills the blanks
	Gains     []int64                             `json:"gains"`           // by party
	Ideals    []Ideal                             `json:"ideals,omitempty"`
	Lemma     *Lemma                              `json:"lemma"`            // no exchange has a greater value of the criterion
	Points    []Point                             `json:"points,omitempty"` // the frontier of two parties, the first's gain ascending
	Blocks    []Block                             `json:"blocks,omitempty"` // nothing lies beyond the points
	Gaps      []Lemma                             `json:"gaps,omitempty"`   // the same, for each gap by itself, where there are no blocks
}

// Format is the first field of a certificate.
const Format = "certificate/1"

// Point is a point of the frontier. Without a release nothing shows that it can be
// attained, only that nothing lies beyond it.
type Point struct {
	Gains   []int64                             `json:"gains"` // by party
	Release []parley.PersonID                   `json:"release,omitempty"`
	Named   map[parley.PersonID]parley.PersonID `json:"named,omitempty"`
}

// Block says that no agreeable exchange that gains the first party more than the
// block before goes to, and at most To (the last: any more), lies beyond the
// points: none that gains the second party more than the point does whose gain of
// the first is the next from there on.
type Block struct {
	To      int64      `json:"to,omitempty"`
	Weights [2]int64   `json:"w"`           // of the gains of both
	Prices  [][2]int64 `json:"y,omitempty"` // index of a row, and its price
}

// Ideal is a party's best gain: an exchange attains it, a lemma bounds it. Nash
// needs only those that are 0.
type Ideal struct {
	Party   int                                 `json:"party"` // index
	Gain    int64                               `json:"gain"`
	Release []parley.PersonID                   `json:"release,omitempty"`
	Named   map[parley.PersonID]parley.PersonID `json:"named,omitempty"`
	Lemma   Lemma                               `json:"lemma"`
}

// Lemma says that no agreeable exchange keeps all of the rows.
type Lemma struct {
	Rows []Sum `json:"rows"`
	Tree *Tree `json:"tree"`
}

// Sum is a row: the gains, each times its weight, and the heads reach at least so
// much.
type Sum struct {
	Weights []int64 `json:"weights"` // by party, then of heads
	AtLeast int64   `json:"at_least"`
}

// Tree is a node of a proof.
type Tree struct {
	Prices [][2]int64      `json:"y,omitempty"`  // index of a row, and its price
	Column parley.PersonID `json:"on,omitempty"` // the first of those alike; "": the proof goes on in Less
	At     int64           `json:"at,omitempty"`
	List   bool            `json:"list,omitempty"` // what the prices leave is listed, and nothing of it keeps the rows
	Less   *Tree           `json:"less,omitempty"` // at most At
	More   *Tree           `json:"more,omitempty"` // more than At
}
