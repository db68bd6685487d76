//go:build !unix && !windows

package fsx

import (
	"errors"
	"os"
)

// tryLock fails: this system has no lock that would exclude a daemon.
func tryLock(*os.File) error { return errors.ErrUnsupported }

func checkLocks(string) error { return errors.ErrUnsupported }

func unlock(*os.File) {}
