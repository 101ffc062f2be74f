// Package examples carries the cases that parley replays: facts with their
// sources, and, apart from them, exercise briefs whose numbers are invented.
package examples

import "embed"

// Files holds each case in a folder of its name: case.yaml, and under exercise/
// one brief for each party.
//
//go:embed dix-hill-1862 us-ru-2022
var Files embed.FS
