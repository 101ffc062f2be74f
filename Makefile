.PHONY: attack bench coverage dist dist-check mutate soak

# What is given out: static binaries for six systems, what each consists of,
# manual pages, completions, the relay's unit, SHA256SUMS.
VERSION ?= $(shell git describe --tags --always --dirty)
dist:
	go run -C tools ./dist --root .. --out ../dist --version '$(VERSION)' $(ARGS)

# Two builds in two folders give the same digest.
TARGETS ?= linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64
dist-check:
	go run -C tools ./dist --root .. --version '$(VERSION)' --check '$(TARGETS)'

mutate:
	go run -C tools ./mutate --root .. \
		--skip '^Test(Formatted|Vet|Staticcheck|ModuleIsTidy|Race|ToolsWork)$$' $(ARGS) \
		channel handover fold.go decide.go chain.go contest.go concur.go roster.go settle.go lists.go round.go execute.go version.go ratify.go resolve.go act.go table.go move.go

# What share of its statements each of the packages that decide is tested by its
# own tests; fails where one is below the least share, in percent.
LEAST ?= 85
coverage:
	@for p in . ./channel ./frontier ./accord ./handover; do \
		out=$$(go test -count=1 -short -cover -timeout 60m -skip '^Test(Formatted|Vet|Staticcheck|ModuleIsTidy|ToolsWork)$$' $$p) || { echo "$$out"; exit 1; }; \
		echo "$$out"; \
	done | awk -v least=$(LEAST) '{ print } \
		match($$0, /coverage: [0-9.]+%/) { n++; if (substr($$0, RSTART+10, RLENGTH-11) + 0 < least) low++ } \
		END { if (n != 5 || low) { print "coverage: a package is below " least " %, or its tests fail"; exit 1 } }'

# A hundred thousand cases against the channel and the table together.
attack:
	PARLEY_ATTACKS=100000 go test ./channel -count=1 -timeout=60m -v -run '^TestAttack$$'

# Every property on cases that nobody has seen: ten thousand of each.
soak:
	RAPID_CHECKS=10000 PARLEY_ACCORD_ROUNDS=10000 go test -count=1 -timeout=240m -skip '^Test(Race|AttackOnSessions)$$' . ./accord ./casefile ./channel ./desk ./frontier ./handover ./names ./press ./relay $(ARGS)

# Every figure that was promised, beside its rival; writes docs/performance.md.
# For a machine that does nothing else: it takes about half an hour.
bench:
	go run ./bench/all $(ARGS)
