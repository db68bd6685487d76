//go:build darwin && !cgo

package tray

import (
	"context"
	"errors"
	"fmt"
)

// The menu bar of macOS is reached through cgo only.
func runSystray(view, chan<- action, chan<- display, hooks) error {
	return fmt.Errorf("this lockbar was built without cgo and has no menu bar icon; `lockbar watch` shows the same in a terminal: %w", errors.ErrUnsupported)
}

func quitSystray() {}

// HasDesktop reports whether an icon would be seen: this build has none.
func HasDesktop(context.Context) bool { return false }
