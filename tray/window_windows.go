package tray

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The icon belongs to a hidden window of systray, whose messages we see first. Windows draws a menu once, when it opens: what is changed
// in it then cannot be seen, and can be clicked. So an open menu is never changed. It is closed when what it is about has changed.
// Both are asked and done on the window's own thread, between two clicks.

const (
	wmQueryEndSession = 0x0011
	wmEndSession      = 0x0016
	wmEnterMenuLoop   = 0x0211
	wmExitMenuLoop    = 0x0212
	wmDraw            = 0x8000 + 100 // WM_APP and up are a program's own

	gwlpWndProc = ^uintptr(3) // GWLP_WNDPROC, -4
)

var (
	user32           = windows.NewLazySystemDLL("user32.dll")
	callWindowProc   = user32.NewProc("CallWindowProcW")
	endMenu          = user32.NewProc("EndMenu")
	findWindowEx     = user32.NewProc("FindWindowExW")
	sendMessage      = user32.NewProc("SendMessageW")
	setWindowLongPtr = user32.NewProc("SetWindowLongPtrW")
)

// window is that of the icon.
type window struct {
	hooks
	handle  uintptr
	next    uintptr                  // systray's own procedure
	draws   chan func(menuOpen bool) // at most one: only the loop draws
	hasOpen bool                     // a menu; only its thread asks
}

var own window

// hookWindow puts us before systray in the window's procedure.
func hookWindow(h hooks) {
	own.hooks, own.handle, own.draws = h, findWindow(), make(chan func(bool), 1)
	own.next, _, _ = setWindowLongPtr.Call(own.handle, gwlpWndProc, windows.NewCallback(own.receive))
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

// receive gets a message for the window on its thread.
func (w *window) receive(handle, message, wParam, lParam uintptr) uintptr {
	switch message {
	case wmDraw:
		select {
		case draw := <-w.draws:
			draw(w.hasOpen)
		default: // another program sent it
		}
		return 0
	case wmEnterMenuLoop:
		w.hasOpen = true
		hint(w.opened)
	case wmExitMenuLoop:
		w.hasOpen = false
		hint(w.closed)
	case wmQueryEndSession:
		w.save() // after it, Windows may leave us no time
	case wmEndSession:
		if wParam == 0 {
			return 0 // another program keeps the session; systray would take the icon away
		}
	}
	result, _, _ := callWindowProc.Call(w.next, handle, message, wParam, lParam)
	return result
}

// onMenu runs draw on the window's thread, where no click comes in between, and tells it whether a menu is open. It returns when that is
// done, or the window is gone.
func onMenu(draw func(open bool)) {
	if own.next == 0 { // systray has changed its window: without us it works as before
		draw(false)
		return
	}
	own.draws <- draw
	sendMessage.Call(own.handle, wmDraw, 0, 0)
	select {
	case <-own.draws: // the window is gone
	default:
	}
}

// closeMenu closes the open menu; it is called by what onMenu runs.
func closeMenu() { endMenu.Call() }
