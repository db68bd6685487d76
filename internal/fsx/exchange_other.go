//go:build !linux && !darwin && !windows

package fsx

import "errors"

// Exchange fails: this system cannot swap two names at once.
func Exchange(string, string) error { return errors.ErrUnsupported }

// RenameNew fails: this system's rename always replaces.
func RenameNew(string, string) error { return errors.ErrUnsupported }
