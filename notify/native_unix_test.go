//go:build linux

package notify

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// nativeDesk is a desktop whose notification service we talk to.
type nativeDesk struct {
	*testdesk.Notifications
	bus    *testdesk.Bus
	native native
	events chan Event
}

// newNativeDesk takes the session bus of this process' environment: no test with it may be parallel.
func newNativeDesk(t *testing.T) *nativeDesk {
	t.Helper()
	d := bareDesk(t)
	d.Notifications = testdesk.NewNotifications(t, d.bus)
	return d
}

// bareDesk has no notification service.
func bareDesk(t *testing.T) *nativeDesk {
	t.Helper()
	bus := testdesk.NewBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus.Address())
	d := &nativeDesk{bus: bus, events: make(chan Event, 100)}
	d.native = newNative(t.TempDir(), func(e Event) { d.events <- e })
	t.Cleanup(d.native.close)
	return d
}

func (d *nativeDesk) show(t *testing.T, l Letter) Handle {
	t.Helper()
	return testdesk.Must(d.native.show(testdesk.Deadline(t), l))(t)
}

// shown is what a call of show returned.
type shown struct {
	Handle
	err error
}

func (d *nativeDesk) showLater(ctx context.Context, l Letter) <-chan shown {
	c := make(chan shown, 1)
	go func() {
		h, err := d.native.show(ctx, l)
		c <- shown{h, err}
	}()
	return c
}

