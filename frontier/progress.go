package frontier

import "context"

type progressKey struct{}

// WithProgress has a search tell now and then how far it is: what it does, and
// which part of it is done, from 0 to 1; negative where that is not known. It is
// told from the goroutine of the search and must be quick.
func WithProgress(ctx context.Context, tell func(what string, done float64)) context.Context {
	return context.WithValue(ctx, progressKey{}, tell)
}

func report(ctx context.Context, what string, done float64) {
	if tell, ok := ctx.Value(progressKey{}).(func(string, float64)); ok {
		tell(what, done)
	}
}
