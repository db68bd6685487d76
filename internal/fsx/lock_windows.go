package fsx

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// tryLock locks one byte at offset 0, as Python's msvcrt.locking does.
func tryLock(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()),
		windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, new(windows.Overlapped))
	switch {
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION):
		return ErrLocked
	case errors.Is(err, windows.ERROR_INVALID_FUNCTION), errors.Is(err, windows.ERROR_NOT_SUPPORTED):
		return ErrNoLocks
	}
	return err
}

// checkLocks checks only that there is something at dir: Windows locks files, not directories, and CheckLocks is to create no file.
func checkLocks(dir string) error {
	_, err := os.Stat(dir)
	return err
}

func unlock(f *os.File) {
	_ = windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, new(windows.Overlapped))
}
