package parley

import "slices"

// KindSettle is a step of a private settlement. It changes nothing on the table
// but what is shown: what a settlement results in binds nobody, and is put
// forward, if at all, as an offer.
const KindSettle Kind = "settle"

// SettleStep is what a device does in a private settlement.
type SettleStep string

// The steps. A run is a proposal together with one join; the neutral, where
// there is one, takes part once it has said that it mediates.
const (
	SettlePropose SettleStep = "propose"
	SettleJoin    SettleStep = "join"    // the other party takes part
	SettleMediate SettleStep = "mediate" // the neutral takes part
	SettleSend    SettleStep = "send"    // a message of the run, for one recipient, lies at the carrier
	SettleEnd     SettleStep = "end"     // this device is through, and has destroyed what it kept
	SettleAbort   SettleStep = "abort"   // or it has done so without a result
)

type (
	// Settle is a step of a private settlement. What the devices send to each
	// other is no part of it: it holds digests of ciphertexts only. Terms, Seat and
	// Message have one item in a step that carries such a thing, else none.
	Settle struct {
		_        struct{} `cbor:",toarray"`
		Step     SettleStep
		Proposal Ref             // zero in a proposal
		Join     Ref             // which join makes the run; in a send and an end
		Terms    []SettleTerms   // of a proposal
		Seat     []SettleSeat    // of who proposes, joins or mediates
		Message  []SettleMessage // of a send
	}
	// SettleTerms are what a proposal fixes. The rest of the terms follows from
	// it and from the join.
	SettleTerms struct {
		_          struct{} `cbor:",toarray"`
		Question   string   // settle or ask
		With       PartyID  // the other party
		Neutral    MemberID // the device that mediates; zero for none
		Version    Digest   // of the case
		Criterion  string
		Resolution uint64
		Signs      bool       // private signs
		Asked      []PersonID // of a blind yes, ascending
	}
	// SettleSeat is what a device brings to a run.
	SettleSeat struct {
		_      struct{} `cbor:",toarray"`
		Key    string   // to which messages of this run alone are sealed to it
		Bound  uint64   // points that no release passes, as its side declares; 0 in a blind yes and of a neutral
		Commit Digest   // to what it puts in; zero of a neutral
	}
	// SettleMessage says what lies at the carrier for whom.
	SettleMessage struct {
		_      struct{} `cbor:",toarray"`
		Number uint64   // of the message in the run
		To     MemberID // to whom alone it is sealed
		Digest Digest   // SHA-256 of the ciphertext
		Size   uint64   // of the ciphertext, in bytes
	}
)

// Kind is settle.
func (*Settle) Kind() Kind { return KindSettle }
func (*Settle) move()      {}

// Level of a step: to take part explores; to go on with it, or to stop, is
// talk, and so is the neutral's part.
func (m *Settle) Level() Level {
	if m.Step == SettlePropose || m.Step == SettleJoin {
		return Explore
	}
	return Talk
}

// Sound tells whether a step carries just what such a step carries.
func (m *Settle) Sound() bool {
	terms, seat, message := len(m.Terms) == 1, len(m.Seat) == 1, len(m.Message) == 1
	if max(len(m.Terms), len(m.Seat), len(m.Message)) > 1 {
		return false
	}
	switch m.Step {
	case SettlePropose:
		return terms && seat && !message && m.Proposal.IsZero() && m.Join.IsZero()
	case SettleJoin, SettleMediate:
		return !terms && seat && !message && m.Join.IsZero()
	case SettleSend:
		return !terms && !seat && message
	case SettleEnd:
		return !terms && !seat && !message
	case SettleAbort:
		return !terms && !seat && !message && m.Join.IsZero()
	}
	return false
}

// settle judges a step by what its author knew.
func (f *fold) settle(n *node, m *Settle) string {
	if !m.Sound() {
		return "it is no step of a settlement"
	}
	if m.Step == SettlePropose {
		return f.proposal(n, m)
	}
	p, terms := f.settlement(m.Proposal, n)
	if p == nil {
		return "it names no proposal of a settlement that its author had"
	}
	switch m.Step {
	case SettleJoin:
		return unless(n.member.Party == terms.With, "the settlement was proposed to another party")
	case SettleMediate:
		return unless(n.Author == terms.Neutral, "the proposal names another neutral, or none")
	case SettleAbort:
		stops := n.Author == p.Author || n.Author == terms.Neutral || n.member.Role == Delegate && n.member.Party == terms.With
		return unless(stops, "only who takes part in a settlement, or is asked to, stops it")
	}
	j := f.byRef[m.Join]
	if j == nil || !n.knows(j) || !j.ok() {
		return "it names no join that its author had"
	}
	join, ok := j.Move.(*Settle)
	if !ok || join.Step != SettleJoin || join.Proposal != m.Proposal {
		return "what it names as the join is none of this settlement"
	}
	return unless(n.Author == p.Author || n.Author == j.Author || n.Author == terms.Neutral, "its author has no part in this run")
}

func (f *fold) proposal(n *node, m *Settle) string {
	known := false
	for _, v := range f.versions[m.Terms[0].Version] {
		known = known || n.knows(v)
	}
	party := n.sides()[m.Terms[0].With]
	mediator := n.seats.members[m.Terms[0].Neutral]
	switch {
	case !known:
		return "it stands on a version of the case that its author did not have"
	case m.Terms[0].With == n.member.Party || !party:
		return "it is proposed to no other party of the charter"
	case m.Terms[0].Neutral != MemberID{} && (mediator == nil || !slices.Contains(mediator.Capabilities, "mediator")):
		return "it names no neutral who mediates"
	}
	return ""
}

// sides are the parties that have a seat, as the author of n knew the roster.
func (n *node) sides() map[PartyID]bool {
	out := map[PartyID]bool{}
	for _, m := range n.seats.list {
		if m.Party != "" {
			out[m.Party] = true
		}
	}
	return out
}

// settlement finds a proposal that has effect, in the past of n.
func (f *fold) settlement(ref Ref, n *node) (*node, *SettleTerms) {
	p := f.byRef[ref]
	if p == nil || !n.knows(p) || !p.ok() {
		return nil, nil
	}
	m, ok := p.Move.(*Settle)
	if !ok || m.Step != SettlePropose || !m.Sound() {
		return nil, nil
	}
	return p, &m.Terms[0]
}
