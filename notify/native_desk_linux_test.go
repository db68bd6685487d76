//go:build linux

package notify

import (
	"context"
	"slices"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// nativeDesk is a private bus, a notification service on it (nil in a bareDesk), and a native that uses both.
type nativeDesk struct {
	*testdesk.Notifications
	bus    *testdesk.Bus
	native native
	events chan DesktopEvent
}

// newNativeDesk returns a desktop with a notification service. It sets the session bus of this process, so its tests must not be parallel.
func newNativeDesk(t *testing.T) *nativeDesk {
	t.Helper()
	d := bareDesk(t)
	d.Notifications = testdesk.NewNotifications(t, d.bus)
	return d
}

// bareDesk returns a desktop without a notification service.
func bareDesk(t *testing.T) *nativeDesk {
	t.Helper()
	bus := testdesk.NewBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus.Address())
	d := &nativeDesk{bus: bus, events: make(chan DesktopEvent, 100)}
	d.native = newNative(t.TempDir(), func(e DesktopEvent) { d.events <- e })
	t.Cleanup(d.native.close)
	return d
}

func (d *nativeDesk) show(t *testing.T, l Letter) Handle {
	t.Helper()
	return testdesk.Must(d.native.show(testdesk.Deadline(t), l))(t)
}

// showResult is the result of a call of show.
type showResult struct {
	Handle
	err error
}

func (d *nativeDesk) showLater(ctx context.Context, l Letter) <-chan showResult {
	c := make(chan showResult, 1)
	go func() {
		h, err := d.native.show(ctx, l)
		c <- showResult{h, err}
	}()
	return c
}

func (d *nativeDesk) next(t *testing.T) DesktopEvent {
	t.Helper()
	select {
	case e := <-d.events:
		return e
	case <-testdesk.Deadline(t).Done():
		t.Fatal("no event")
		panic("unreachable")
	}
}

func (d *nativeDesk) titles() (titles []string) {
	for _, n := range d.Screen() {
		titles = append(titles, n.Summary)
	}
	return titles
}

func (d *nativeDesk) wantScreen(t *testing.T, want ...string) {
	t.Helper()
	if got := d.titles(); !slices.Equal(got, want) {
		t.Errorf("the screen shows %q, want %q", got, want)
	}
}

// waitClosed waits until the service has closed these messages: native does not wait for that, or not for long.
func (d *nativeDesk) waitClosed(t *testing.T, closed ...Handle) {
	t.Helper()
	for _, h := range closed {
		if _, err := d.WaitClosing(testdesk.Deadline(t), h.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// unlockable returns a letter with a button.
func unlockable(id int, title string) Letter {
	return Letter{ID: id, Message: Message{
		Title: title, Body: "Remove it <here> & now.", Plain: "Choose Force Unlock in the menu.", Icon: icons.Stale,
		Buttons: []Button{{Do: ForceUnlock, Label: "Force Unlock"}},
	}}
}
