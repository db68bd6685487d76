//go:build !windows && (!darwin || cgo)

package tray

// This file stands in for window_windows.go, which documents it.

// closesMenus reports whether an open menu is closed, not redrawn, when its subject changes.
const closesMenus = false

func hookWindow(hooks) error { return nil }

func onMenu(draw func(open bool)) { draw(false) }

func closeMenu() {}
