//go:build darwin && !cgo

package tray

import (
	"context"
	"errors"
	"fmt"
)

// runSystray returns an error: the menu bar of macOS can only be used through cgo.
func runSystray(view, chan<- action, chan<- display, hooks) error {
	return fmt.Errorf("this lockbar was built without cgo and has no menu bar icon; `lockbar watch` shows the same in a terminal: %w", errors.ErrUnsupported)
}

func quitSystray() {}

// HasDesktop reports false: this build has no icon.
func HasDesktop(context.Context) bool { return false }
