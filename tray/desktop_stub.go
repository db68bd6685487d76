//go:build darwin && !cgo

package tray

import "context"

// HasDesktop reports whether an icon would be seen: this build has none.
func HasDesktop(context.Context) bool { return false }
