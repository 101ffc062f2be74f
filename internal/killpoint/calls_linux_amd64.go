package killpoint

import "syscall"

const (
	sysRenameat2     = 316
	sysCopyFileRange = 326
)

// older are calls that other machines no longer have.
var older = map[uint64]string{
	syscall.SYS_RENAME: "rename", syscall.SYS_UNLINK: "remove", syscall.SYS_RMDIR: "remove", syscall.SYS_MKDIR: "make a folder", syscall.SYS_LINK: "link", syscall.SYS_CREAT: "open",
}
