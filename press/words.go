package press

import "strings"

// The lists of this file are common English. What stands in none of them is
// taken for a noun, an adjective or a name by where it stands.

func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

func join(sets ...map[string]bool) map[string]bool {
	m := map[string]bool{}
	for _, s := range sets {
		for w := range s {
			m[w] = true
		}
	}
	return m
}

var (
	abbreviations = set(`mr mrs ms dr sen sens rep reps gov gen col lt sgt capt cpl maj pvt adm cmdr st jr sr inc co corp ltd no vs prof rev hon
		jan feb mar apr jun jul aug sept sep oct nov dec messrs dept pres supt det atty u.s u.k u.n`)
	openers = set(`the he she it they we i a an but and in on at that this these those his her its their there what when while if as for with after no not one two`)

	articles     = set(`the a an this that these those some any no every each another one`)
	quantifiers  = set(`two three four five six seven eight nine ten several many few most other others both all multiple numerous dozens hundreds half more`)
	possessives  = set(`his her its their my our your whose`)
	pronouns     = set(`he she they it we i you`)
	whoever      = set(`who which whom`)
	determiners  = join(articles, quantifiers, possessives, set(`'s`))
	prepositions = set(`of in at on with for from to by about into over under near inside outside within against among between during through without toward towards upon across along behind beyond around via per like amid despite including`)
	clausal      = set(`that what whatever whoever whichever how why where when whether while as because since if though although after before until unless than once whereas so`)
	joiners      = set(`and or but nor yet`)

	haves  = set(`has have had having 've`)
	bes    = set(`is are was were be been being am 're 'm isn't aren't wasn't weren't`)
	modals = set(`will would can could may might must shall should won't wouldn't can't couldn't shouldn't cannot 'd 'll`)
	dos    = set(`do does did don't doesn't didn't`)
	nots   = set(`not never n't don't doesn't didn't won't wouldn't can't couldn't cannot isn't aren't wasn't weren't hasn't haven't hadn't no`)
	hasnt  = set(`hasn't haven't hadn't`)
	aux    = join(haves, bes, modals, dos, hasnt)

	// verbsInBetween are finite verbs too common to be anything else: no noun
	// phrase runs over one.
	verbsInBetween = join(aux, set(`went came got made took gave became began kept held left led met won lost ran put goes comes gets makes takes gives becomes keeps holds leads wins loses remains stands seems appears seemed appeared remained stood brought sent`))

	adverbs = set(`also then later once again ever never even just still now already always often not n't recently first earlier previously reportedly since too only further instead perhaps simply soon today yesterday tomorrow far long publicly privately jointly separately thus therefore meanwhile moreover finally initially though however indeed almost nearly`)

	weekdays  = set(`monday tuesday wednesday thursday friday saturday sunday`)
	timeWords = join(weekdays, set(`today yesterday tonight morning afternoon evening night week month year earlier later late early ago then`))

	// settings are the occasions on which something is said.
	settings = set(`statement interview interviews news conference briefing speech email e-mail letter call tweet message press memo op-ed testimony appearance phone telephone television tv radio rally debate hearing column filing note broadcast twitter facebook telegram series comments remarks`)
)

// adverb tells whether a word may stand between a subject and its verb.
func adverb(w string) bool {
	return adverbs[w] || strings.HasSuffix(w, "ly") && len(w) > 4 && !notAdverbs[w]
}

var notAdverbs = set(`family ally italy daily early reply supply july only assembly weekly monthly elderly rally billy sally emily kelly molly`)

// Words for people, by how they are named.
var (
	// nobodies are words for people of whom nothing is told but that they know.
	nobodies = set(`person people source sources individual individuals someone somebody anyone others man woman men women insider insiders those two three`)
	// familiarity is how the unnamed are said to know.
	familiarity = set(`familiar knowledge briefed authorized authorised condition anonymity unnamed anonymous unidentified`)
	roles       = set(`official officials lawyer lawyers attorney attorneys spokesman spokeswoman spokesperson spokespeople spokesmen aide aides adviser advisers advisor advisors diplomat diplomats
		minister ministers envoy envoys negotiator negotiators mediator mediators prosecutor prosecutors judge judges officer officers soldier soldiers general commander commanders
		analyst analysts expert experts critic critics supporter supporters voter voters relative relatives family families mother father wife husband brother sister son daughter parents friend friends
		president senator senators lawmaker lawmakers congressman congresswoman governor mayor candidate candidates leader leaders chairman chairwoman chair director manager strategist strategists pollster
		executive executives employee employees worker workers resident residents witness witnesses investigator investigators agent agents professor professors scholar scholars researcher researchers economist economists
		reporter reporters journalist journalists correspondent author authors writer member members activist activists representative representatives delegate delegates ambassador ambassadors secretary
		detainee detainees prisoner prisoners captive captives hostage hostages doctor doctors counsel defendant defendants plaintiff republicans democrats conservatives liberals opponents allies donors staffers operatives students women men americans russians ukrainians israelis palestinians police
		colleague colleagues guard guards commentator commentators observer observers historian veteran veterans neighbor neighbors operative insider insiders clerk interpreter chief deputy head`)
	papers = set(`report reports document documents filing filings letter letters memo memos memorandum indictment complaint affidavit poll polls survey surveys study studies email emails e-mail e-mails transcript transcripts
		tweet tweets records record article articles decree ruling order law papers paper statement statements text data analysis book files file ad ads website site dossier communique communiqué judgment verdict post headline video editorial release results findings research estimates statistics figures`)
	bodies = set(`ministry department government court committee pentagon kremlin agency army military navy administration party council company corporation campaign university group union association bank commission office embassy service services intelligence cross crescent
		news press times post journal network magazine newspaper daily house senate congress parliament state police fbi cia nsa un u.n. eu nato u.s. us usa uk white tribunal bureau board foundation institute center centre federation organization organisation authority authorities assembly cabinet team firm fund league society trust
		reuters bloomberg cnn nbc cbs abc fox ap tass interfax msnbc npr bbc afp politico headquarters delegation secretariat command forces coalition wire republic states kingdom nation media outlet outlets staff board`)
	// people are words for somebody that an event may happen to.
	people = join(nobodies, roles, set(`american russian ukrainian israeli palestinian german iranian turk turkish british briton french frenchman chinese belarusian pole polish citizen citizens national nationals co-conspirator co-conspirators suspect suspects teenager boy girl child children civilian civilians sailor sailors pilot pilots spy spies dissident dissidents hacker hackers player marine teacher businessman businesswoman tourist inmate inmates accomplice accomplices associate associates partner partners conspirator conspirators engineer trader smuggler programmer`))
	// titles may stand before a name.
	titles = set(`mr mrs ms dr sen rep gov gen col lt sgt capt maj prof rev president secretary minister senator governor general colonel captain major judge justice king queen prince princess pope premier chancellor ambassador director chairman chief sir lady former foreign prime deputy vice acting defense defence us u.s. russian american`)
)

var numberWords = map[string]int{
	"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
	"thirty": 30, "forty": 40, "several": 0,
}