func (d *nativeDesk) next(t *testing.T) Event {
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

// waitClosed waits until the service closed messages: the program does not wait for that, or not for long.
func (d *nativeDesk) waitClosed(t *testing.T, closed ...Handle) {
	t.Helper()
	for _, h := range closed {
		if _, err := d.WaitClosing(testdesk.Deadline(t), h.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// unlockable is a letter with a button.
func unlockable(id int, title string) Letter {
	return Letter{ID: id, Message: Message{
		Title: title, Body: "Remove it <here> & now.", Plain: "Choose Force Unlock in the menu.", Icon: icons.Stale,
		Buttons: []Button{{Do: ForceUnlock, Label: "Force Unlock"}},
	}}
}

func TestNativeShowsReplacesAndWithdraws(t *testing.T) {
	d := newNativeDesk(t)
	one := d.show(t, unlockable(1, "one"))
	if e := d.next(t); e != (Event{Came: one.Service}) {
		t.Errorf("%+v", e)
	}
	n := d.Screen()[0]
	if n.App != "Lockbar" || n.Timeout != -1 || n.Urgency() != testdesk.Normal || !slices.Equal(n.Buttons(), []string{"Force Unlock"}) {
		t.Errorf("%+v", n)
	}
	d.show(t, Letter{ID: 2, Message: Message{Title: "other"}})
	two := d.show(t, Letter{ID: 3, Message: Message{Title: "two", Urgent: true}, Replaces: one})
	d.wantScreen(t, "two", "other")
	if n := d.Screen()[0]; two != one || n.Timeout != 0 || n.Urgency() != testdesk.Critical {
		t.Errorf("%v after %v: %+v", two, one, n)
	}
	for range 2 { // the second time it is not there any more
		if err := d.native.withdraw(t.Context(), two); err != nil {
			t.Error(err)
		}
	}
	d.waitClosed(t, two)
	d.wantScreen(t, "other")
}

func TestNativeHearsOfClicksAndClosings(t *testing.T) {
	for _, broadcast := range []bool{false, true} {
		d := newNativeDesk(t)
		d.SetBroadcast(broadcast)
		h := d.show(t, unlockable(7, "one"))
		d.next(t) // it came
		if err := d.Press(h.ID, "Force Unlock"); err != nil {
			t.Fatal(err)
		}
		for _, want := range []Event{{Handle: h, Button: "force-unlock#7"}, {Handle: h, Closed: true}} {
			if e := d.next(t); e != want {
				t.Errorf("%+v, want %+v", e, want)
			}
		}
		again := d.show(t, unlockable(8, "two"))
		if err := d.Close(again.ID, testdesk.Expired); err != nil {
			t.Fatal(err)
		}
		if e := d.next(t); e != (Event{Handle: again, Closed: true}) {
			t.Errorf("%+v", e)
		}
	}
}

// TestNativeKnowsOldSignals: the answer to Notify can overtake the signal that what it replaced was dismissed.
func TestNativeKnowsOldSignals(t *testing.T) {
	var said []Event
	b := &link{bus: "bus", say: func(e Event) { said = append(said, e) }}
	b.own(":1.2", 1)
	b.hold(":1.2", 5, posted{since: 8, must: true})
	closed := func(when dbus.Sequence) {
		b.hear(&dbus.Signal{Sender: ":1.2", Path: servicePath, Name: serviceName + ".NotificationClosed", Sequence: when, Body: []any{uint32(5), uint32(2)}})
	}
	closed(7)
	if len(b.held) != 1 {
		t.Error("it is not withdrawn at the end")
	}
	closed(9)
	if want := []Event{{Came: "bus/:1.2"}, {Handle: Handle{"bus/:1.2", 5}, Closed: true}}; !slices.Equal(said, want) || len(b.held) != 0 {
		t.Errorf("%+v, want %+v; %v", said, want, b.held)
	}
}

func TestNativeIgnoresStrangersAndNoise(t *testing.T) {
	d := newNativeDesk(t)
	h := d.show(t, unlockable(1, "one"))
	d.next(t) // it came
	to := d.Screen()[0].Sender
	for _, err := range []error{
		d.Forge(to, "ActionInvoked", h.ID, "force-unlock#1"),
		d.Forge(to, "NotificationClosed", h.ID, uint32(2)),
		d.Emit("ActionInvoked"),
		d.Emit("ActionInvoked", "x", "y"),
		d.Emit("ActionInvoked", h.ID, h.ID),
		d.Emit("NotificationClosed", h.ID),
		d.Emit("NotificationClosed", "x", uint32(2)),
		d.Emit("NotificationClosed", int32(1), uint32(2)),
		d.Emit("ActivationToken", h.ID, "token"),
		d.Close(h.ID, testdesk.Dismissed),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if e := d.next(t); e != (Event{Handle: h, Closed: true}) {
		t.Errorf("%+v", e)
	}
}

func TestNativeWaitsForAHungService(t *testing.T) {
	d := newNativeDesk(t)
	d.show(t, unlockable(1, "one"))
	d.Hang()
	later := d.showLater(testdesk.Deadline(t), unlockable(2, "two"))
	if err := d.WaitHeld(testdesk.Deadline(t), 1); err != nil {
		t.Fatal(err)
	}
	d.Release()
	if s := <-later; s.err != nil {
		t.Error(s.err)
	}
	d.wantScreen(t, "one", "two")
	if all := d.All(); len(all) != 2 {
		t.Errorf("told %d times: %v", len(all), all)
	}
}

func TestNativeGivesUpWithItsContext(t *testing.T) {
	d := newNativeDesk(t)
	d.show(t, unlockable(1, "one"))
	d.Hang()
	ctx, cancel := context.WithCancel(t.Context())
	later := d.showLater(ctx, unlockable(2, "two"))
	if err := d.WaitHeld(testdesk.Deadline(t), 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	if s := <-later; !errors.Is(s.err, context.Canceled) {
		t.Error(s.err)
	}
	d.native.close() // bounded, though the service hangs
}

// TestNativeEndsWhileShowing: what the service shows as the program ends has buttons that nobody hears.
func TestNativeEndsWhileShowing(t *testing.T) {
	d := newNativeDesk(t)
	one := d.show(t, unlockable(1, "one"))
	d.Hang()
	ctx, end := context.WithCancel(t.Context())
	later := d.showLater(ctx, unlockable(2, "two"))
	testdesk.Must(d.WaitCount(testdesk.Deadline(t), 2))(t)
	end()
	d.Release()
	two := <-later
	if two.err != nil {
		t.Error(two.err)
	}
	d.native.close()
	d.waitClosed(t, one, two.Handle)
	d.wantScreen(t)
}

// TestNativeTellsTheSuccessor: a service that dies takes what it was sent with it; its successor gets that, and numbers of its own.
func TestNativeTellsTheSuccessor(t *testing.T) {
	d := newNativeDesk(t)
	old := d.show(t, unlockable(1, "one"))
	d.next(t) // it came
	letter := unlockable(2, "two")
	letter.Replaces = old
	d.Hang()
	later := d.showLater(testdesk.Deadline(t), letter)
	if err := d.WaitHeld(testdesk.Deadline(t), 1); err != nil {
		t.Fatal(err)
	}
	heir := make(heir, 10)
	d.queueUp(t, heir)
	d.Stop()
	s := <-later
	if s.err != nil || s.Service == old.Service {
		t.Fatalf("%+v", s)
	}
	if e := d.next(t); e != (Event{Came: s.Service}) {
		t.Errorf("%+v", e)
	}
	if replaces := <-heir; replaces != 0 {
		t.Errorf("replaced a stranger's %d", replaces)
	}
	if err := d.native.withdraw(t.Context(), old); err != nil { // the heir has no method for that
		t.Error(err)
	}
}

// TestNativeNamesTheServiceThatFailed: the letter goes to a service that came since then at once, so not to the one that failed it.
func TestNativeNamesTheServiceThatFailed(t *testing.T) {
	d := newNativeDesk(t)
	old := d.show(t, unlockable(1, "one"))
	d.next(t) // it came
	d.Hang()
	later := d.showLater(testdesk.Deadline(t), unlockable(2, "two"))
	if err := d.WaitHeld(testdesk.Deadline(t), 1); err != nil {
		t.Fatal(err)
	}
	d.queueUp(t, struct{}{}) // it can do nothing
	d.Stop()
	if s, came := <-later, d.next(t).Came; s.err == nil || s.Handle != (Handle{Service: came}) || came == old.Service {
		t.Errorf("%+v, and %q came", s, came)
	}
}

// heir is a service that can only show.
type heir chan uint32

func (h heir) Notify(_ string, replaces uint32, _, _, _ string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	h <- replaces
	return 77, nil
}

// queueUp puts a service in line for the name.
func (d *nativeDesk) queueUp(t *testing.T, service any) {
	t.Helper()
	conn := d.bus.Connect(t)
	if err := conn.Export(service, servicePath, serviceName); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(serviceName, 0); err != nil {
		t.Fatal(err)
	}
}

func TestNativeSeesTheServiceComeBack(t *testing.T) {
	d := newNativeDesk(t)
	old := d.show(t, unlockable(1, "one"))
	d.next(t) // it came
	d.Stop()
	if _, err := d.native.show(testdesk.Deadline(t), unlockable(2, "two")); !errors.Is(err, errNoNative) {
		t.Errorf("without a service: %v", err)
	}
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	came := d.next(t).Came
	if came == "" || came == old.Service {
		t.Errorf("came %q after %q", came, old.Service)
	}
	letter := unlockable(3, "three")
	letter.Replaces = old
	if h := d.show(t, letter); h.Service != came || d.Screen()[0].ReplacesID != 0 {
		t.Errorf("%v: %+v", h, d.Screen())
	}
	if err := d.native.withdraw(t.Context(), old); err != nil {
		t.Error(err)
	}
	d.wantScreen(t, "three")
}

func TestNativeWithoutAServiceOrABus(t *testing.T) {
	d := bareDesk(t)
	for _, what := range []string{"service", "bus"} {
		if _, err := d.native.show(testdesk.Deadline(t), unlockable(1, "one")); !errors.Is(err, errNoNative) {
			t.Errorf("no %s: %v", what, err)
		}
		if err := d.native.withdraw(t.Context(), Handle{"x/:1.1", 1}); err != nil {
			t.Errorf("no %s: %v", what, err)
		}
		d.bus.Kill()
	}
}

func TestNativeOutlivesTheBus(t *testing.T) {
	d := newNativeDesk(t)
	old := d.show(t, unlockable(1, "one"))
	d.next(t) // it came
	d.Hang()
	later := d.showLater(testdesk.Deadline(t), unlockable(2, "two"))
	if err := d.WaitHeld(testdesk.Deadline(t), 1); err != nil {
		t.Fatal(err)
	}
	d.bus.Kill()
	if s := <-later; s.err == nil {
		t.Error("shown on a dead bus")
	}
	bus := testdesk.NewBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus.Address())
	d.Notifications = testdesk.NewNotifications(t, bus)
	if h := d.show(t, unlockable(3, "three")); h.Service == old.Service || d.next(t).Came != h.Service {
		t.Errorf("%v after %v", h, old)
	}
}

func TestNativeAsksWhatTheServiceCan(t *testing.T) {
	d := newNativeDesk(t)
	d.SetCapabilities("body")
	d.show(t, unlockable(1, "one"))
	d.show(t, unlockable(2, "two"))
	for _, n := range d.Screen() {
		if n.Body != "Choose Force Unlock in the menu." || len(n.Actions) != 0 {
			t.Errorf("%+v", n)
		}
	}
}

// TestNativeShowsAnewWhereButtonsStay: a message with the buttons of the one before would do nothing when they are clicked.
func TestNativeShowsAnewWhereButtonsStay(t *testing.T) {
	d := newNativeDesk(t)
	d.SetName(keepsButtons)
	one := d.show(t, unlockable(1, "one"))
	two := d.show(t, Letter{ID: 2, Message: Message{Title: "two"}, Replaces: one})
	d.waitClosed(t, one)
	d.wantScreen(t, "two")
	if all := d.All(); two == one || all[1].ReplacesID != 0 {
		t.Errorf("%v after %v: %+v", two, one, all[1])
	}
	d.show(t, Letter{ID: 3, Message: Message{Title: "three"}, Replaces: one}) // which is gone
	d.wantScreen(t, "two", "three")
}

func TestNativeTakesItsButtonsAlong(t *testing.T) {
	d := newNativeDesk(t)
	withButton := d.show(t, unlockable(1, "with a button"))
	urgent := d.show(t, Letter{ID: 2, Message: Message{Title: "urgent", Urgent: true}})
	over := d.show(t, Letter{ID: 3, Message: Message{Title: "also urgent", Urgent: true}})
	d.show(t, Letter{ID: 4, Message: Message{Title: "all clear"}, Replaces: over})
	d.native.close()
	d.waitClosed(t, withButton, urgent)
	d.wantScreen(t, "all clear")
}

func TestNativeClosesOnADeadBus(t *testing.T) {
	d := newNativeDesk(t)
	d.show(t, unlockable(1, "one"))
	d.bus.Kill()
	d.native.close()
	if err := d.native.withdraw(t.Context(), Handle{"x", 1}); err != nil {
		t.Error(err)
	}
}

func TestNativeLeavesNoGoroutines(t *testing.T) {
	d := newNativeDesk(t)
	d.show(t, unlockable(1, "one"))
	d.native.close()
	d.native.close()
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	if bytes.Contains(stacks, []byte("(*link)")) {
		t.Errorf("%s", stacks)
	}
}

// TestHungWithdrawalDelaysNothing: the message after it reaches the service.
func TestHungWithdrawalDelaysNothing(t *testing.T) {
	d := newNativeDesk(t)
	h := d.show(t, Letter{ID: 1, Message: Message{Title: "one"}})
	d.Hang()
	if err := d.native.withdraw(testdesk.Deadline(t), h); err != nil {
		t.Fatal(err)
	}
	later := d.showLater(testdesk.Deadline(t), Letter{ID: 2, Message: Message{Title: "two"}})
	testdesk.Must(d.WaitCount(testdesk.Deadline(t), 2))(t)
	d.Release()
	if two := <-later; two.err != nil {
		t.Error(two.err)
	}
}
