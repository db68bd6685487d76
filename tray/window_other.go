//go:build !windows && (!darwin || cgo)

package tray

// What only Windows has or needs; window_windows.go documents it.

// closesMenus: what is drawn shows in an open menu, too, or takes its items away there and then.
const closesMenus = false

func hookWindow(hooks) error { return nil }

func onMenu(draw func(open bool)) { draw(false) }

func closeMenu() {}
