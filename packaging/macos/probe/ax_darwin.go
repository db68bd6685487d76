//go:build cgo

package main

// #cgo CFLAGS: -fobjc-arc
// #cgo LDFLAGS: -framework ApplicationServices -framework Foundation
// #include "ax_darwin.h"
import "C"

import (
	"errors"
	"time"
	"unsafe"
)

// theScreen is the screen of this Mac.
var theScreen screen = mac{}

type mac struct{}

// Trusted does not make macOS ask the user: the caller names the settings to change.
func (mac) Trusted() error {
	switch {
	case !bool(C.probeTrusted()):
		return errors.New("this process may not use Accessibility")
	case !bool(C.probeMayPost()):
		return errors.New("this process may not post events")
	}
	return nil
}

// mostDisplays is more than any Mac can drive.
const mostDisplays = 16

func (mac) Displays() ([]rect, error) {
	var displays [mostDisplays]C.ProbeRect
	n := C.probeDisplays(&displays[0], mostDisplays)
	if n < 0 {
		return nil, errors.New("macOS gave no list of displays")
	}
	var all []rect
	for _, d := range displays[:n] {
		all = append(all, plainRect(d))
	}
	return all, nil
}

func plainRect(r C.ProbeRect) rect {
	return rect{float64(r.x), float64(r.y), float64(r.width), float64(r.height)}
}

func (mac) Item(pid int) (rect, error) {
	var frame C.ProbeRect
	code := C.probeItem(C.int(pid), &frame)
	return plainRect(frame), axError(int(code))
}

func (mac) ItemMenu(pid int) ([]entry, error) {
	var menu C.ProbeMenu
	return entries(&menu, C.probeItemMenu(C.int(pid), &menu))
}

func (mac) MenuAt(pid int, at point) ([]entry, error) {
	var menu C.ProbeMenu
	return entries(&menu, C.probeMenuAt(C.int(pid), C.double(at.X), C.double(at.Y), &menu))
}

// entries converts a menu to Go, and frees it.
func entries(menu *C.ProbeMenu, code C.int) ([]entry, error) {
	defer C.probeFreeMenu(menu)
	if err := axError(int(code)); err != nil {
		return nil, err
	}
	var all []entry
	for _, e := range unsafe.Slice(menu.entries, int(menu.count)) {
		all = append(all, entry{int(e.depth), C.GoString(e.title), C.GoString(e.mark), bool(e.enabled), plainRect(e.frame)})
	}
	return all, nil
}

func (mac) Pointer() (point, error) {
	var x, y C.double
	if !bool(C.probePointer(&x, &y)) {
		return point{}, errors.New("macOS gave no position of the mouse")
	}
	return point{float64(x), float64(y)}, nil
}

func (mac) Mouse(do action, at point) error {
	x, y := C.double(at.X), C.double(at.Y)
	var sent C.bool
	if do == move {
		sent = C.probeMoveMouse(x, y)
	} else {
		sent = C.probeLeftButton(C.bool(do == down), x, y)
	}
	return posted(bool(sent))
}

func posted(sent bool) error {
	if !sent {
		return errors.New("the event could not be made")
	}
	return nil
}

// escapeKey is kVK_Escape of Carbon's Events.h, the same on every keyboard.
const escapeKey = 53

func (mac) Escape() error {
	if err := posted(bool(C.probeKey(escapeKey, true))); err != nil {
		return err
	}
	time.Sleep(clickTime)
	err := posted(bool(C.probeKey(escapeKey, false)))
	time.Sleep(deliveryTime)
	return err
}
