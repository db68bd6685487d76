//go:build unix && !linux

package lockcore_test

import (
	"errors"
	"syscall"
)

// privateMounts returns nil: this system has no mount namespaces.
func privateMounts() *syscall.SysProcAttr { return nil }

func mountSmall(string) error { return errors.ErrUnsupported }
