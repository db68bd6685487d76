//go:build linux

package testdesk

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// withoutLocksVariable names the program that a process of the test binary executes.
const withoutLocksVariable = "TESTDESK_WITHOUT_LOCKS"

// WithoutLocks returns the arguments and the variable that make self execute the program args. self is a test binary whose TestMain
// calls BecomeWithoutLocks.
func WithoutLocks(self string, args ...string) (argv []string, env string) {
	return append([]string{self}, args[1:]...), withoutLocksVariable + "=" + args[0]
}

// BecomeWithoutLocks executes the program that WithoutLocks named, for which flock(2) fails with ENOLCK. In other processes it does
// nothing.
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

// errnoAction is SECCOMP_RET_ERRNO, and allow SECCOMP_RET_ALLOW (seccomp(2)).
const errnoAction, allow = 0x00050000, 0x7fff0000

// forbid makes a system call fail in this thread and in the program that it executes. The filter does not check the architecture,
// because it is no security measure.
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
