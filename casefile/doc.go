// Package casefile is the only package that opens files: it reads cases,
// briefs and offers, keeps a desk's encrypted store, and writes what is
// exported.
package casefile
