//go:build cgo

package notify

// #cgo CFLAGS: -fobjc-arc
// #cgo LDFLAGS: -framework Foundation -framework Security -framework UserNotifications
// #include <stdlib.h>
// #include "native_darwin.h"
import "C"

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"unsafe"
)

// userNotifications delivers by UNUserNotificationCenter, which shows messages under Lockbar's name.
//
// Messages outlive the process. A click on one starts Lockbar if it does not run, and the outbox of the new process still knows the
// message. But macOS reports the response only to a delegate that is set before the application has finished launching. So the tray
// starts delivery, which calls newNative, before it starts systray. If even that is too late, the response is lost, and Lockbar only
// starts.
type userNotifications struct {
	onEvent  func(DesktopEvent)
	appeared sync.Once
	cancel   context.CancelFunc
}

// listening receives the responses. macOS has one notification center for each process, so one listener suffices.
var listening atomic.Pointer[userNotifications]

// macNow is the newest macStatus of this process.
var macNow atomic.Int32

// usable reports whether this process may use the notification center.
var usable = sync.OnceValue(func() bool {
	usable := readSignature().suffices() && bool(C.lockbarHasCenter())
	if !usable {
		macNow.Store(int32(macUnusable))
	}
	return usable
})

// buttonsOutlive reports whether a button works after the process that showed it has ended.
const buttonsOutlive = true

// newNative does not ask the user for permission. The first message does.
func newNative(_ string, onEvent func(DesktopEvent)) native {
	if !usable() {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	u := &userNotifications{onEvent: onEvent, cancel: cancel}
	listening.Store(u)
	C.lockbarListen()
	go queryMac(ctx) // for the menu
	return u
}

func readSignature() macSignature {
	s := macSignature{inApp: bool(C.lockbarInApp())}
	var flags C.uint32_t
	var team C.bool
	s.known = bool(C.lockbarSignature(&flags, &team))
	s.flags, s.team = uint32(flags), bool(team)
	return s
}

// macStanding returns the status of the permission as far as it is known, without a query.
func macStanding() macStatus {
	usable()
	return macStatus(macNow.Load())
}

// queryMac updates the permission that macStanding returns.
func queryMac(ctx context.Context) {
	if !usable() {
		return
	}
	if a, err := await(ctx, func(token C.uint64_t) { C.lockbarReadPermission(token) }); err == nil {
		macNow.Store(int32(statusAfter(permission(a.ok, a.status, a.text))))
	}
}

func (u *userNotifications) show(ctx context.Context, l Letter) (Handle, error) {
	u.appeared.Do(func() { u.onEvent(DesktopEvent{Appeared: macService}) })
	a, err := await(ctx, func(token C.uint64_t) { C.lockbarAskPermission(token) })
	if err != nil {
		return Handle{}, err
	}
	err = permission(a.ok, a.status, a.text)
	macNow.Store(int32(statusAfter(err)))
	if err != nil {
		return Handle{}, err
	}
	h := Handle{Service: macService, ID: uint32(l.ID)}
	err = call(ctx, string(macRequestOf(l)), func(token C.uint64_t, request *C.char) { C.lockbarShow(token, request) })
	if err != nil {
		return Handle{}, err
	}
	return h, nil
}

func (u *userNotifications) withdraw(ctx context.Context, h Handle) error {
	if h.Service != macService {
		return nil
	}
	return call(ctx, macID(int(h.ID)), func(token C.uint64_t, id *C.char) { C.lockbarRemove(token, id) })
}

// close removes no message: the next process handles the buttons of this process's messages.
func (u *userNotifications) close() {
	listening.CompareAndSwap(u, nil)
	u.cancel()
}

// call makes one call with a text and returns its error.
func call(ctx context.Context, text string, ask func(C.uint64_t, *C.char)) error {
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	a, err := await(ctx, func(token C.uint64_t) { ask(token, c) })
	if err == nil && !a.ok {
		err = errors.New("notify: macOS: " + a.text)
	}
	return err
}

// macAnswer is the answer for a token.
type macAnswer struct {
	ok     bool
	status macStatus
	text   string // of the error
}

var (
	tokens  atomic.Uint64
	waiting sync.Map // by token: a chan macAnswer with room for the answer
)

// await calls ask and waits for the answer, or for the end of ctx.
func await(ctx context.Context, ask func(token C.uint64_t)) (macAnswer, error) {
	token, answer := tokens.Add(1), make(chan macAnswer, 1)
	waiting.Store(token, answer)
	defer waiting.Delete(token)
	ask(C.uint64_t(token))
	select {
	case a := <-answer:
		return a, nil
	case <-ctx.Done():
		return macAnswer{}, ctx.Err()
	}
}

//export lockbarAnswered
func lockbarAnswered(token C.uint64_t, ok C.bool, status C.int, text *C.char) {
	a := macAnswer{ok: bool(ok), status: macStatus(status)}
	if text != nil {
		a.text = C.GoString(text)
	}
	if answer, found := waiting.LoadAndDelete(uint64(token)); found {
		answer.(chan macAnswer) <- a
	}
}

// lockbarResponded returns at once, because it runs on the main thread, and onEvent may wait for the main thread.
//
//export lockbarResponded
func lockbarResponded(request, action *C.char) {
	u, events := listening.Load(), macEvents(C.GoString(request), C.GoString(action))
	if u == nil {
		return
	}
	go func() {
		for _, e := range events {
			u.onEvent(e)
		}
	}()
}
