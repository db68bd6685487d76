//go:build cgo

package tray

// #cgo CFLAGS: -fobjc-arc
// #cgo LDFLAGS: -framework Cocoa -framework CoreGraphics -framework Security
// #include <stdlib.h>
// #include "mac_darwin.h"
import "C"

import "unsafe"

// wakes receives a hint when the machine or its screens wake.
var wakes = make(chan struct{}, 1)

// lockbarWoke is called on the main thread.
//
//export lockbarWoke
func lockbarWoke() { hint(wakes) }

// hasWindowServer reports whether this process can show anything. Without a window server (ssh, launchd's Background sessions, root's
// daemons) NSApplication aborts the process. hasWindowServer calls SessionGetInfo too, as Java and Wine do, since
// CGSessionCopyCurrentDictionary succeeds even over ssh while somebody is logged in at the screen.
func hasWindowServer() bool { return bool(C.lockbarHasWindowServer()) }

// stayAwake turns off App Nap, which delays all timers, and starts the hints on wakes. The machine may still sleep.
func stayAwake() { C.lockbarStayAwake() }

// screenAsleep reports whether the screen is dark. It is false if macOS lists no screen at all.
func screenAsleep() bool { return bool(C.lockbarScreenAsleep()) }

// setLabel sets the text that VoiceOver reads for the icon.
func setLabel(text string) {
	label := C.CString(text)
	defer C.free(unsafe.Pointer(label))
	C.lockbarSetLabel(label)
}
