package watch

import (
	"os"

	"golang.org/x/sys/unix"
)

// exitWait waits for a process with a pidfd (Linux 5.3), which becomes readable when the process ends, even before it is reaped. The
// runtime's poller waits, so no thread is blocked.
type exitWait struct{ pidfd *os.File }

// openExit fails if the process is gone. It makes the descriptor non-blocking, for the poller, after opening it: PIDFD_NONBLOCK requires
// Linux 5.10.
func openExit(pid int) (ending, error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return nil, os.NewSyscallError("pidfd_open", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("fcntl", err)
	}
	return &exitWait{os.NewFile(uintptr(fd), "pidfd")}, nil
}

func (w *exitWait) wait() error {
	conn, err := w.pidfd.SyscallConn()
	if err != nil {
		return err
	}
	return conn.Read(func(fd uintptr) bool {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return err == nil && n > 0
	})
}

func (w *exitWait) close() { w.pidfd.Close() }
