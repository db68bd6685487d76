//go:build !linux && !darwin && !windows

package lockcore

import "errors"

// exchange: this system cannot swap two names at once.
func exchange(string, string) error { return errors.ErrUnsupported }

// renameNew: this system's rename always replaces.
func renameNew(string, string) error { return errors.ErrUnsupported }
