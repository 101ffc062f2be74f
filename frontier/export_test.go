package frontier

import (
	"context"

	"parley/frontier/certificate"
)

// ProveFrontier looks for a proof, in blocks or gap by gap, that nothing lies
// beyond some points.
func ProveFrontier(p *Problem, points []certificate.Point) (*certificate.Certificate, error) {
	c := &certificate.Certificate{Points: points}
	return c, p.proveFrontier(context.Background(), p.plain(), c)
}
