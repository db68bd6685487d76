//go:build linux

package testdesk

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// withoutLocksVariable is set to the program that BecomeWithoutLocks executes.
const withoutLocksVariable = "TESTDESK_WITHOUT_LOCKS"

// WithoutLocks returns the command line and the environment variable with which self executes the program args[0] with the arguments
// args[1:]. self is a test binary whose TestMain calls BecomeWithoutLocks.
func WithoutLocks(self string, args ...string) (argv []string, env string) {
	return append([]string{self}, args[1:]...), withoutLocksVariable + "=" + args[0]
}

// BecomeWithoutLocks replaces this process by the program given to WithoutLocks. In that program flock(2) fails with ENOLCK. Without
// the variable of WithoutLocks it does nothing.
func BecomeWithoutLocks() {
	program := os.Getenv(withoutLocksVariable)
	if program == "" {
		return
	}
	os.Unsetenv(withoutLocksVariable)
	runtime.LockOSThread() // the filter applies to this thread, which must be the one that calls exec
	err := forbid(unix.SYS_FLOCK, unix.ENOLCK)
	if err == nil {
		err = syscall.Exec(program, append([]string{program}, os.Args[1:]...), os.Environ())
	}
	panic(err)
}

// errnoAction is SECCOMP_RET_ERRNO, and allow is SECCOMP_RET_ALLOW (seccomp(2)).
const errnoAction, allow = 0x00050000, 0x7fff0000

// forbid makes a system call fail in this thread and in the program that it executes. The filter does not check the architecture,
// because it is not a security measure.
func forbid(call uint32, errno syscall.Errno) error {
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS}, // the number of the call
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: call},
		{Code: unix.BPF_RET | unix.BPF_K, K: errnoAction | uint32(errno)},
		{Code: unix.BPF_RET | unix.BPF_K, K: allow},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0)
}
