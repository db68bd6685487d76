//go:build unix && !linux

package lockcore_test

import (
	"errors"
	"syscall"
)

// privateMounts returns nil: no child has mounts of its own here.
func privateMounts() *syscall.SysProcAttr { return nil }

func mountSmall(string) error { return errors.ErrUnsupported }
