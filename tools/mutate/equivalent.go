package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// readEquivalents reads the sites whose mutants nobody can tell from the
// original, each with the reason:
//
//	file :: function :: condition :: reason
//
// Empty lines and lines that begin with # say nothing. A file that is not there
// is empty.
func readEquivalents(name string) (map[string]string, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for i, line := range strings.Split(string(data), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(line, " :: ", 4)
		if len(parts) < 4 || strings.TrimSpace(parts[3]) == "" {
			return nil, fmt.Errorf("%s:%d: not \"file :: function :: condition :: reason\"", name, i+1)
		}
		key := strings.Join(parts[:3], " :: ")
		if out[key] != "" {
			return nil, fmt.Errorf("%s:%d: listed twice", name, i+1)
		}
		out[key] = parts[3]
	}
	return out, nil
}
