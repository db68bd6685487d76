//go:build !linux && !darwin && !windows

package watch

import "errors"

// exitWait does nothing on this system; the poll finds the end of a process.
type exitWait struct{}

func openExit(int) (*exitWait, error) { return nil, errors.ErrUnsupported }

func (*exitWait) wait() error { return errors.ErrUnsupported }

func (*exitWait) close() {}
