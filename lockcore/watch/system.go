package watch

import (
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

// store is what the loop needs of a *lockcore.Store. Tests have others, whose reads hang.
type store interface {
	Dir() string
	Look(m lockcore.Memory, first func(lockcore.State, lockcore.Token)) lockcore.Snapshot
	Overdue() lockcore.Snapshot
	LastBackup() (lockcore.Backup, bool)
}

func stores(c Config) []store {
	var list []store
	for _, s := range c.Stores {
		list = append(list, s)
	}
	return list
}

// system is what hints come from. Tests swallow events, exhaust instances and step the clock with it.
type system struct {
	newWatcher    func() (*fsnotify.Watcher, error)
	newDirWatcher func() (dirWatcher, error) // nil where fsnotify opens no more than the directories that it watches
	newAlarm      func() alarm
	newMounts     func() mounts
	openExit      func(pid int) (ending, error)
}

// alarm is the one timer of a loop.
type alarm interface {
	set(after time.Duration)
	// rings is true where the clock was set or the machine slept: what the alarm was set for may not be due then.
	rings() <-chan bool
	close()
}

// mounts tells that something was mounted or unmounted: file systems that go or come send no event.
type mounts interface {
	changed() <-chan struct{}
	close()
}

// ending is the wait for the end of one process.
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
		openExit: func(pid int) (ending, error) {
			w, err := openExit(pid)
			if err != nil {
				return nil, err
			}
			return w, nil
		},
	}
}

// eventBuffer lets fsnotify's reader run ahead in a storm instead of changing goroutines for every event.
const eventBuffer = 128

// noMounts is where the system does not tell of mounts: the poll sees them.
type noMounts struct{}

func (noMounts) changed() <-chan struct{} { return nil }
func (noMounts) close()                   {}
