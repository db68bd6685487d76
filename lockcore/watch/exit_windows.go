package watch

import (
	"os"
	"sync"

	"golang.org/x/sys/windows"
)

// exitWait waits for a process handle or for the event that cancels the wait. It blocks a thread, but a store has one holder, seldom two.
type exitWait struct {
	process, callOff windows.Handle
	mu               sync.Mutex
	over             bool // both handles are closed
}

// openExit fails if the process is gone, or belongs to a user who denies access.
func openExit(pid int) (ending, error) {
	process, err := windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(pid))
	if err != nil {
		return nil, os.NewSyscallError("OpenProcess", err)
	}
	callOff, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		windows.CloseHandle(process)
		return nil, os.NewSyscallError("CreateEvent", err)
	}
	return &exitWait{process: process, callOff: callOff}, nil
}

func (w *exitWait) wait() error {
	defer w.closeHandles()
	n, err := windows.WaitForMultipleObjects([]windows.Handle{w.process, w.callOff}, false, windows.INFINITE)
	if err != nil {
		return os.NewSyscallError("WaitForMultipleObjects", err)
	}
	if n != windows.WAIT_OBJECT_0 {
		return os.ErrClosed
	}
	return nil
}

func (w *exitWait) closeHandles() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	windows.CloseHandle(w.process)
	windows.CloseHandle(w.callOff)
}

func (w *exitWait) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		_ = windows.SetEvent(w.callOff)
	}
}
