//go:build darwin && !cgo

package tray

import (
	"errors"
	"fmt"

	"lockbar/icons"
)

// The menu bar of macOS is reached through cgo only.
func runSystray(_ View, _ chan<- click, _ chan<- struct{}, ready func(display)) error {
	ready(noDisplay{})
	return errNoTray
}

var errNoTray = fmt.Errorf("this lockbar was built without cgo and has no menu bar icon; `lockbar watch` shows the same in a terminal: %w", errors.ErrUnsupported)

func quitSystray() {}

type noDisplay struct{}

func (noDisplay) ShowIcon(icons.Kind) error { return errNoTray }
func (noDisplay) Show(View) error           { return errNoTray }
func (noDisplay) Forget()                   {}
func (noDisplay) Rebuild() error            { return errNoTray }
