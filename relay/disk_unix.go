//go:build darwin || freebsd || linux

package relay

import "syscall"

// diskFree returns how many bytes may still be written in dir.
func diskFree(dir string) (uint64, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, err
	}
	return uint64(fs.Bavail) * uint64(fs.Bsize), nil
}
