//go:build linux

package noflock

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// variable makes a process of the test binary become another program.
const variable = "NOFLOCK_PROGRAM"

// Command returns the arguments and the variable with which self, a test binary whose TestMain calls Become, becomes args.
func Command(self string, args ...string) (argv []string, env string) {
	return append([]string{self}, args[1:]...), variable + "=" + args[0]
}

// Become makes this process the program that Command named, for which flock(2) fails with ENOLCK. Otherwise it does nothing.
func Become() {
	program := os.Getenv(variable)
	if program == "" {
		return
	}
	os.Unsetenv(variable)
	runtime.LockOSThread() // the filter is of this thread, which is the one that executes
	err := forbid(unix.SYS_FLOCK, unix.ENOLCK)
	if err == nil {
		err = syscall.Exec(program, append([]string{program}, os.Args[1:]...), os.Environ())
	}
	panic(err)
}

// errnoAction is SECCOMP_RET_ERRNO, and allow SECCOMP_RET_ALLOW (seccomp(2)).
const errnoAction, allow = 0x00050000, 0x7fff0000

// forbid makes a system call fail in this thread and what it executes. Which architecture calls is not asked: nothing is secured.
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
