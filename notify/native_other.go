//go:build !unix || (darwin && !cgo)

package notify

// buttonsOutlive reports whether a button works after the process that showed it has ended.
const buttonsOutlive = false

// newNative returns nil: beeep delivers here.
func newNative(string, func(DesktopEvent)) native { return nil }
