//go:build !unix && !windows

package login

import "errors"

func temporaryDirs() []string { return nil }

func read() (Setting, error) { return Setting{}, errors.ErrUnsupported }
func enable(string) error    { return errors.ErrUnsupported }
func disable() error         { return errors.ErrUnsupported }
