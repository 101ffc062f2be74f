// Package accord is the private settlement: two desks with private briefs learn
// the best exchange that both accept, or that there is none, and nothing else.
package accord
