package tray

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The icon belongs to a hidden window of systray, whose messages we receive first. Windows draws a menu once, when it opens: an item that
// changes later looks as before, but a click on it does the new thing. So a menu is never changed while it is open or a click in it is on
// its way. An open menu is closed when what it is about (subjectOf) has changed. The window's own thread, which also receives the clicks,
// draws and closes the menu.

const (
	wmClose           = 0x0010
	wmQueryEndSession = 0x0011
	wmEndSession      = 0x0016
	wmEnterMenuLoop   = 0x0211
	wmExitMenuLoop    = 0x0212
	wmDraw            = 0x8000 + 100 // a program may use the numbers from WM_APP on
	wmClosed          = wmDraw + 1

	gwlpWndProc = ^uintptr(3) // GWLP_WNDPROC, -4
)

var (
	user32           = windows.NewLazySystemDLL("user32.dll")
	callWindowProc   = user32.NewProc("CallWindowProcW")
	endMenu          = user32.NewProc("EndMenu")
	findWindowEx     = user32.NewProc("FindWindowExW")
	getWindowLongPtr = user32.NewProc("GetWindowLongPtrW")
	postMessage      = user32.NewProc("PostMessageW")
	sendMessage      = user32.NewProc("SendMessageW")
	setWindowLongPtr = user32.NewProc("SetWindowLongPtrW")
)

// closesMenus reports whether an open menu is closed, not redrawn, when its subject changes.
const closesMenus = true

// window is the window of the icon. Only its thread touches menuOpen and opens.
type window struct {
	hooks
	handle   uintptr
	next     uintptr                  // systray's own procedure
	draws    chan func(menuOpen bool) // at most one: only one goroutine draws at a time
	menuOpen bool                     // also while a click in the closed menu is on its way
	opens    uintptr                  // the number of menus opened so far
}

var iconWindow window

// hookWindow makes us receive the window's messages before systray. If it fails, systray works as it does alone: an open menu may change.
func hookWindow(h hooks) error {
	w := &iconWindow
	w.hooks, w.handle, w.draws = h, findWindow(), make(chan func(bool), 1)
	next, _, err := getWindowLongPtr.Call(w.handle, gwlpWndProc)
	if next == 0 {
		return fmt.Errorf("find the window of the icon: %w", err)
	}
	w.next = next // before the first message comes
	if old, _, err := setWindowLongPtr.Call(w.handle, gwlpWndProc, windows.NewCallback(w.receive)); old == 0 {
		w.next = 0
		return fmt.Errorf("hook the window of the icon: %w", err)
	}
	return nil
}

// findWindow finds the window of this process' icon by its class.
func findWindow() uintptr {
	class := windows.StringToUTF16Ptr("SystrayClass")
	var found uintptr
	for {
		found, _, _ = findWindowEx.Call(0, found, uintptr(unsafe.Pointer(class)), 0)
		var pid uint32
		_, _ = windows.GetWindowThreadProcessId(windows.HWND(found), &pid)
		if found == 0 || int(pid) == os.Getpid() {
			return found
		}
	}
}

// receive handles a message for the window, on its thread.
func (w *window) receive(handle uintptr, message uint32, wParam, lParam uintptr) uintptr {
	switch message {
	case wmDraw:
		select {
		case draw := <-w.draws:
			draw(w.menuOpen)
		default: // another program sent it
		}
		return 0
	case wmClosed:
		w.menuClosed(wParam, lParam)
		return 0
	case wmEnterMenuLoop:
		w.menuOpen, w.opens = true, w.opens+1
		hint(w.opened)
	case wmExitMenuLoop:
		postMessage.Call(w.handle, wmClosed, 1, w.opens)
	case wmClose:
		if w.menuOpen { // the menu's own message loop would take the WM_QUIT that is to end systray's
			closeMenu()
			postMessage.Call(w.handle, wmClose, 0, 0)
			return 0
		}
	case wmQueryEndSession:
		w.save() // after this message Windows may leave us no time
	case wmEndSession:
		if wParam == 0 {
			return 0 // another program keeps the session; systray would remove the icon
		}
	}
	result, _, _ := callWindowProc.Call(w.next, handle, uintptr(message), wParam, lParam)
	return result
}

// menuClosed handles our message that a menu was closed. Windows posts the click in the menu after it, so our message is posted a second
// time, to arrive after the click.
func (w *window) menuClosed(again, menu uintptr) {
	switch {
	case again != 0:
		postMessage.Call(w.handle, wmClosed, 0, menu)
	case menu == w.opens: // no other menu was opened since
		w.menuOpen = false
		hint(w.closed)
	}
}

// onMenu runs draw on the window's thread, and tells draw whether a menu is open or a click is on its way. Without the hook it runs
// draw(false) here. It returns when draw is done, or the window is gone.
func onMenu(draw func(open bool)) {
	w := &iconWindow
	if w.next == 0 {
		draw(false)
		return
	}
	w.draws <- draw
	sendMessage.Call(w.handle, wmDraw, 0, 0)
	select {
	case <-w.draws: // the window is gone
	default:
	}
}

// closeMenu closes the open menu. It must be called on the window's thread.
func closeMenu() { endMenu.Call() }
