//go:build !windows && (!darwin || cgo)

package tray

// What only Windows has or needs; window_windows.go documents it.

func hookWindow(hooks) error { return nil }

func onMenu(draw func(open bool)) { draw(false) }

func closeMenu() {}
