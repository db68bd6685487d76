//go:build windows || (darwin && cgo)

package tray

import (
	"context"

	"lockbar/icons"
)

// HasDesktop reports whether an icon would be seen. Every desktop of these systems has a place for it. On Windows it is always true.
func HasDesktop(context.Context) bool { return hasWindowServer() }

// beforeRun does nothing: on these systems nothing can be set before systray runs.
func beforeRun(view) {}

// trayIconData returns a picture in the format that systray takes.
func trayIconData(k icons.Kind) []byte { return icons.Tray(k) }
