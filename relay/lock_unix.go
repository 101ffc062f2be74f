//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package relay

import (
	"os"
	"syscall"
)

// lockFile takes the file at path for this process. The system gives it free
// when the process ends, however it ends.
func lockFile(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, errLocked
	}
	return f.Close, nil
}
