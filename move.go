package parley

// Kind names what a move is, on the wire and on a screen.
type Kind string

// The kinds of moves. "receipt" belongs to the channel itself and is no move.
const (
	KindCase     Kind = "case"
	KindMandate  Kind = "mandate"
	KindNote     Kind = "note"
	KindRequest  Kind = "request"
	KindOffer    Kind = "offer"
	KindAccept   Kind = "accept"
	KindDecline  Kind = "decline"
	KindWithdraw Kind = "withdraw"
	KindSeal     Kind = "seal"
	KindRelease  Kind = "release"
	KindRatify   Kind = "ratify"
	KindCertify  Kind = "certify"
	KindPen      Kind = "pen"
	KindConcur   Kind = "concur"
	KindList     Kind = "list"
	KindReply    Kind = "reply"
	KindComment  Kind = "comment"
	KindFinal    Kind = "final-list"
	KindSign     Kind = "sign-list"
)

// Level is how far an act goes, and what a mandate may allow.
type Level string

// The levels, from the lightest. Talk needs no mandate; ratify is the
// principal's own.
const (
	Talk    Level = "talk"
	Explore Level = "explore"
	Propose Level = "offer"
	Assent  Level = "accept" // accept ad referendum
	Sealing Level = "seal"
	Binding Level = "ratify"
)

// Levels lists what a mandate may allow, lightest first.
func Levels() []Level { return []Level{Explore, Propose, Assent, Sealing, Executing} }

// Move is an act on the channel: one of CaseMove, Mandate, Note, Request,
// OfferMove, Accept, Decline, Withdraw, Seal, Release, Ratify, Certify, Pen,
// Concur, Settle, ListMove, ReplyMove, CommentMove, FinalList, SignList and
// PublicStatement, or of the handover: PlanMove, Word, Begin, Confirm, Halt,
// Resume, Received, CodesMove, Spoken and Life.
type Move interface {
	Kind() Kind
	// Level is the authority that the move needs.
	Level() Level
	move()
}

// Decision is a move of a delegation's decision chain: it names the decision
// before it, so that what a delegation has decided has one order and no other.
type Decision interface {
	Move
	// Prior is the delegation's decision before this one; zero for its first.
	Prior() Ref
}

type (
	// CaseMove puts a version of the case forward, or adopts one. Putting
	// forward carries the file; adopting names its digest alone and stands in
	// the decision chain.
	CaseMove struct {
		_        struct{} `cbor:",toarray"`
		After    Ref      // the decision before it, where it adopts
		Adopt    bool
		Digest   Digest // of the version adopted; of File where one is put forward
		Previous Digest // the version that this one replaces; zero for a first
		File     []byte // case/1
		Case     *Case  `cbor:"-"` // File as read; nil where it is none
	}
	// Mandate is full powers, signed by the principal: what a delegate may do.
	Mandate struct {
		_      struct{} `cbor:",toarray"`
		Device MemberID
		May    []Level
		Scope  []PersonID // whom it covers; nobody named: the whole case
		// Together is how many devices of the delegation must agree to an accept or
		// a seal under this mandate, the author's own among them; 0 or 1: it alone.
		Together uint64
		Until    Date // shown, and stops one's own desk; no clock enforces it
		Text     string
	}
	// Note is a remark on the record. It binds nobody.
	Note struct {
		_     struct{} `cbor:",toarray"`
		Paper string   // the weight of the paper: oral, non-paper, aide-memoire, note verbale …; "" for none
		Text  string
	}
	// Request asks for somebody. It is no offer and answers none.
	Request struct {
		_       struct{} `cbor:",toarray"`
		Persons []PersonID
		Text    string
	}
	// OfferMove puts an offer forward, on a version of the case.
	OfferMove struct {
		_     struct{} `cbor:",toarray"`
		Case  Digest
		Offer Offer
	}
	// Accept says yes to an offer, ad referendum, as fully resolved.
	Accept struct {
		_        struct{} `cbor:",toarray"`
		After    Ref
		Resolved Resolved
		Digest   Digest // of Resolved
	}
	// Decline says no to an offer, for good.
	Decline struct {
		_     struct{} `cbor:",toarray"`
		After Ref
		Offer Ref
		Text  string
	}
	// Withdraw takes one's own offer back.
	Withdraw struct {
		_     struct{} `cbor:",toarray"`
		After Ref
		Offer Ref
		Text  string
	}
	// Seal is the offeror's last word on its own offer: it repeats the digest
	// and lists the accepts that it seals.
	Seal struct {
		_       struct{} `cbor:",toarray"`
		After   Ref
		Offer   Ref
		Digest  Digest
		Accepts []Ref // ascending
	}
	// Release lets one accept of one's own offer go unsealed: its names are
	// free again.
	Release struct {
		_      struct{} `cbor:",toarray"`
		After  Ref
		Accept Ref
		Text   string
	}
	// Ratify is a principal's answer to a sealed agreement, yes or no, once.
	Ratify struct {
		_         struct{} `cbor:",toarray"`
		Agreement Ref      // the seal
		Digest    Digest   // of the resolved exchange
		Refuse    bool
		Text      string
	}
	// Certify is the depositary's answer to an agreement, once: it certifies
	// that every instrument is in, or lets the agreement lapse.
	Certify struct {
		_         struct{} `cbor:",toarray"`
		Agreement Ref
		Digest    Digest
		Lapse     bool
		Text      string
	}
	// Pen moves the pen of a delegation: the device that holds it passes it on,
	// or the principal moves it, whoever holds it. By a principal it is a cut as
	// well: After is the last decision that it honours, and for whoever knows of
	// it no other decision that follows After counts.
	Pen struct {
		_     struct{} `cbor:",toarray"`
		After Ref
		To    MemberID // a delegate of the same delegation
		Text  string
	}
	// Concur is a device's word that it agrees to an exchange which another
	// device of its delegation, under a mandate that asks for several, is to
	// accept or seal.
	Concur struct {
		_      struct{} `cbor:",toarray"`
		Offer  Ref
		Digest Digest // of the resolved exchange
	}
	// ListMove puts a list of persons in a round of lists, or opens one.
	ListMove struct {
		_       struct{}  `cbor:",toarray"`
		Round   Ref       // the list that opened the round; zero where this one does
		Between []PartyID // of one that opens: who takes part, ascending
		Classes []Class   // likewise: the categories that the round is about, ascending by name
		Rows    []ListRow
		Due     Date // until when the next step is expected; shown, never enforced
		Text    string
	}
	// ReplyMove answers names of the other sides' lists by their codes. A final
	// reply needs no first one, and a later one stands in the place of an earlier.
	ReplyMove struct {
		_       struct{} `cbor:",toarray"`
		Round   Ref
		Final   bool
		Answers []NameAnswer
		Due     Date
		Text    string
	}
	// CommentMove says something about single names.
	CommentMove struct {
		_       struct{} `cbor:",toarray"`
		Round   Ref
		Remarks []Remark
	}
	// FinalList puts a final list to be signed by all sides. It binds nobody by
	// itself.
	FinalList struct {
		_      struct{} `cbor:",toarray"`
		Round  Ref
		Rests  []Ref    // the lists, replies and comments of the round that its author had, ascending
		Names  []NameID // ascending
		Digest Digest   // Round.Digest
		Due    Date
		Text   string
	}
	// SignList is a delegation's answer to a final list, yes or no, once.
	SignList struct {
		_      struct{} `cbor:",toarray"`
		After  Ref
		Final  Ref
		Digest Digest
		Refuse bool
		Text   string
	}
)

