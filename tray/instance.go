package tray

import (
	"errors"
	"os"

	"lockbar/internal/fsx"
	"lockbar/internal/state"
)

// onlyInstance makes this the one Lockbar of its state directory, which is made. The error is ErrRunning if another one has it. A
// demo has a state directory of its own each time, which nobody starts for again.
func (c Config) onlyInstance(log logs) (state.Instance, error) {
	log.failed("no state directory", os.MkdirAll(c.StateDir, 0o700))
	locks := state.InstanceLocks(c.StateDir)
	if c.Demo {
		locks = locks[:1]
	}
	held, err := state.LockInstance(locks, func(err error) { log.failed("a second Lockbar may not be noticed", err) })
	if errors.Is(err, fsx.ErrLocked) {
		err = ErrRunning
	}
	return held, err
}
