// Package examples carries the cases that parley replays: facts with their
// sources, and, apart from them, exercise briefs whose numbers are invented.
package examples

import (
	"embed"
	"io/fs"
)

// Files holds each case in a folder of its name: case.yaml, and under exercise/
// what is invented, one brief for each party that an exercise is played by.
//
//go:embed ankara-2024 dix-hill-1862 formula-2025 glienicke-1985 shalit-2011 two-rivers ukraine-2025 us-ru-2022 yemen-2023
var Files embed.FS

// Names lists the cases.
func Names() []string {
	entries, err := fs.ReadDir(Files, ".")
	if err != nil {
		panic("examples: " + err.Error()) // it is part of the program
	}
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = e.Name()
	}
	return out
}

// Case is the case file to be played: that under exercise/, where who is held is
// invented too, else the facts.
func Case(name string) ([]byte, error) {
	if file, err := Files.ReadFile(name + "/exercise/case.yaml"); err == nil {
		return file, nil
	}
	return Files.ReadFile(name + "/case.yaml")
}

// Brief is the invented brief of one party.
func Brief(name, party string) ([]byte, error) {
	return Files.ReadFile(name + "/exercise/" + party + ".yaml")
}
