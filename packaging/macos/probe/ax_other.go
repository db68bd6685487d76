//go:build !darwin || !cgo

package main

import (
	"errors"
	"fmt"
)

// theScreen fails each call: only a Mac has such a screen.
var theScreen screen = noMac{}

type noMac struct{}

var errNoMac = fmt.Errorf("only a Mac, and a build with cgo, can do this: %w", errors.ErrUnsupported)

func (noMac) Trusted() error                     { return errNoMac }
func (noMac) Displays() ([]rect, error)          { return nil, errNoMac }
func (noMac) Item(int) (rect, error)             { return rect{}, errNoMac }
func (noMac) ItemMenu(int) ([]entry, error)      { return nil, errNoMac }
func (noMac) MenuAt(int, point) ([]entry, error) { return nil, errNoMac }
func (noMac) Pointer() (point, error)            { return point{}, errNoMac }
func (noMac) Mouse(action, point) error          { return errNoMac }
func (noMac) Escape() error                      { return errNoMac }
