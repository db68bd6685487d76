//go:build !unix || (darwin && !cgo)

package notify

// newNative returns nil: beeep delivers here.
func newNative(string, func(Event)) native { return nil }
