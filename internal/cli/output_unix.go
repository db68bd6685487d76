//go:build unix

package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// keepBrokenPipes makes a write to a closed standard output an error (EPIPE); the Go runtime would otherwise end the
// program by SIGPIPE, with a lock in its hands. A handler, unlike ignoring, is not inherited by a child.
func keepBrokenPipes() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// waitOutputClosed returns when nobody can read any more what is written to f, or when ctx ends. It sleeps in poll(2); the
// thread is given up at the end of the program.
func waitOutputClosed(ctx context.Context, f *os.File) {
	info, err := f.Stat()
	if err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		<-ctx.Done()
		return
	}
	for {
		fds := []unix.PollFd{{Fd: int32(f.Fd())}} // POLLERR and POLLHUP are always reported
		n, err := unix.Poll(fds, -1)
		if n > 0 {
			return
		}
		if err != nil && !errors.Is(err, unix.EINTR) {
			<-ctx.Done()
			return
		}
	}
}

func understandsEscapes(*os.File) bool { return true }

// attachConsole does nothing: these systems give a program the standard output of who starts it.
func attachConsole() {}
