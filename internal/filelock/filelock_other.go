//go:build !unix && !windows

package filelock

import (
	"errors"
	"os"
)

// try: this system has no lock that would exclude a daemon, and we do not pretend.
func try(*os.File) error { return errors.ErrUnsupported }

func check(string) error { return errors.ErrUnsupported }

func release(*os.File) {}
