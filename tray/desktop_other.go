//go:build windows || (darwin && cgo)

package tray

import (
	"context"

	"lockbar/icons"
)

// HasDesktop reports whether an icon would be seen. Each desktop of these systems has a place for it.
func HasDesktop(context.Context) bool { return hasWindowServer() }

// beforeRun has nothing to do: this system's tray takes nothing before it runs.
func beforeRun(view) {}

// trayIconData returns a picture in the form that systray takes.
func trayIconData(k icons.Kind) []byte { return icons.Tray(k) }
