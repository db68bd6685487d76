//go:build !cgo

package login

import "errors"

// systemServices does nothing: macOS' own list needs cgo.
var systemServices noServices

type noServices struct{}

func (noServices) app() serviceStatus         { return unasked }
func (noServices) agent(string) serviceStatus { return unasked }
func (noServices) register() error            { return errors.ErrUnsupported }
func (noServices) unregister() error          { return errors.ErrUnsupported }
