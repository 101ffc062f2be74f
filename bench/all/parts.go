package main

import (
	"fmt"
	"slices"
)

// parts are all measurements, the short ones first.
func parts() []*part {
	return []*part{
		{
			name: "Names", idea: "Scoring and matching names, beside plain Jaro–Winkler over transliterated words. Lists: wall time on all cores.",
			full: "go run ./bench/names", quick: "go run ./bench/names",
			figures: []figure{
				{"scored pairs a second of one core, millions", `parley ([\d.]+) M a second`, 1, true},
				{"2,000 × 2,000, s", `(?m)^2000 x 2000: parley ([\d.]+) s wall`, 1.5, false},
				{"15,000 × 15,000, s", `(?m)^15000 x 15000: parley ([\d.]+) s wall`, 15, false},
				{"memory, MiB", `greatest memory of the process: (\d+) MiB`, 1024, false},
			},
		},
		{
			name: "Weighing", idea: "Whole frontiers beside a dense dynamic programme and Nemhauser–Ullmann lists, single optima beside the solvers on the path as whole processes. The first time is the middle of the runs on the clock, which is what was promised; the second the least, the third the least of the processor. \"= 6x\" is six times ours.",
			full:  "go test ./bench/frontier -run ^TestTable$ -v -count=1 -timeout 2h -args -table",
			quick: "go test ./bench/frontier -run ^TestTable$ -v -count=1 -args -table -only bil-2000",
			figures: slices.Concat(
				[]figure{
					weighed("bil-2000 frontier", 2),
					{"bil-2000 frontier, of dense", `(?m)^bil-2000 frontier .* dense [\d.]+ ms = ([\d.]+)x`, 10, true},
					weighed("list-add-15000 frontier", 30), weighed("bilr-1000 frontier", 60), weighed("list-ind-1000 frontier", 100),
					weighed("list-ind-3000 frontier", 600), weighed("list-ind-15000 frontier", 10_000),
				},
				each(3, []string{"bil-2000", "bilr-1000", "bilone-500", "multi-3-300"}, "total", "home", "maximin", "nash", "ks"),
				each(3, []string{"multi-4-300"}, "total", "home", "maximin"),
				each(10, []string{"list-ind-15000", "list-lev-15000"}, "total", "home", "maximin", "nash", "ks"),
				[]figure{weighed("multi-6-300 maximin", 100), weighed("multi-8-100 maximin", 1000)},
			),
		},
		{
			name: "The channel", idea: "10,000 entries of 16 devices: verifying and folding, beside the signatures alone on the same cores.",
			full:  "go test ./bench/channel -run ^$ -bench . -benchtime 3x",
			quick: "go test ./bench/channel -run ^$ -bench . -benchtime 1x",
			figures: []figure{
				{"verify and fold, of the cost of the signatures", `([\d.]+) x-signatures`, 1.3, false},
			},
		},
		{
			name: "Reading the press", idea: "An article of 10 MB, in seconds; and how much of PolNeAR's development set is found, and rightly attributed.",
			full:  "go test ./press -run ^TestPolNeAR$ -v -bench TenMegabytes -benchtime 5x",
			quick: "go test ./press -run ^TestPolNeAR$ -v -bench TenMegabytes -benchtime 1x",
			figures: []figure{
				{"an article of 10 MB, ns", `BenchmarkTenMegabytes\S*\s+\d+\s+(\d+) ns/op`, 5e9, false},
				{"precision", `precision ([\d.]+) of`, 0.88, true},
				{"recall on speech cues", `recall on speech cues ([\d.]+) of`, 0.97, true},
				{"source right", `source right ([\d.]+) of`, 0.94, true},
			},
		},
		{
			name: "The relay", idea: "1,000 channels with 10,000 desks, beside raw JetStream on the same disk in the same run, each write synced. No limit was promised: what the relay costs is the ratio of the two.",
			full: "go run ./bench/relay -channels 1000 -desks 10 -for 20s", quick: "go run ./bench/relay -channels 10 -desks 2 -for 1s",
		},
		{
			name: "The desk in a browser", idea: "Every page of `parley desk`, on a case with 15,000 persons, in the middle of its talks and before there is a channel: the first after the start, the first of its kind, the slowest, its bytes; and the memory of the process when it was left alone. There is no rival.",
			full:  "go test ./web -run ^$ -bench Pages -benchtime 20x -timeout 30m",
			quick: "go test ./web -run ^$ -bench Pages -benchtime 1x -timeout 30m",
			figures: []figure{
				{"an idle desk, MB", `BenchmarkPages/talks/idle\S*\s.*?([\d.]+) MB`, 80, false},
			},
		},
		{
			name: "Private settlement", idea: "The engine, beside EMP sh2pc 0.3 (its rate on a quiet machine of two cores, where it is not installed), and whole settlements. Megabytes and seconds stand beside their targets in the output.",
			full: "go run ./bench/accord", quick: "go run ./bench/accord -rounds 1",
			figures: []figure{
				{"AND gates a second, of EMP's, with AES instructions", `M/s: ([\d.]+) of EMP's [\d.]+, target 0.75`, 0.75, true},
				{"AND gates a second, of EMP's, standard library alone", `M/s: ([\d.]+) of EMP's [\d.]+, target 0.40`, 0.4, true},
				settlement(32, "semi-honest", "MB", 9), settlement(32, "semi-honest", "s", 0.4), settlement(64, "semi-honest", "MB", 36),
				settlement(100, "semi-honest", "MB", 95), settlement(100, "semi-honest", "s", 2), settlement(32, "mediated", "MB", 20),
			},
		},
	}
}

func weighed(work string, ms float64) figure {
	return figure{work + ", ms", `(?m)^` + work + `\s+([\d.]+) ms `, ms, false}
}

// each is a limit in milliseconds on every criterion of every instance.
func each(ms float64, instances []string, criteria ...string) (all []figure) {
	for _, i := range instances {
		for _, c := range criteria {
			limit := ms
			if i == "bilr-1000" && c == "maximin" {
				limit = 25
			}
			all = append(all, weighed(i+" "+c, limit))
		}
	}
	return all
}

// settlement reads a row: persons, security, gates, MB and its target, seconds
// and theirs, memory.
func settlement(persons int, security, unit string, limit float64) figure {
	pattern := fmt.Sprintf(`(?m)^\s+%d %s\s+\d+\s+([\d.]+)`, persons, security)
	if unit == "s" {
		pattern = fmt.Sprintf(`(?m)^\s+%d %s\s+\d+\s+[\d.]+\s+\S+\s+([\d.]+)`, persons, security)
	}
	return figure{fmt.Sprintf("%d persons, %s, %s", persons, security, unit), pattern, limit, false}
}