func (*CaseMove) Kind() Kind  { return KindCase }
func (*Mandate) Kind() Kind   { return KindMandate }
func (*Note) Kind() Kind      { return KindNote }
func (*Request) Kind() Kind   { return KindRequest }
func (*OfferMove) Kind() Kind { return KindOffer }
func (*Accept) Kind() Kind    { return KindAccept }
func (*Decline) Kind() Kind   { return KindDecline }
func (*Withdraw) Kind() Kind  { return KindWithdraw }
func (*Seal) Kind() Kind      { return KindSeal }
func (*Release) Kind() Kind   { return KindRelease }
func (*Ratify) Kind() Kind    { return KindRatify }
func (*Certify) Kind() Kind   { return KindCertify }
func (*Pen) Kind() Kind       { return KindPen }
func (*Concur) Kind() Kind    { return KindConcur }

func (*ListMove) Kind() Kind    { return KindList }
func (*ReplyMove) Kind() Kind   { return KindReply }
func (*CommentMove) Kind() Kind { return KindComment }
func (*FinalList) Kind() Kind   { return KindFinal }
func (*SignList) Kind() Kind    { return KindSign }

// Level of a case move: to put facts forward is talk; to adopt them commits the
// delegation to who is held by whom.
func (m *CaseMove) Level() Level {
	if m.Adopt {
		return Assent
	}
	return Talk
}
func (*Mandate) Level() Level   { return Binding }
func (*Note) Level() Level      { return Talk }
func (*Request) Level() Level   { return Explore }
func (*OfferMove) Level() Level { return Propose }
func (*Accept) Level() Level    { return Assent }
func (*Decline) Level() Level   { return Assent }
func (*Withdraw) Level() Level  { return Propose }
func (*Seal) Level() Level      { return Sealing }
func (*Release) Level() Level   { return Sealing }
func (*Ratify) Level() Level    { return Binding }
func (*Certify) Level() Level   { return Binding }
func (*Concur) Level() Level    { return Assent }

func (*ListMove) Level() Level    { return Propose }
func (*CommentMove) Level() Level { return Talk }
func (*FinalList) Level() Level   { return Propose }
func (*SignList) Level() Level    { return Sealing }

// Level of a reply: a final one says for good whom its side holds.
func (m *ReplyMove) Level() Level {
	if m.Final {
		return Assent
	}
	return Propose
}

// Level of a move of the pen: whoever holds it passes it without a mandate, and
// the principal moves it.
func (*Pen) Level() Level { return Talk }

func (m *CaseMove) Prior() Ref { return m.After }
func (m *Accept) Prior() Ref   { return m.After }
func (m *Decline) Prior() Ref  { return m.After }
func (m *Withdraw) Prior() Ref { return m.After }
func (m *Seal) Prior() Ref     { return m.After }
func (m *Release) Prior() Ref  { return m.After }
func (m *Pen) Prior() Ref      { return m.After }
func (m *SignList) Prior() Ref { return m.After }

func (*CaseMove) move()  {}
func (*Mandate) move()   {}
func (*Note) move()      {}
func (*Request) move()   {}
func (*OfferMove) move() {}
func (*Accept) move()    {}
func (*Decline) move()   {}
func (*Withdraw) move()  {}
func (*Seal) move()      {}
func (*Release) move()   {}
func (*Ratify) move()    {}
func (*Certify) move()   {}
func (*Pen) move()       {}
func (*Concur) move()    {}

func (*ListMove) move()    {}
func (*ReplyMove) move()   {}
func (*CommentMove) move() {}
func (*FinalList) move()   {}
func (*SignList) move()    {}

// decision gives the move as a decision, where it stands in the chain: a case
// put forward does not, one adopted does.
func decision(m Move) (Decision, bool) {
	if c, ok := m.(*CaseMove); ok && !c.Adopt {
		return nil, false
	}
	d, ok := m.(Decision)
	return d, ok
}
