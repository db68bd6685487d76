//go:build !linux && !darwin

package lockcore

import "errors"

// exchange: this system cannot swap two names at once.
func exchange(string, string) error { return errors.ErrUnsupported }
