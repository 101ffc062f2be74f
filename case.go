package parley

import "slices"

// Limits of what a case may hold: enough for the largest lists, and a bound on
// what a hostile file can ask of us.
const (
	MaxPersons   = 20_000    // persons and groups of one case
	MaxHeads     = 1_000_000 // people of one case, groups counted out
	MaxPoints    = 1_000_000_000
	MaxRules     = 10_000
	MaxCaseBytes = 16 << 20
)

// Case is the facts that all sides share. Parties, persons, groups and sources
// keep the order of the file; ids are unique among parties, among persons and
// groups together, and among sources.
type Case struct {
	ID      string
	Title   string
	AsOf    Date
	Parties []Party
	Persons []Person
	Groups  []Group
	Rules   []Rule // agreed by all parties; never a Bonus
	Scale   []Equivalent
	Sources []Source
}

// Party is a side: a state, an armed group.
type Party struct {
	ID        PartyID
	Name      string
	Principal Principal // zero where the file names none
}

// Principal is the one who binds a party: a president, a commander.
type Principal struct {
	Name   string
	Office string
}

// Custody tells whether a person is in somebody's hands.
type Custody string

// The custodies of a person.
const (
	Held    Custody = "held"
	AtLarge Custody = "at-large"
	Unknown Custody = "unknown"
)

// Person is one person, or a blank: an open slot ("a second Russian, to be
// named") that must be named before an offer is sealed.
type Person struct {
	ID         PersonID
	Name       string
	Also       []string // other spellings, scripts, cover names
	HeldBy     PartyID  // "" where nobody is known to hold the person
	Custody    Custody
	SoughtBy   []PartyID
	Tags       []string
	Owed       bool // release is due by law whatever else is agreed: outside the trade
	Born       Date
	Legal      []LegalEvent // oldest first, as the file gives them
	Blank      bool
	Candidates []PersonID // who may fill the blank; nobody listed: anybody of the same holder
	Sources    []SourceID
	Note       string
}

// LegalEvent is one step of a person's legal history.
type LegalEvent struct {
	On      Date
	Event   string // one of LegalEvents
	Place   string
	Term    string
	Charge  string
	By      string
	Note    string
	Sources []SourceID
}

// LegalEvents lists the words a legal history is told in.
func LegalEvents() []string {
	return []string{
		"arrested", "imprisoned", "charged", "indicted", "extradited", "tried", "pleaded-guilty", "denies",
		"convicted", "sentenced", "appealed", "appeal-rejected", "final", "pardoned", "commuted", "paroled",
		"released", "exchanged", "escaped", "died",
	}
}

// Group is unnamed people counted together until lists name them. It is
// released whole.
type Group struct {
	ID       PersonID
	Name     string
	Count    int // at least 1
	HeldBy   PartyID
	SoughtBy []PartyID
	Tags     []string
	Owed     bool
	Sources  []SourceID
	Note     string
}

// Equivalent is one line of an agreed scale: what one bearer of the tag counts.
type Equivalent struct {
	Tag   string
	Units int64
}

// Source is where a fact comes from.
type Source struct {
	ID    SourceID
	Title string
	On    Date
	URL   string
	Note  string
}

// Holding is a person, a blank or a group as weighing and the table see it:
// something that one party may release.
type Holding struct {
	ID       PersonID
	Name     string
	HeldBy   PartyID
	SoughtBy []PartyID
	Tags     []string
	Heads    int // 1 for a person, Count for a group
	Owed     bool
	Blank    bool

	Candidates []PersonID // who may fill the blank; nobody listed: anybody of the same holder
}

// Register finds the holdings of a case by id.
type Register map[PersonID]Holding

// Register indexes the case's persons and groups.
func (c *Case) Register() Register {
	r := make(Register, len(c.Persons)+len(c.Groups))
	for _, h := range c.Holdings() {
		r[h.ID] = h
	}
	return r
}

// HeldBy lists the ids of x that the party holds, ascending.
func (r Register) HeldBy(party PartyID, x Exchange) Exchange {
	var out Exchange
	for _, id := range x {
		if r[id].HeldBy == party {
			out = append(out, id)
		}
	}
	return out
}

// Holdings lists persons, then groups, each in file order.
func (c *Case) Holdings() []Holding {
	out := make([]Holding, len(c.Persons)+len(c.Groups))
	for i := range out {
		out[i] = c.Holding(i)
	}
	return out
}

// Holding is the i-th of Holdings.
func (c *Case) Holding(i int) Holding {
	if i < len(c.Persons) {
		p := &c.Persons[i]
		return Holding{p.ID, p.Name, p.HeldBy, p.SoughtBy, p.Tags, 1, p.Owed, p.Blank, p.Candidates}
	}
	g := &c.Groups[i-len(c.Persons)]
	return Holding{g.ID, g.Name, g.HeldBy, g.SoughtBy, g.Tags, g.Count, g.Owed, false, nil}
}

// Party finds a party.
func (c *Case) Party(id PartyID) (Party, bool) {
	i := slices.IndexFunc(c.Parties, func(p Party) bool { return p.ID == id })
	if i < 0 {
		return Party{}, false
	}
	return c.Parties[i], true
}

// Person finds a person or blank. It searches the whole list: build a map where
// many are looked up.
func (c *Case) Person(id PersonID) (Person, bool) {
	i := slices.IndexFunc(c.Persons, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return c.Persons[i], true
}

// NameOf is how a person, group or party is spoken of: its name, or its id
// where the case has no such name.
func (c *Case) NameOf(id string) string {
	if p, ok := c.Party(PartyID(id)); ok && p.Name != "" {
		return p.Name
	}
	for _, h := range c.Holdings() {
		if string(h.ID) == id && h.Name != "" {
			return h.Name
		}
	}
	return id
}
