package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"lockbar/internal/fsx"
	"lockbar/internal/state"
	"lockbar/notify"
)

// stateFiles reads Lockbar's saved state in the same way as the tray app, and its lock files. The history has a check of its own.
func (s Subject) stateFiles(context.Context) []Check {
	if s.hasNoPlace() {
		return nil
	}
	saved, err := state.Read(s.StateDir)
	_, errTold := notify.DecodeSaved(saved.Told)
	if errTold != nil {
		errTold = fmt.Errorf("%s: %w", filepath.Join(s.StateDir, "state.json"), errTold)
	}
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
			checks = append(checks, one("state-files", Warn, "A file of Lockbar's own cannot be used, which has nothing to do with the stores: %s; move it away, and Lockbar makes a new one", cause(err))...)
		}
	}
	if len(checks) == 0 {
		return one("state-files", Pass, "Lockbar's saved state can be read")
	}
	return checks
}

func (s Subject) stateLocks(context.Context) []Check {
	if s.hasNoPlace() {
		return nil
	}
	return checkLocks("state-locks", "the state directory", fsx.CheckLocks(s.StateDir))
}

// checkLocks explains an error of fsx.CheckLocks. It does not show the directory's path, which another check names.
func checkLocks(name, dir string, err error) []Check {
	switch {
	case errors.Is(err, fsx.ErrNoLocks):
		return one(name, Warn, "The file system of %s has no file locks, so Lockbar cannot keep two programs from changing a file there at the same time; "+
			"use only one program at a time to change a lock", dir)
	case errors.Is(err, fs.ErrNotExist):
		return skipped(name, dir+" is not there yet")
	case err != nil:
		return one(name, Warn, "Whether files in %s can be locked is not known: %s", dir, reason(err))
	}
	return one(name, Pass, "Files in %s can be locked", dir)
}
