//go:build !(darwin || freebsd || linux)

package main

// diskFree can't be asked here.
func diskFree(string) (free uint64, known bool) { return 0, false }
