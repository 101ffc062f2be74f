//go:build darwin || freebsd || linux

package main

import "syscall"

// diskFree is how many bytes may still be written in a folder.
func diskFree(dir string) (free uint64, known bool) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, false
	}
	return uint64(fs.Bavail) * uint64(fs.Bsize), true
}
