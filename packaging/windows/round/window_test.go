//go:build windows

package round

import (
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	user32           = windows.NewLazySystemDLL("user32.dll")
	shell32          = windows.NewLazySystemDLL("shell32.dll")
	findWindowEx     = user32.NewProc("FindWindowExW")
	postMessage      = user32.NewProc("PostMessageW")
	sendMessage      = user32.NewProc("SendMessageW")
	setCursorPos     = user32.NewProc("SetCursorPos")
	getMenuItemCount = user32.NewProc("GetMenuItemCount")
	getMenuString    = user32.NewProc("GetMenuStringW")
	notifyIconRect   = shell32.NewProc("Shell_NotifyIconGetRect")
)

const (
	wmClose           = 0x0010
	wmKeyDown         = 0x0100
	wmQueryEndSession = 0x0011
	wmEndSession      = 0x0016
	wmLeftUp          = 0x0202
	wmIcon            = 0x0400 + 1 // systray's own message: the mouse did something with the icon
	mnGetMenu         = 0x01E1     // MN_GETHMENU
	byPosition        = 0x0400
	iconID            = 100 // systray's
)

// windowOf returns the window of the icon of a process, or 0.
func windowOf(pid int) uintptr {
	for _, found := range allOf("SystrayClass", pid) {
		return found
	}
	return 0
}

// menuOf returns the window of the open menu, or 0.
func (a *app) menuOf() uintptr {
	for _, found := range allOf("#32768", a.process.Process.Pid) {
		if windows.IsWindowVisible(windows.HWND(found)) {
			return found
		}
	}
	return 0
}

// allOf returns the windows of a process that have a class.
func allOf(class string, pid int) (all []uintptr) {
	for found := child(0, 0, class); found != 0; found = child(0, found, class) {
		var owner uint32
		if _, _ = windows.GetWindowThreadProcessId(windows.HWND(found), &owner); int(owner) == pid {
			all = append(all, found)
		}
	}
	return all
}

// child returns the next window of a class inside parent. Parent 0 is the desktop; after 0 starts at the first.
func child(parent, after uintptr, class string) uintptr {
	found, _, _ := findWindowEx.Call(parent, after, uintptr(unsafe.Pointer(windows.StringToUTF16Ptr(class))), 0)
	return found
}

// open opens the menu, as a click on the icon does. It clicks again after a while: if the app had not drawn the last change yet, it closed
// the menu at once.
func (a *app) open() {
	setCursorPos.Call(300, 300)
	var clicked time.Time
	a.within("the menu opens", func() bool {
		if a.menuOf() == 0 && time.Since(clicked) > 10*time.Second {
			clicked = time.Now()
			postMessage.Call(a.window, wmIcon, iconID, wmLeftUp)
		}
		return a.menuOf() != 0
	})
}

// closed waits until the menu is closed.
func (a *app) closed(why string) {
	a.within("the menu closes "+why, func() bool { return a.menuOf() == 0 })
}

// keys of the menu.
const (
	keyReturn = 0x0d
	keyEscape = 0x1b
	keyUp     = 0x26
)

func (a *app) press(key uintptr) { postMessage.Call(a.window, wmKeyDown, key, 0) }

// fromBottom gives the place of an entry from the end of the menu, without separators, for one store whose history has a line.
var fromBottom = map[string]int{"Quit Lockbar": 1, "Force Unlock": 9, "Undo Force Unlock": 9}

// point moves the selection to an entry of the open menu.
func (a *app) point(title string) {
	up := fromBottom[title]
	if titles := a.titles(); len(titles) > 0 {
		at := slices.Index(titles, title)
		if at < 0 {
			a.fail("%s is not in the menu %q", title, titles)
		}
		up = len(titles) - at
	}
	for range up {
		a.press(keyUp)
	}
}

// choose opens the menu and chooses an entry.
func (a *app) choose(title string) {
	a.open()
	a.point(title)
	a.press(keyReturn)
	a.closed("after " + title)
}

// titles returns the titles of the open menu, or none where no program can read another's menu, as under Wine.
func (a *app) titles() (titles []string) {
	menu, _, _ := sendMessage.Call(a.menuOf(), mnGetMenu, 0, 0)
	count, _, _ := getMenuItemCount.Call(menu)
	for i := range int(int32(count)) {
		var text [256]uint16
		getMenuString.Call(menu, uintptr(i), uintptr(unsafe.Pointer(&text[0])), uintptr(len(text)), byPosition)
		if title := windows.UTF16ToString(text[:]); title != "" {
			titles = append(titles, title)
		}
	}
	return titles
}

// iconRect returns the frame of the icon on the screen.
func (a *app) iconRect() (windows.Rect, bool) {
	of := struct {
		size   uint32
		window uintptr
		id     uint32
		guid   windows.GUID
	}{window: a.window, id: iconID}
	of.size = uint32(unsafe.Sizeof(of))
	var rect windows.Rect
	failed, _, _ := notifyIconRect.Call(uintptr(unsafe.Pointer(&of)), uintptr(unsafe.Pointer(&rect)))
	return rect, failed == 0 && rect.Right > rect.Left
}
