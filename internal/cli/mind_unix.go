//go:build unix

package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// mindArguments returns the arguments of the minder, before CMD's.
func mindArguments(terminal bool, orders, report int) []string {
	return []string{mindCommand, fmt.Sprintf("--%s=%t", terminalFlag, terminal), fmt.Sprintf("--%s=%d", ordersFlag, orders),
		fmt.Sprintf("--%s=%d", reportFlag, report), "--"}
}

// toGroup marks a signal that is for CMD's whole group.
const toGroup = 0x80

// A minder runs CMD for the holder, in the second process.
type minder struct {
	holder      int
	cmd         *exec.Cmd
	childEvents <-chan os.Signal
	orders      <-chan byte // closed when the holder is gone
	report      io.Writer
}

// mind runs CMD for the holder and reports CMD's exit code. If the holder is killed, mind ends CMD and its descendants (endDescendants).
func mind(args []string, terminal bool, ordersFile, reportFile int) error {
	runtime.LockOSThread() // see runHolding
	orders, report, err := holdersFiles(ordersFile, reportFile)
	if err != nil {
		return err
	}
	renameProcess()
	dropSignals()
	adoptOrphans()
	m := minder{os.Getppid(), exec.Command(args[0], args[1:]...), childEvents(), received(orders), report}
	m.cmd.Stdin, m.cmd.Stdout, m.cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	m.cmd.SysProcAttr = dieWith(&syscall.SysProcAttr{}, syscall.SIGKILL)
	if err := m.start(terminal); err != nil {
		return m.finish(cannotRun(args[0], err))
	}
	for {
		select {
		case <-m.childEvents:
			if status, ended := m.reap(); ended {
				return m.finish(exitWith(exitCodeOf(status)))
			}
		case order, ok := <-m.orders:
			if !ok {
				return endAll()
			}
			m.send(order)
		}
	}
}

// start starts CMD, in the foreground if it gets the terminal. The foreground changes only when CMD starts: until then the holder
// gets the keyboard signals, and passes them on to CMD.
func (m minder) start(terminal bool) error {
	holderGroup, _ := unix.Getpgid(m.holder)
	if now := foregroundGroup(); !terminal || now != holderGroup && now != unix.Getpgrp() {
		return m.cmd.Start()
	}
	tty, err := openTerminal()
	if err != nil {
		return err
	}
	defer unix.Close(tty)
	m.cmd.SysProcAttr.Setpgid, m.cmd.SysProcAttr.Pgid = true, unix.Getpgrp()
	m.cmd.SysProcAttr.Foreground, m.cmd.SysProcAttr.Ctty = true, tty
	return m.cmd.Start()
}

// finish reports the exit code of CMD to the holder. If the holder was killed, finish ends all processes instead. The holder's death may
// have ended CMD: it may orphan CMD's group, and if a process in that group is stopped then, the kernel sends SIGHUP to the group. So we
// may see CMD's end while the pipe to the holder is still open, but we have another parent by then.
func (m minder) finish(err error) error {
	code := exitOK
	var f *failure
	if errors.As(err, &f) {
		code = f.code
	}
	if _, gone := m.report.Write([]byte{byte(code)}); gone != nil || os.Getppid() != m.holder {
		return endAll()
	}
	return err
}

func endAll() error {
	endDescendants(leaveGroup(), func(int) bool { return false })
	return exitWith(signalBase + int(syscall.SIGKILL))
}

// reap reaps children that have ended, including orphans, until none is left or one was CMD. It reports whether CMD has ended.
func (m minder) reap() (status unix.WaitStatus, ended bool) {
	for {
		pid, status, err := wait(unix.WNOHANG)
		switch {
		case err != nil || pid == 0:
			return status, false
		case pid == m.cmd.Process.Pid:
			return status, true
		}
	}
}

func (m minder) send(order byte) {
	s := syscall.Signal(order &^ toGroup)
	if order&toGroup != 0 {
		_ = unix.Kill(0, s) // the group is ours too; see dropSignals
		return
	}
	_ = m.cmd.Process.Signal(s)
}

// holdersFiles returns the files that the holder passed to us, and keeps CMD from inheriting them.
func holdersFiles(ordersFile, reportFile int) (orders, report *os.File, err error) {
	orders, report = os.NewFile(uintptr(ordersFile), "orders"), os.NewFile(uintptr(reportFile), "report")
	for _, f := range []*os.File{orders, report} {
		info, err := f.Stat()
		if err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
			return nil, nil, usageError(errors.New(mindCommand + " is not for users: lockbar run starts it"))
		}
		unix.CloseOnExec(int(f.Fd()))
	}
	return orders, report, nil
}

// received reads the orders until the holder is gone.
func received(orders io.Reader) <-chan byte {
	c := make(chan byte)
	go func() {
		defer close(c)
		for b := make([]byte, 1); ; c <- b[0] {
			if _, err := orders.Read(b); err != nil {
				return
			}
		}
	}()
	return c
}

// dropSignals catches and drops the signals that would end us: keyboard signals reach all of CMD's group, and only CMD decides what
// they do. It leaves ignored signals ignored, since CMD inherits that. It leaves the signals that stop a job, since they must stop us.
func dropSignals() {
	dropped := make(chan os.Signal, 1)
	for s := syscall.Signal(1); s <= lastSignal; s++ {
		switch s {
		case syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGCONT, syscall.SIGCHLD, syscall.SIGURG, syscall.SIGWINCH:
			continue
		}
		if !signal.Ignored(s) {
			signal.Notify(dropped, s)
		}
	}
}

// leaveGroup moves the minder into the group of the session's leader and returns the group that it left. One signal can then kill all of
// that group, and no fork escapes. leaveGroup returns 0 if the minder cannot move, such as when the leader's group is gone.
func leaveGroup() int {
	group := unix.Getpgrp()
	session, err := unix.Getsid(0)
	if err != nil || session < 1 || unix.Setpgid(0, session) != nil { // session 0: the leader is in another PID namespace
		return 0
	}
	return group
}

func exitCodeOf(status unix.WaitStatus) int {
	if status.Signaled() {
		return signalBase + int(status.Signal())
	}
	return status.ExitStatus()
}
