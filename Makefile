.PHONY: mutate

mutate:
	go run -C tools ./mutate --root .. \
		--skip '^Test(Formatted|Vet|Staticcheck|ModuleIsTidy|Race|ToolsWork)$$' $(ARGS) \
		channel fold.go decide.go version.go ratify.go resolve.go act.go table.go move.go
