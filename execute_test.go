package parley_test

import (
	"slices"
	"testing"

	. "parley"
)

// handingOver is a table with a humanitarian neutral.
func handingOver() *talks {
	t := newTalks(false)
	t.join("neutral", Member{Role: Neutral, Capabilities: []string{"humanitarian"}})
	t.hearAll()
	return t
}

// plan puts one forward. What is in it is for whoever reads the format.
func (t *talks) plan(who, file string, previous Digest, parties ...PartyID) (Digest, Ref) {
	m := &PlanMove{Previous: previous, Parties: parties, File: []byte(file), Plan: file}
	m.Digest = DigestOfPlan(previous, Ref{}, m.File)
	return m.Digest, t.say(who, m)
}

func (t *talks) adoptPlan(who string, d Digest) Ref {
	return t.say(who, &PlanMove{Adopt: true, Digest: d})
}

// TestNothingIsCarriedOutBeforeAllHaveAdopted: what somebody signs on a plan
// counts only if its author knew that every party had adopted it.
func TestNothingIsCarriedOutBeforeAllHaveAdopted(tt *testing.T) {
	t := handingOver()
	d, put := t.plan("neutral", "one", Digest{}, "us", "ru")
	t.want(tt, put, "")
	t.want(tt, t.adoptPlan("us", d), "its plan is not on the channel")
	t.hearAll()
	confirm := func(who, why string) {
		tt.Helper()
		t.want(tt, t.say(who, &Confirm{Plan: d, Of: "gate"}), why)
	}
	t.want(tt, t.adoptPlan("de", d), "its side has no part in the plan")
	t.want(tt, t.adoptPlan("us", d), "")
	t.want(tt, t.adoptPlan("us", d), "its side has adopted the plan already")
	confirm("us", "its plan was not in force for its author")
	t.hearAll()
	t.want(tt, t.adoptPlan("ru", d), "")
	confirm("us", "its plan was not in force for its author") // it has not seen the adoption yet
	confirm("ru", "")
	t.hearAll()
	confirm("us", "")
	confirm("neutral", "")
	t.want(tt, t.say("us", &Halt{Plan: d}), "")
	t.want(tt, t.say("us", &Word{Plan: d, Person: "griner", Word: "confirmed"}), "only a neutral speaks of a person's consent")
	t.want(tt, t.say("neutral", &Word{Plan: d, Person: "griner", Word: "confirmed"}), "")
	t.want(tt, t.say("ru", &Confirm{Plan: Digest{1}, Of: "gate"}), "its plan was not in force for its author")

	// The next plan takes the place of the first for whoever knows that all have
	// adopted it, and what was done on the first stands.
	other, _ := t.plan("us", "other", Digest{}, "us", "ru")
	next, _ := t.plan("us", "two", d, "us", "ru")
	t.hearAll()
	t.want(tt, t.adoptPlan("us", other), "its side has adopted another plan, which this one does not replace")
	t.want(tt, t.adoptPlan("us", next), "")
	t.want(tt, t.adoptPlan("ru", next), "")
	confirm("ru", "")
	t.hearAll()
	confirm("ru", "its plan was not in force for its author")
	table := t.table()
	p, _ := table.Plan(d)
	n, _ := table.Plan(next)
	if p.InForce || !n.InForce || !slices.Equal(n.Adopted, []PartyID{"ru", "us"}) || len(p.Acts) != 6 {
		tt.Errorf("the first in force %v with %d acts, the next %v by %v", p.InForce, len(p.Acts), n.InForce, n.Adopted)
	}
}

// TestWhoKnewWhat: each act on a plan says which others its author had seen.
func TestWhoKnewWhat(tt *testing.T) {
	t := handingOver()
	d, _ := t.plan("us", "one", Digest{}, "us", "ru")
	t.hearAll()
	t.adoptPlan("us", d)
	t.adoptPlan("ru", d)
	t.hearAll()
	a := t.say("us", &Confirm{Plan: d, Of: "a"})
	b := t.say("ru", &Confirm{Plan: d, Of: "b"})
	t.hearAll()
	c := t.say("neutral", &Confirm{Plan: d, Of: "c"})
	p, _ := t.table().Plan(d)
	for _, act := range p.Acts {
		want := map[Ref]int{a: 0, b: 0, c: 2}[act.Ref]
		if len(act.Past) != want {
			tt.Errorf("%s had seen %d acts, want %d", act.Ref.Short(), len(act.Past), want)
		}
	}
}

// TestPlansAreTheirDigest: a plan that is not the one it names has no effect.
func TestPlansAreTheirDigest(tt *testing.T) {
	t := handingOver()
	t.want(tt, t.say("us", &PlanMove{Digest: Digest{1}, File: []byte("x"), Plan: 1}), "the plan that it carries is not the one that it names")
	_, ref := t.plan("us", "x", Digest{9}, "us")
	t.want(tt, ref, "it replaces a plan that is not on the channel")
	m := &PlanMove{File: []byte("x")}
	m.Digest = DigestOfPlan(Digest{}, Ref{}, m.File)
	t.want(tt, t.say("us", m), "the plan that it carries is not the one that it names") // nobody could read it
}

