package watch

import (
	"os"
	"sync"
)

// mountTable watches /proc/self/mountinfo, which polls as ready when something is mounted or unmounted (proc(5)).
type mountTable struct {
	file    *os.File
	change  chan struct{}
	running sync.WaitGroup
}

func newMounts() mounts {
	m := &mountTable{change: make(chan struct{}, 1)}
	file, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return noMounts{}
	}
	m.file = file
	m.running.Go(m.wait)
	return m
}

func (m *mountTable) wait() {
	conn, err := m.file.SyscallConn()
	if err != nil {
		return
	}
	// The table is always readable, so the poller may report it once at the start, or before we asked. That cannot be distinguished
	// from the first change, and one unneeded look costs less than a missed mount.
	//
	// There is only one call of Read: each call first resets the poller's readiness, and would lose a change since the previous call.
	waited := false
	_ = conn.Read(func(uintptr) bool {
		if waited {
			m.tell()
		}
		waited = true
		return false
	}) // ends with an error when the file is closed
}

func (m *mountTable) tell() {
	select {
	case m.change <- struct{}{}:
	default:
	}
}

func (m *mountTable) changed() <-chan struct{} { return m.change }

func (m *mountTable) close() {
	m.file.Close()
	m.running.Wait()
}
