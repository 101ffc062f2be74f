//go:build !linux || !(amd64 || arm64)

package killpoint

import (
	"errors"
	"os/exec"
)

// ErrUnable is returned where the system does not let a process be traced.
var ErrUnable = errors.New("this system does not allow to trace a process")

// Watch is for Linux.
func Watch(*exec.Cmd, string, func(call string)) error { return ErrUnable }
