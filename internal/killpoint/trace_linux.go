//go:build linux && (amd64 || arm64)

package killpoint

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"unsafe"
)

// ErrUnable is returned where the system does not let a process be traced.
var ErrUnable = errors.New("this system does not allow to trace a process")

// Watch starts the command and calls at before each system call by which it, or
// a process that it starts, may change a file below dir, until it has ended.
// While at runs no such call is under way. The command must not have been
// started, and must not be waited for; that it failed or was killed is no error.
func Watch(cmd *exec.Cmd, dir string, at func(call string)) error {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	runtime.LockOSThread() // a tracer is a thread
	defer runtime.UnlockOSThread()
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Ptrace = true
	if err := cmd.Start(); err != nil {
		if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS) {
			return fmt.Errorf("%w: %w", ErrUnable, err)
		}
		return err
	}
	t := &tracer{dir: dir, at: at, known: map[int]bool{}}
	defer t.killAll()
	return t.run(cmd.Process.Pid)
}

// tracer lets one thread at a time into a call that changes files, so that the
// folder stands still whenever none is in one.
type tracer struct {
	dir    string
	at     func(call string)
	known  map[int]bool // threads
	inside int          // the thread within a changing call; 0 for none
	queue  []waiting    // threads that stand before such a call
}

type waiting struct {
	thread int
	call   string
}

// Of linux/ptrace.h; package syscall lacks them.
const (
	optionExitKill     = 0x100000
	requestSyscallInfo = 0x420e
	opEntry            = 1
	waitNoThread       = 0x20000000 // of linux/wait.h: only what this thread traces
)

func (t *tracer) run(pid int) error {
	if _, err := t.wait(); err != nil {
		return err
	}
	t.known[pid] = true
	const options = syscall.PTRACE_O_TRACECLONE | syscall.PTRACE_O_TRACEFORK | syscall.PTRACE_O_TRACEVFORK | syscall.PTRACE_O_TRACESYSGOOD | optionExitKill
	if err := syscall.PtraceSetOptions(pid, options); err != nil {
		return fmt.Errorf("%w: %w", ErrUnable, err)
	}
	if err := syscall.PtraceSyscall(pid, 0); err != nil {
		return err
	}
	for len(t.known) > 0 {
		s, err := t.wait()
		if errors.Is(err, syscall.ECHILD) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := t.step(s.thread, s.status); err != nil {
			return err
		}
	}
	return nil
}

type stop struct {
	thread int
	status syscall.WaitStatus
}

func (t *tracer) wait() (s stop, err error) {
	for {
		s.thread, err = syscall.Wait4(-1, &s.status, syscall.WALL|waitNoThread, nil)
		if !errors.Is(err, syscall.EINTR) {
			return s, err
		}
	}
}

// step deals with one stop of one thread.
func (t *tracer) step(thread int, status syscall.WaitStatus) error {
	if status.Exited() || status.Signaled() {
		delete(t.known, thread)
		return t.left(thread)
	}
	const atCall = syscall.SIGTRAP | 0x80
	switch sig := status.StopSignal(); {
	case sig == atCall:
		return t.call(thread)
	case sig == syscall.SIGTRAP: // a thread or a process was started
		return t.resume(thread, 0)
	case !t.known[thread]: // it is the new one
		t.known[thread] = true
		return t.resume(thread, 0)
	default:
		return t.resume(thread, int(sig))
	}
}

func (t *tracer) call(thread int) error {
	info, err := callInfo(thread)
	if err != nil {
		return t.gone(err)
	}
	if info.op != opEntry {
		if err := t.resume(thread, 0); err != nil {
			return err
		}
		return t.left(thread)
	}
	name := t.changing(thread, info)
	if name == "" {
		return t.resume(thread, 0)
	}
	t.queue = append(t.queue, waiting{thread, name})
	return t.next()
}

// left notes that a thread is in no call any more.
func (t *tracer) left(thread int) error {
	if t.inside != thread {
		return nil
	}
	t.inside = 0
	return t.next()
}

// next lets the next thread into its call, if none is in one.
func (t *tracer) next() error {
	if t.inside != 0 || len(t.queue) == 0 {
		return nil
	}
	w := t.queue[0]
	t.queue, t.inside = t.queue[1:], w.thread
	t.at(w.call)
	return t.resume(w.thread, 0)
}

func (t *tracer) resume(thread, signal int) error {
	return t.gone(syscall.PtraceSyscall(thread, signal))
}

// gone passes over a thread that was killed while it stood.
func (t *tracer) gone(err error) error {
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

func (t *tracer) killAll() {
	for thread := range t.known {
		_ = syscall.Kill(thread, syscall.SIGKILL)
	}
}

// callInfo is struct ptrace_syscall_info of linux/ptrace.h at an entry.
type syscallInfo struct {
	op   uint8
	_    [3]uint8
	_    uint32
	_, _ uint64
	nr   uint64
	args [6]uint64
}

func callInfo(thread int) (info syscallInfo, err error) {
	_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, requestSyscallInfo, uintptr(thread), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return info, errno
	}
	return info, nil
}

// byFile are calls that change the file of their first argument.
var byFile = map[uint64]string{
	syscall.SYS_WRITE: "write", syscall.SYS_PWRITE64: "pwrite", syscall.SYS_WRITEV: "writev", syscall.SYS_PWRITEV: "pwritev",
	syscall.SYS_FTRUNCATE: "truncate", syscall.SYS_FALLOCATE: "allocate", syscall.SYS_FSYNC: "sync", syscall.SYS_FDATASYNC: "sync",
}

// byName are calls that change a folder. Which one is not looked at.
var byName = map[uint64]string{
	syscall.SYS_RENAMEAT: "rename", syscall.SYS_UNLINKAT: "remove", syscall.SYS_MKDIRAT: "make a folder", syscall.SYS_LINKAT: "link",
	syscall.SYS_TRUNCATE: "truncate", sysRenameat2: "rename", sysCopyFileRange: "copy",
}

// changing names the call if it may change a file below the folder, and else
// gives "".
func (t *tracer) changing(thread int, info syscallInfo) string {
	if name := byFile[info.nr]; name != "" {
		path, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", thread, int32(info.args[0])))
		if err != nil || !strings.HasPrefix(path, t.dir+"/") && path != t.dir {
			return ""
		}
		return name + " " + strings.TrimPrefix(path, t.dir)
	}
	if info.nr == syscall.SYS_OPENAT && info.args[2]&(syscall.O_CREAT|syscall.O_TRUNC) != 0 {
		return "open"
	}
	if name := byName[info.nr]; name != "" {
		return name
	}
	return older[info.nr]
}
