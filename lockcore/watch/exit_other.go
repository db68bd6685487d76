//go:build !linux && !darwin && !windows

package watch

import "errors"

// openExit fails: on this system the poll finds the end of a process.
func openExit(int) (ending, error) { return nil, errors.ErrUnsupported }
