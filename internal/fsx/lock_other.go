//go:build !unix && !windows

package fsx

import (
	"errors"
	"os"
)

// tryLock: this system has no lock that would exclude a daemon, and we do not pretend.
func tryLock(*os.File) error { return errors.ErrUnsupported }

func checkLocks(string) error { return errors.ErrUnsupported }

func unlock(*os.File) {}
