package cli

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"lockbar/lockcore"
)

// runAsDaemon runs this program again as a child, with the arguments by which daemons respect its lock, and hands its exit code
// on: Windows cannot put one program in the place of another.
func runAsDaemon(store *lockcore.Store) error {
	self, err := os.Executable()
	if err != nil {
		return failf(exitNotTaken, "the lock was not taken: cannot run again: %w", err)
	}
	keep := endWithUs()
	defer keep()
	signal.Notify(make(chan os.Signal, 1), passedOn()...) // the console sends them to the child too, which decides
	cmd := exec.Command(self, append(claimArguments(store), os.Args[1:]...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return failf(exitNotTaken, "the lock was not taken: cannot run again: %w", err)
	}
	return outcome(cmd)
}

// runHolding runs CMD and gives its exit code as an error. The console's signals reach CMD by themselves, so that those which
// come to us are dropped.
func runHolding(args []string, _ chan os.Signal) error {
	keep := endWithUs()
	defer keep()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return cannotRun(args[0], err)
	}
	return outcome(cmd)
}

// outcome waits for a child and gives its exit code as an error.
func outcome(cmd *exec.Cmd) error {
	err := cmd.Wait()
	var exited *exec.ExitError
	if errors.As(err, &exited) {
		return &failure{code: exited.ExitCode()}
	}
	return err
}

// endWithUs puts this process, and so all that it starts from now on, into a job that Windows ends when we end, however we do:
// its only handle is ours. keep is for an orderly end, which leaves alone what CMD left running. Where there can be no such job,
// a killed run leaves CMD running.
func endWithUs() (keep func()) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return func() {}
	}
	limit := func(flags uint32) error {
		info := new(windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION)
		info.BasicLimitInformation.LimitFlags = flags
		var pinned runtime.Pinner // the address goes through a function that takes it for a number
		pinned.Pin(info)
		defer pinned.Unpin()
		_, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
			uintptr(unsafe.Pointer(info)), uint32(unsafe.Sizeof(*info)))
		return err
	}
	if limit(windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE) == nil {
		_ = windows.AssignProcessToJobObject(job, windows.CurrentProcess())
	}
	return func() { _ = limit(0) }
}

// mind is a process of run on other systems only.
func mind([]string, bool, int, int) error { return errors.ErrUnsupported }

// passedOn lists what the console sends: Ctrl-C and Ctrl-Break, and, as SIGTERM to those who ask for it, that its window is
// closed, the user logs off or the machine shuts down (os/signal, "Windows"). After these Windows ends us in any case, but
// leaves us about five seconds: where CMD ends in that time, the lock is given back.
func passedOn() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }
