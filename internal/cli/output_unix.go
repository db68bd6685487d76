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

// keepBrokenPipes makes a write to a closed standard output or standard error return an error (EPIPE). Otherwise SIGPIPE would end the
// program at once, for example while it holds a lock. It does not ignore SIGPIPE, since a child would inherit that.
func keepBrokenPipes() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// waitOutputClosed waits until the readers of f, a pipe or a socket, have closed it. Meanwhile it ignores ctx, so call it in a goroutine
// for which nothing waits. For any other file it waits until ctx ends.
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

// isOutputClosed reports whether a write failed because the reader of a pipe has closed it.
func isOutputClosed(err error) bool { return errors.Is(err, syscall.EPIPE) }

func understandsEscapes(*os.File) bool { return true }

// attachConsole does nothing: on these systems a program inherits the standard output of its parent.
func attachConsole() {}
