// Package channel measures the conversation: what it costs to take in ten
// thousand entries by sixteen devices, verified, placed in the graph and folded
// to a table, against the cost of their signatures alone in the same run; what
// opening their envelopes costs beside it; and the memory that a log takes.
//
//	go test ./bench/channel -bench . -benchtime 1x -cpu 1
//
// PARLEY_BENCH_ENTRIES makes it smaller.
package channel
