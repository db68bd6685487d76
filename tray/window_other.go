//go:build !windows && (!darwin || cgo)

package tray

// What only Windows has or needs; window_windows.go documents it.

func hookWindow(hooks) {}

func onMenu(draw func(open bool)) { draw(false) }

func closeMenu() {}
