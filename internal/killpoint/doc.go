// Package killpoint finds every point at which killing a process could leave
// its files in another state, for tests of what must survive a kill -9.
//
// It runs the process under ptrace and stops it before each system call that
// changes a file: a write, a truncation, a sync, a rename, a file made or
// removed. What lies in the process's folder at that moment is just what a kill
// would leave, since the kernel keeps what was written. So a test copies the
// folder there, and afterwards looks whether each copy holds all that had been
// acknowledged by then. Nothing is sampled: the process's own calls are the list
// of the points.
//
// It says nothing of a power failure, after which what was not synced may be
// gone.
package killpoint
