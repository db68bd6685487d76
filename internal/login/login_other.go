//go:build !unix && !windows

package login

import "errors"

func read() (Setting, error) { return Setting{}, errors.ErrUnsupported }
func enable(string) error    { return errors.ErrUnsupported }
func disable() error         { return errors.ErrUnsupported }
