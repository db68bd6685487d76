//go:build !linux && !darwin && !windows

package watch

import "errors"

// exitWait: this system is not asked for the end of a process; the poll sees it.
type exitWait struct{}

func openExit(int) (*exitWait, error) { return nil, errors.ErrUnsupported }

func (*exitWait) wait() error { return errors.ErrUnsupported }

func (*exitWait) close() {}
