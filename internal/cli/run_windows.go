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

// runAsDaemon runs this program again as a child, with the arguments that make daemons respect its lock, and passes on its exit code.
// Windows cannot replace the program of a process.
func runAsDaemon(store *lockcore.Store) error {
	self, err := os.Executable()
	if err != nil {
		return failf(exitFailed, "the lock was not taken: lockbar cannot restart itself: %w", err)
	}
	keep := endWithUs()
	defer keep()
	signal.Notify(make(chan os.Signal, 1), passedOn()...) // the console also sends them to the child, which decides what to do
	cmd := exec.Command(self, append(runArguments(store), os.Args[1:]...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return failf(exitFailed, "the lock was not taken: lockbar cannot restart itself: %w", err)
	}
	return outcome(cmd)
}

// runHolding runs CMD and returns its exit code as an error. The console sends its signals to CMD too, so only one that comes before CMD is
// started counts.
func runHolding(args []string, signals chan os.Signal) error {
	keep := endWithUs()
	defer keep()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	select {
	case s := <-signals:
		return failf(exitFailed, "CMD was not started: %v", s)
	default:
	}
	if err := cmd.Start(); err != nil {
		return cannotRun(args[0], err)
	}
	return outcome(cmd)
}

// outcome waits for a child and returns its exit code as an error.
func outcome(cmd *exec.Cmd) error {
	err := cmd.Wait()
	var exited *exec.ExitError
	if errors.As(err, &exited) {
		return &failure{code: exited.ExitCode()}
	}
	return err
}

// endWithUs puts this process, and so all that it starts later, into a job whose only handle this process has. However this process ends,
// Windows ends the job, unless keep was called first: after an orderly end it spares what CMD left running. If the job cannot be
// made, CMD survives a killed run.
func endWithUs() (keep func()) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return func() {}
	}
	limit := func(flags uint32) error {
		info := new(windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION)
		info.BasicLimitInformation.LimitFlags = flags
		var pinned runtime.Pinner // the address is passed as a number, which would not keep info in place
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

// mind fails: on Windows run needs no minder.
func mind([]string, bool, int, int) error { return errors.ErrUnsupported }

// passedOn lists the signals that the console sends: os.Interrupt for Ctrl-C and Ctrl-Break, and SIGTERM if its window is closed, the
// user logs off or the machine shuts down (os/signal, "Windows"). After a SIGTERM Windows ends us within about five seconds. If CMD
// ends in that time, the lock is released.
func passedOn() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }
