//go:build !cgo

package login

import "errors"

// systemServices are none: macOS' own list is reached through cgo only.
var systemServices noServices

type noServices struct{}

func (noServices) app() serviceStatus         { return unasked }
func (noServices) agent(string) serviceStatus { return unasked }
func (noServices) register() error            { return errors.ErrUnsupported }
func (noServices) unregister() error          { return errors.ErrUnsupported }
