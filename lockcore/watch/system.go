package watch

import (
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

// store holds the methods of *lockcore.Store that the loop needs. Tests substitute stores whose reads hang.
type store interface {
	Dir() string
	Look(m lockcore.Memory, first func(lockcore.State, lockcore.Token)) lockcore.Snapshot
	Overdue() lockcore.Snapshot
	LastBackup() (lockcore.Backup, bool)
}

// system holds the sources of hints. Tests use it to swallow events, exhaust instances and step the clock.
type system struct {
	newWatcher    func() (*fsnotify.Watcher, error)
	newDirWatcher func() (dirWatcher, error) // nil: fsnotify watches all directories
	newAlarm      func() alarm
	// newMounts reports that something was mounted or unmounted, until stop is called: fsnotify sends no event for that.
	newMounts func() (changed <-chan struct{}, stop func())
	openExit  func(pid int) (ending, error)
}

// alarm is the one timer of a loop.
type alarm interface {
	set(after time.Duration)
	// rings delivers true if the clock was set or the machine slept: the alarm may then ring early.
	rings() <-chan bool
	close()
}

// An ending waits for the end of one process.
type ending interface {
	wait() error // nil when the process has ended, an error when close was called first
	close()
}

func realSystem() system {
	return system{
		newWatcher:    func() (*fsnotify.Watcher, error) { return fsnotify.NewBufferedWatcher(eventBuffer) },
		newDirWatcher: newDirWatcher,
		newAlarm:      newAlarm,
		newMounts:     newMounts,
		openExit:      openExit,
	}
}

// eventBuffer lets fsnotify's reader run ahead in a storm instead of switching goroutines for every event.
const eventBuffer = 128

// noMounts serves systems that do not report mounts: the poll finds them.
func noMounts() (changed <-chan struct{}, stop func()) { return nil, func() {} }
