//go:build !unix && !windows

package login

import "errors"

func look() (Status, error) { return Status{}, errors.ErrUnsupported }
func enable(string) error   { return errors.ErrUnsupported }
func disable() error        { return errors.ErrUnsupported }
