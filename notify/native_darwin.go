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
// Messages outlive the process. A click on one starts Lockbar if it does not run, and macOS tells the response to a delegate that is
// there before the application has finished launching; the outbox still knows the message. The tray begins to deliver, and so calls
// newNative, before systray launches; if it comes too late all the same, the response is lost, and Lockbar only starts.
type userNotifications struct {
	onEvent func(DesktopEvent)
	came    sync.Once
	cancel  context.CancelFunc
}

// listening is the one that responses are told to; macOS has one center for each process.
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

// buttonsOutlive reports whether a button works when the process that showed it has ended.
const buttonsOutlive = true

// newNative asks the user nothing. The first message does.
func newNative(_ string, onEvent func(DesktopEvent)) native {
	if !usable() {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	u := &userNotifications{onEvent: onEvent, cancel: cancel}
	listening.Store(u)
	C.lockbarListen()
	go askMac(ctx) // for the menu
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

// macStanding returns what is known of the permission.
func macStanding() macStatus {
	usable()
	return macStatus(macNow.Load())
}

// askMac reads the permission.
func askMac(ctx context.Context) {
	if !usable() {
		return
	}
	if a, err := await(ctx, func(token C.uint64_t) { C.lockbarReadPermission(token) }); err == nil {
		macNow.Store(int32(statusAfter(permission(a.ok, a.status, a.said))))
	}
}

func (u *userNotifications) show(ctx context.Context, l Letter) (Handle, error) {
	u.came.Do(func() { u.onEvent(DesktopEvent{Came: macService}) })
	a, err := await(ctx, func(token C.uint64_t) { C.lockbarAskPermission(token) })
	if err != nil {
		return Handle{}, err
	}
	err = permission(a.ok, a.status, a.said)
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

// close takes no message away: the next process hears the buttons of this one's.
func (u *userNotifications) close() {
	listening.CompareAndSwap(u, nil)
	u.cancel()
}

// call makes one call with a text and returns what went wrong.
func call(ctx context.Context, text string, ask func(C.uint64_t, *C.char)) error {
	c := C.CString(text)
	defer C.free(unsafe.Pointer(c))
	a, err := await(ctx, func(token C.uint64_t) { ask(token, c) })
	if err == nil && !a.ok {
		err = errors.New("notify: macOS: " + a.said)
	}
	return err
}

// macAnswer is what came back for a token.
type macAnswer struct {
	ok     bool
	status macStatus
	said   string
}

var (
	tokens  atomic.Uint64
	waiting sync.Map // by token: a chan macAnswer with room for the one answer
)

// await asks and waits for the answer, or for the end of ctx.
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
func lockbarAnswered(token C.uint64_t, ok C.bool, status C.int, said *C.char) {
	a := macAnswer{ok: bool(ok), status: macStatus(status)}
	if said != nil {
		a.said = C.GoString(said)
	}
	if answer, found := waiting.LoadAndDelete(uint64(token)); found {
		answer.(chan macAnswer) <- a
	}
}

// lockbarResponded leaves the thread at once: it is the main thread, for which the listener may wait.
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
