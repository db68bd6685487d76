package tray

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"lockbar/internal/filelock"
	"lockbar/internal/fsx"
	"lockbar/internal/statedir"
)

// instance is what makes this the one Lockbar of a state directory, until it is closed or the process ends.
type instance []*os.File

// instanceLocks are one in the state directory, which is made, and one in a place of this machine and user, since somebody may
// remove that directory while this runs. A demo has a state directory of its own each time, which nobody starts for again.
func (c Config) instanceLocks(log logs) []string {
	log.failed("no state directory", os.MkdirAll(c.StateDir, 0o700))
	locks := statedir.InstanceLocks(c.StateDir)
	if c.Demo {
		return locks[:1]
	}
	return locks
}

// onlyInstance takes all of these locks. The error is ErrRunning if another Lockbar has one of them. What cannot be locked is said
// in the log: a second Lockbar is noticed by the other lock, or not at all.
//
// The files are never deleted: a second process could then hold the lock of a file that is gone.
func onlyInstance(locks []string, log logs) (instance, error) {
	var held instance
	for _, path := range locks {
		f, err := lockOwn(path)
		if errors.Is(err, filelock.ErrTaken) {
			held.Close()
			return nil, ErrRunning
		}
		log.failed("a second Lockbar may not be noticed", err)
		if err == nil {
			held = append(held, f)
		}
	}
	return held, nil
}

// Close lets another Lockbar start.
func (i instance) Close() {
	for _, f := range i {
		f.Close()
	}
}

// passingTime is how long a lock may be held by nobody that matters: the app before this one may have been killed while it started a
// child, which has its files until it has become another program.
const passingTime = time.Second

func waitOwn(f *os.File) error {
	ctx, cancel := context.WithTimeout(context.Background(), passingTime)
	defer cancel()
	held, err := filelock.Wait(ctx, f)
	if err == nil && !held {
		return fmt.Errorf("%s: %w", f.Name(), filelock.ErrNoLocks)
	}
	return err
}

// lockOwn refuses a file of another user, who could keep this program from starting.
func lockOwn(path string) (*os.File, error) {
	f, err := filelock.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !fsx.IsOurs(info):
		err = fmt.Errorf("%s is another user's", path)
	default:
		err = waitOwn(f)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
