package desk

import (
	"fmt"
	"slices"

	"parley"
	"parley/casefile"
	"parley/handover"
)

// blankExecution is an empty move of the handover.
func blankExecution(k parley.Kind) parley.Move {
	switch k {
	case parley.KindPlan:
		return &parley.PlanMove{}
	case parley.KindWord:
		return &parley.Word{}
	case parley.KindBegin:
		return &parley.Begin{}
	case parley.KindConfirm:
		return &parley.Confirm{}
	case parley.KindHalt:
		return &parley.Halt{}
	case parley.KindResume:
		return &parley.Resume{}
	case parley.KindReceived:
		return &parley.Received{}
	case parley.KindCodes:
		return &parley.CodesMove{}
	case parley.KindSpoken:
		return &parley.Spoken{}
	case parley.KindLife:
		return &parley.Life{}
	}
	return nil
}

// readPlan reads the plan that a move carries. It must say everything itself,
// since what it means may not depend on which version of the case a desk has.
func readPlan(m *parley.PlanMove) error {
	p, err := casefile.ParsePlan("the plan that it carries", m.File, nil)
	if err != nil {
		return fmt.Errorf("the plan that it carries has faults")
	}
	if !slices.Equal(m.Parties, p.Parties()) {
		return fmt.Errorf("its parties are not those of the plan that it carries")
	}
	m.Plan = p
	return nil
}

// checkExecution holds a move of the handover to its bounds.
func checkExecution(m parley.Move) error {
	switch m := m.(type) {
	case *parley.PlanMove:
		return checkPlanMove(m)
	case *parley.Word:
		err := ids(m.Person)
		if m.To != "" {
			err = first(err, ids(parley.PersonID(m.To)))
		}
		if !slices.Contains(handover.Words(), handover.Word(m.Word)) {
			err = first(err, fmt.Errorf("its word is none"))
		}
		return err
	case *parley.Begin:
		return first(ids(parley.PersonID(m.Of)), ids(m.Without...), text(m.Text))
	case *parley.Confirm:
		return first(ids(parley.PersonID(m.Of)), text(m.Text))
	case *parley.Halt:
		return text(m.Text)
	case *parley.Resume:
		return first(count(len(m.Halts)), text(m.Text))
	case *parley.Received:
		return checkReceived(m)
	case *parley.CodesMove:
		err := count(len(m.Codes))
		for _, c := range m.Codes {
			err = first(err, ids(parley.PersonID(c.Of)))
		}
		return err
	case *parley.Spoken:
		return first(ids(parley.PersonID(m.Of)), word(m.Code), text(m.Text))
	case *parley.Life:
		return checkLife(m)
	}
	return nil
}

func count(n int) error {
	if n > parley.MaxPersons {
		return fmt.Errorf("a list in it has more than %d items", parley.MaxPersons)
	}
	return nil
}

func checkPlanMove(m *parley.PlanMove) error {
	list := make([]parley.PersonID, len(m.Parties))
	for i, p := range m.Parties {
		list[i] = parley.PersonID(p)
	}
	if m.Adopt && len(m.File)+len(m.Parties) > 0 {
		return fmt.Errorf("it adopts a plan and carries one")
	}
	return ids(list...)
}

func checkReceived(m *parley.Received) error {
	err := first(count(len(m.Items)), text(m.Text))
	for _, it := range m.Items {
		if it.Entry != "" {
			err = first(err, ids(it.Entry))
		}
		if it.Identity != "" && !slices.Contains(handover.Identities(), it.Identity) {
			err = first(err, fmt.Errorf("an identity in it is none of %v", handover.Identities()))
		}
		if it.Heads > parley.MaxHeads {
			err = first(err, fmt.Errorf("a count in it is too large"))
		}
		err = first(err, word(it.Name), text(it.Note))
	}
	return err
}

func checkLife(m *parley.Life) error {
	if !slices.Contains([]string{"asked", "given", "examined"}, m.Stage) {
		return fmt.Errorf("its stage is none")
	}
	return first(ids(m.Person), date(m.Dated), text(m.Text))
}

// executionTexts are the free texts of a move of the handover.
func executionTexts(m parley.Move) []*string {
	switch m := m.(type) {
	case *parley.Begin:
		return []*string{&m.Text}
	case *parley.Confirm:
		return []*string{&m.Text}
	case *parley.Halt:
		return []*string{&m.Text}
	case *parley.Resume:
		return []*string{&m.Text}
	case *parley.Spoken:
		return []*string{&m.Text}
	case *parley.Life:
		return []*string{&m.Text}
	case *parley.Received:
		out := []*string{&m.Text}
		for i := range m.Items {
			out = append(out, &m.Items[i].Name, &m.Items[i].Note)
		}
		return out
	}
	return nil
}
