//go:build cgo

package tray

// #cgo CFLAGS: -fobjc-arc
// #cgo LDFLAGS: -framework Cocoa -framework CoreGraphics -framework Security
// #include <stdlib.h>
// #include "mac_darwin.h"
import "C"

import "unsafe"

// wakes hints that the machine or its screens woke.
var wakes = make(chan struct{}, 1)

// lockbarWoke is called on the main thread.
//
//export lockbarWoke
func lockbarWoke() { hint(wakes) }

// hasWindowServer reports whether this process can show anything. Without one (ssh, launchd's Background sessions, root's
// daemons) NSApplication aborts the process. SessionGetInfo is what Java and Wine ask; the session's dictionary alone is there
// for ssh, too, while somebody is logged in at the screen.
func hasWindowServer() bool { return bool(C.lockbarHasWindowServer()) }

// stayAwake keeps App Nap, which makes all timers late, from this process until it ends, and has wakes told. The machine
// may sleep all the same.
func stayAwake() { C.lockbarStayAwake() }

// screenAsleep reports whether nobody can see what is posted. A Mac without any screen says no.
func screenAsleep() bool { return bool(C.lockbarScreenAsleep()) }

// setLabel sets what VoiceOver reads for the icon.
func setLabel(text string) {
	label := C.CString(text)
	defer C.free(unsafe.Pointer(label))
	C.lockbarSetLabel(label)
}
