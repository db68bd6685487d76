//go:build linux

package notify

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/godbus/dbus/v5"

	"lockbar/internal/testdesk"
)

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
	if e := d.next(t); e != (DesktopEvent{Appeared: s.Service}) {
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
	if s, came := <-later, d.next(t).Appeared; s.err == nil || s.Handle != (Handle{Service: came}) || came == old.Service {
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
	came := d.next(t).Appeared
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
	if h := d.show(t, unlockable(3, "three")); h.Service == old.Service || d.next(t).Appeared != h.Service {
		t.Errorf("%v after %v", h, old)
	}
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
