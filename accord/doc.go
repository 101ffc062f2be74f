// Package accord is the private settlement: two desks with private briefs learn
// the best exchange that both accept, or that there is none, and nothing else.
// Its specification is docs/accord.md.
//
// # What it is made of
//
//   - Terms are public: both sides agree on them, and every length and step of a
//     run follows from them and from the case. A Plan is terms held against a
//     case.
//   - Inputs are one side's brief in numbers, or its answer to a blind yes. They
//     hide themselves as a brief does.
//   - The circuit is a program over vectors of wires (program.go, table.go,
//     answer.go): a one-sided dynamic programme whose levels are the gain of one
//     party, the axis, and whose entries are what that costs the other. Rules of
//     the case become places that it walks through (rules.go, states.go).
//   - A Run is one role's part: a state machine of typed messages, each from one
//     role to one other. It knows no network and keeps what it must remember in a
//     Journal.
//
// # A run
//
//	plan, err := accord.NewPlan(c, terms)
//	inputs, err := plan.Inputs(brief)
//	run, err := accord.Start(plan, "us", inputs, journal, rand.Reader)
//	for {
//		switch step := run.Next(); step.Do {
//		case accord.Send:
//			err = run.Send(toPeer) // sealed to step.Peer and to nobody else
//		case accord.Receive:
//			err = run.Receive(fromPeer)
//		case accord.Done:
//			result, ok := run.Result()
//		}
//	}
//
// Start takes up the run of a journal that is not empty, so a desk may be off
// between any two steps. Terms, plans and results are public to both sides;
// nothing of inputs, secrets or messages is ever in an error.
//
// # Modes
//
// SemiHonest: two desks alone, for exercise or with trusted software on both
// sides. Mediated: a neutral evaluates what both parties garble; it holds against
// any one of the three. docs/accord.md says exactly what neither covers: a brief
// that lies, repeated runs, the fairness of the last message.
package accord