// TestACodeOpensItsOwnCommitment and none that its speaker never had.
func TestACodeOpensItsOwnCommitment(tt *testing.T) {
	t := handingOver()
	d, _ := t.plan("us", "one", Digest{}, "us", "ru")
	t.hearAll()
	t.adoptPlan("us", d)
	t.adoptPlan("ru", d)
	t.hearAll()
	codes := t.say("ru", &CodesMove{Plan: d, Codes: []CodeCommitment{{Of: "go", Commitment: Digest{5}}}})
	t.want(tt, t.say("us", &Spoken{Plan: d, Codes: codes, Of: "go"}), "it opens no commitment that its author had")
	t.hearAll()
	t.want(tt, t.say("us", &Spoken{Plan: d, Codes: codes, Of: "cross"}), "it opens no commitment that its author had")
	t.want(tt, t.say("us", &Spoken{Plan: d, Codes: codes, Of: "go"}), "")
	t.want(tt, t.say("neutral", &Spoken{Plan: d, Codes: codes, Of: "go"}), "")
}

// TestProofOfLife is asked for, given by another side, examined by who asked.
func TestProofOfLife(tt *testing.T) {
	t := handingOver()
	ask := t.say("us", &Life{Stage: "asked", Person: "griner"})
	t.want(tt, t.say("ru", &Life{Stage: "given", Person: "griner", Answers: ask}), "it answers nothing that its author had")
	t.hearAll()
	t.want(tt, t.say("us", &Life{Stage: "given", Person: "griner", Answers: ask}), "it answers its own side")
	t.want(tt, t.say("ru", &Life{Stage: "given", Person: "whelan", Answers: ask}), "it answers something else")
	t.want(tt, t.say("us", &Life{Stage: "examined", Person: "griner", Answers: ask}), "proof of life is asked for, given, examined, in this order")
	given := t.say("ru", &Life{Stage: "given", Person: "griner", Answers: ask})
	t.hearAll()
	t.want(tt, t.say("de", &Life{Stage: "examined", Person: "griner", Answers: given}), "who asked examines")
	t.want(tt, t.say("us", &Life{Stage: "examined", Person: "griner", Answers: given}), "")
}

// inForce is a plan that us and ru have adopted, everybody knowing it.
func (t *talks) inForce(file string, previous Digest) Digest {
	d, _ := t.plan("us", file, previous, "us", "ru")
	t.hearAll()
	t.adoptPlan("us", d)
	t.adoptPlan("ru", d)
	t.hearAll()
	return d
}

// dawdle lets a member speak until what others have said, and it has not heard,
// stands before what it says next in the order in which acts are judged.
func (t *talks) dawdle(who string) {
	for range 40 {
		t.say(who, &Note{Text: "one moment"})
	}
}

// TestAPlanIsNotInForceByWhatIsUnheardOrContested: an adoption counts for who
// has heard it, and not once its author is found to have been cut off before it.
func TestAPlanIsNotInForceByWhatIsUnheardOrContested(tt *testing.T) {
	const why = "its plan was not in force for its author"
	t := handingOver()
	d, _ := t.plan("us", "one", Digest{}, "us", "ru")
	t.hearAll()
	t.adoptPlan("us", d)
	adopted := t.adoptPlan("ru", d)
	t.dawdle("us")
	t.want(tt, t.say("us", &Confirm{Plan: d, Of: "gate"}), why)
	t.hearAll()
	t.want(tt, t.say("us", &Confirm{Plan: d, Of: "gate"}), "")
	t.cut("ru-second", "ru", t.acts[adopted].Number-1)
	t.hearAll()
	t.want(tt, t.say("us", &Confirm{Plan: d, Of: "gate"}), why)
}

// TestACodeOpensNoOtherCommitment: not what is unheard, has no effect, is
// contested, is of another plan, or is no commitment.
func TestACodeOpensNoOtherCommitment(tt *testing.T) {
	const why = "it opens no commitment that its author had"
	t := handingOver()
	commit := func(d Digest) Ref {
		return t.say("ru", &CodesMove{Plan: d, Codes: []CodeCommitment{{Of: "go", Commitment: Digest{5}}}})
	}
	spoken := func(d Digest, codes Ref) Ref { return t.say("us", &Spoken{Plan: d, Codes: codes, Of: "go"}) }
	early := commit(DigestOfPlan(Digest{}, Ref{}, []byte("one")))
	d := t.inForce("one", Digest{})
	t.want(tt, spoken(d, early), why) // it has no effect
	t.want(tt, spoken(d, t.full["us"]), why)

	codes := commit(d)
	t.dawdle("us")
	t.want(tt, spoken(d, codes), why)
	t.hearAll()
	t.want(tt, spoken(d, codes), "")
	next := t.inForce("two", d)
	t.want(tt, spoken(next, codes), why)

	codes = commit(next)
	t.hearAll()
	t.want(tt, spoken(next, codes), "")
	t.cut("ru-second", "ru", t.acts[codes].Number-1)
	t.hearAll()
	t.want(tt, spoken(next, codes), why)
}

// TestProofOfLifeAnswersWhatCounts: not what is unheard, has no effect, is
// contested, or is no proof of life; and who asks answers nobody.
func TestProofOfLifeAnswersWhatCounts(tt *testing.T) {
	const why = "it answers nothing that its author had"
	t := handingOver()
	give := func(answers Ref) Ref { return t.say("ru", &Life{Stage: "given", Person: "griner", Answers: answers}) }
	ask := t.say("us", &Life{Stage: "asked", Person: "griner"})
	t.dawdle("ru")
	t.want(tt, give(ask), why)
	t.hearAll()
	bad := t.say("us", &Life{Stage: "asked", Person: "griner", Answers: ask})
	t.want(tt, bad, "who asks answers nothing")
	t.hearAll()
	t.want(tt, give(bad), why)
	t.want(tt, give(t.full["us"]), "it answers something else")
	t.want(tt, give(ask), "")
	t.cut("us-second", "us", t.acts[ask].Number-1)
	t.hearAll()
	t.want(tt, give(ask), why)
}
