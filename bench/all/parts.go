package main

import "fmt"

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
			name: "Frontiers", idea: "Whole frontiers, beside a dense dynamic programme and Nemhauser–Ullmann lists. Processor time, the least of the run.",
			full:  "go test ./bench/frontier -run ^$ -bench Frontier -benchtime 20x",
			quick: "go test ./bench/frontier -run ^$ -bench Frontier/(bil-100|bilr-100)/ -benchtime 1x",
			figures: []figure{
				frontierOf("bil-2000", 2), frontierOf("list-add-15000", 30), frontierOf("bilr-1000", 60),
				frontierOf("list-ind-1000", 100), frontierOf("list-ind-3000", 600),
			},
		},
		{
			name: "Single optima", idea: "One optimum, beside the solvers on the path as whole processes.",
			full:  "go test ./bench/frontier -run ^$ -bench Optimum -benchtime 5x -timeout 2h",
			quick: "go test ./bench/frontier -run ^$ -bench Optimum/bil-50/ -benchtime 1x",
			figures: []figure{
				optimumOf("bil-2000", "total", 3), optimumOf("bilr-1000", "maximin", 25),
				optimumOf("list-ind-15000", "total", 10), optimumOf("list-lev-15000", "total", 10),
				optimumOf("multi-6-300", "maximin", 100), optimumOf("multi-8-100", "maximin", 1000),
			},
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
			name: "The relay", idea: "1,000 channels with 10,000 desks, beside raw JetStream on the same disk in the same run, each write synced. No limit was promised: what the relay costs is the ratio of the two.",
			full: "go run ./bench/relay -channels 1000 -desks 10 -for 20s", quick: "go run ./bench/relay -channels 10 -desks 2 -for 1s",
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

func frontierOf(instance string, ms float64) figure {
	return figure{instance + ", whole frontier, ms", `BenchmarkFrontier/` + instance + `/parley\S*\s.*?([\d.]+) cpu-ms/least`, ms, false}
}

func optimumOf(instance, by string, ms float64) figure {
	return figure{instance + ", " + by + ", ms", `BenchmarkOptimum/` + instance + `/` + by + `/parley\S*\s.*?([\d.]+) cpu-ms/least`, ms, false}
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
