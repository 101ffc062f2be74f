package press

import "strings"

// form is how a verb is inflected.
type form uint8

const (
	base   form = 1 << iota // say
	third                   // says
	past                    // said
	parted                  // said, known: the past participle
	ing                     // saying
)

// verb is one form of a word that can tell whose a claim is.
type verb struct {
	lemma  string
	forms  form
	speech bool // its content is a clause or a quotation
	object bool // its content may be a plain noun phrase or an infinitive
	hearer bool // whom it is said to may follow: told reporters
	mind   bool // it tells of a belief or a wish, and of no act of speech
	noun   bool // the same form is a noun
}

// verbs finds a verb by any of its forms.
var verbs = conjugate()

// The verbs, by how they take their content. "+" marks one whose base form and
// -s form are nouns as well.
const (
	speechVerbs = `say add announce state+ argue claim+ insist note+ write explain declare acknowledge suggest report+ confirm assert admit allege contend
		maintain reply+ respond remark+ recall reveal disclose predict stress+ emphasize emphasise mention+ concede conclude indicate testify
		tweet+ joke+ quip observe reiterate repeat comment+ caution+ counter+ proclaim affirm boast lament exclaim shout opine muse complain estimate+ retort echo+ hint+ imply stipulate`
	hearerVerbs = `tell ask warn inform remind assure notify advise instruct`
	objectVerbs = `deny call+ describe accuse blame+ criticize criticise praise+ denounce condemn blast+ slam+ hail dismiss reject endorse urge demand+ request+ propose recommend
		offer+ cite quote+ question+ challenge+ defend dispute+ oppose support+ welcome mock promise+ pledge+ vow+ threaten agree refuse apologize apologise signal+ detail+ outline+
		portray label+ brand+ liken ridicule tout reprimand rebuke+ chide thank concur disagree vouch`
	mindVerbs = `believe think know feel hope+ fear+ expect want+ worry+ suspect+ doubt+ find understand assume plan+ intend prefer seek realize realise show+ favor+ view+ love hate regret+`
)

// irregular gives past and participle where they are not made with -ed.
var irregular = map[string][2]string{
	"say": {"said", "said"}, "tell": {"told", "told"}, "write": {"wrote", "written"}, "think": {"thought", "thought"}, "know": {"knew", "known"},
	"feel": {"felt", "felt"}, "find": {"found", "found"}, "understand": {"understood", "understood"}, "seek": {"sought", "sought"},
	"see": {"saw", "seen"}, "show": {"showed", "shown"}, "learn": {"learned", "learned"},
}

// doubling verbs double their last letter.
var doubling = set(`slam admit prefer quip regret plan refer label rebut`)

func conjugate() map[string]verb {
	out := map[string]verb{}
	group := func(list string, v verb) {
		for _, w := range strings.Fields(list) {
			v.lemma, v.noun = strings.TrimSuffix(w, "+"), strings.HasSuffix(w, "+")
			v.inflect(out)
		}
	}
	group(speechVerbs, verb{speech: true})
	group(hearerVerbs, verb{speech: true, hearer: true, object: true})
	group(objectVerbs, verb{object: true})
	group(mindVerbs, verb{mind: true, object: true})
	for _, w := range strings.Fields("promise pledge vow agree call thank urge demand continue signal warn propose cite deny") {
		for s, v := range out {
			if v.lemma == w {
				v.speech = true
				out[s] = v
			}
		}
	}
	verb{lemma: "continue", speech: true}.inflect(out)
	return out
}

func (v verb) inflect(out map[string]verb) {
	w := v.lemma
	stem, es := w, w+"s"
	last := w[len(w)-1]
	switch {
	case last == 'e':
		stem = w[:len(w)-1]
	case doubling[w]:
		stem = w + w[len(w)-1:]
	case last == 'y' && !strings.ContainsRune("aeiou", rune(w[len(w)-2])):
		es = w[:len(w)-1] + "ies"
	case last == 'h' || last == 's' || last == 'x':
		es = w + "es"
	}
	ed := stem + "ed"
	if strings.HasSuffix(es, "ies") && last == 'y' {
		ed = w[:len(w)-1] + "ied"
	}
	done := ed
	if irr, ok := irregular[w]; ok {
		ed, done = irr[0], irr[1]
	}
	if w == "see" || w == "agree" {
		stem = w
		if w == "agree" {
			ed, done = "agreed", "agreed"
		}
	}
	put := func(s string, f form, noun bool) {
		x := v
		x.forms, x.noun = f|out[s].forms, noun
		out[s] = x
	}
	put(w, base, v.noun)
	put(es, third, v.noun)
	put(ed, past, false)
	put(done, parted, false)
	put(stem+"ing", ing, false)
}
