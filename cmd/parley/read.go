package main

import (
	"parley"
	"parley/brief"
	"parley/casefile"
)

// A file that can't be read as what it should be is wrong input, whatever the
// reason.

func readCase(path string) (*parley.Case, []byte, error) {
	c, file, err := casefile.ReadCase(path)
	return c, file, wrongInput(err)
}

func readBrief(path string, c *parley.Case) (brief.Brief, error) {
	b, err := casefile.ReadBrief(path, c)
	return b, wrongInput(err)
}

func readOffer(path string, c *parley.Case) (*parley.Offer, error) {
	o, err := casefile.ReadOffer(path, c)
	return o, wrongInput(err)
}

func wrongInput(err error) error {
	if err == nil {
		return nil
	}
	return usage(err)
}
