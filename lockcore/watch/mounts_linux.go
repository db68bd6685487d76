package watch

import (
	"os"
	"sync"
)

// newMounts watches /proc/self/mountinfo, which polls as ready when something is mounted or unmounted (proc(5)).
func newMounts() (changed <-chan struct{}, stop func()) {
	table, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return noMounts()
	}
	change := make(chan struct{}, 1)
	var running sync.WaitGroup
	running.Go(func() { awaitMounts(table, change) })
	return change, func() {
		table.Close()
		running.Wait()
	}
}

// awaitMounts reports each change of the table until the file is closed.
func awaitMounts(table *os.File, change chan<- struct{}) {
	conn, err := table.SyscallConn()
	if err != nil {
		return
	}
	// The table is always readable, so the poller may report it once at the start, or before we asked. This report cannot be distinguished
	// from the first change, and one unneeded look costs less than a missed mount.
	//
	// There is only one call of Read: each call first resets the poller's readiness, and would lose a change since the previous call.
	waited := false
	_ = conn.Read(func(uintptr) bool {
		if waited {
			select {
			case change <- struct{}{}:
			default:
			}
		}
		waited = true
		return false
	}) // ends with an error when the file is closed
}
