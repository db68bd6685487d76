//go:build !unix || darwin

package desktop

// FindSessionBus does nothing: these desktops have no session bus.
func FindSessionBus() {}
