package doctor

import (
	"context"
	"errors"
	"io/fs"

	"lockbar/internal/fsx"
)

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
