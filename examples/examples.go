// Package examples carries the cases that parley replays: facts with their
// sources, and, apart from them, exercise briefs whose numbers are invented.
package examples

import "embed"

// Files holds each case in a folder of its name: case.yaml, and under exercise/
// one brief for each party.
//
//go:embed ankara-2024 dix-hill-1862 formula-2025 glienicke-1985 shalit-2011 ukraine-2025 us-ru-2022 yemen-2023
var Files embed.FS
