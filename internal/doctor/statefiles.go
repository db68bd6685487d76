package doctor

import (
	"context"
	"errors"
	"io/fs"

	"lockbar/internal/fsx"
	"lockbar/internal/state"
	"lockbar/notify"
)

// stateFiles reads what Lockbar remembers, as those who need it do. The history has a check of its own.
func (s Subject) stateFiles(context.Context) []Check {
	if s.hasNoPlace() {
		return nil
	}
	saved, err := state.Read(s.StateDir)
	_, errTold := notify.DecodeTold(saved.Told)
	errs := []error{err, errTold}
	for _, path := range state.LockFiles(s.StateDir) {
		_, err := fsx.ReadEnd(path, 1)
		errs = append(errs, err)
	}
	return checkStateFiles(errs)
}

func checkStateFiles(errs []error) []Check {
	var checks []Check
	for _, err := range errs {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			checks = append(checks, one("state-files", Warn, "A file of Lockbar's own cannot be used, which says nothing of the stores: %s; move it away, and a new one is made", shown(err.Error()))...)
		}
	}
	if len(checks) == 0 {
		return one("state-files", Pass, "What Lockbar remembers can be read")
	}
	return checks
}

func (s Subject) stateLocks(context.Context) []Check {
	if s.hasNoPlace() {
		return nil
	}
	return checkLocks("state-locks", s.StateDir, fsx.CheckLocks(s.StateDir))
}

// checkLocks says what it means that files in dir cannot be locked.
func checkLocks(name, dir string, err error) []Check {
	switch {
	case errors.Is(err, fsx.ErrNoLocks):
		return one(name, Warn, "The file system of %s has no locks, so two programs that change a file there at the same moment are not kept apart; "+
			"change a lock by one program at a time", shown(dir))
	case errors.Is(err, fs.ErrNotExist):
		return one(name, Pass, "%s is not there yet", shown(dir))
	case err != nil:
		return one(name, Warn, "Whether files in %s can be locked is not known: %s", shown(dir), shown(err.Error()))
	}
	return one(name, Pass, "Files in %s can be locked", shown(dir))
}
