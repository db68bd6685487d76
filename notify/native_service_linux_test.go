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
	"lockbar/internal/testfs"
)

func TestNativeGivesUpWithItsContext(t *testing.T) {
	d := newNativeDesk(t)
	d.show(t, unlockable(1, "one"))
	d.Hang()
	ctx, cancel := context.WithCancel(t.Context())
	later := d.showLater(ctx, unlockable(2, "two"))
	testfs.Check(t, d.WaitHeld(testdesk.Deadline(t), 1))
	cancel()
	if s := <-later; !errors.Is(s.err, context.Canceled) {
		t.Error(s.err)
	}
	d.native.close() // returns although the service hangs
}

// TestNativeEndsWhileShowing checks that a message that is shown as the program ends is withdrawn: its buttons would not work.
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

// TestNativeRetriesWithTheSuccessor checks that if the service dies, its successor gets the message, which replaces none of the
// successor's.
func TestNativeRetriesWithTheSuccessor(t *testing.T) {
	d := newNativeDesk(t)
	old := d.show(t, unlockable(1, "one"))
	d.next(t) // the service appeared
	letter := unlockable(2, "two")
	letter.Replaces = old
	d.Hang()
	later := d.showLater(testdesk.Deadline(t), letter)
	testfs.Check(t, d.WaitHeld(testdesk.Deadline(t), 1))
	successor := make(minimalService, 10)
	d.queueUp(t, successor)
	d.Stop()
	s := <-later
	if s.err != nil || s.Service == old.Service {
		t.Fatalf("%+v", s)
	}
	if e := d.next(t); e != (DesktopEvent{Appeared: s.Service}) {
		t.Errorf("%+v", e)
	}
	if replaces := <-successor; replaces != 0 {
		t.Errorf("it replaces message %d, which the successor never showed", replaces)
	}
	if err := d.native.withdraw(t.Context(), old); err != nil { // the successor has no CloseNotification
		t.Error(err)
	}
}

// TestNativeNamesTheServiceThatFailed checks that the handle names the failed service: the outbox sends the letter at once to any other
// service that has appeared since.
func TestNativeNamesTheServiceThatFailed(t *testing.T) {
	d := newNativeDesk(t)
	old := d.show(t, unlockable(1, "one"))
	d.next(t) // the service appeared
	d.Hang()
	later := d.showLater(testdesk.Deadline(t), unlockable(2, "two"))
	testfs.Check(t, d.WaitHeld(testdesk.Deadline(t), 1))
	d.queueUp(t, struct{}{}) // a service without methods
	d.Stop()
	if s, service := <-later, d.next(t).Appeared; s.err == nil || s.Handle != (Handle{Service: service}) || service == old.Service {
		t.Errorf("%+v, and %q appeared", s, service)
	}
}

// minimalService implements only Notify, and is the channel of the IDs to replace.
type minimalService chan uint32

func (m minimalService) Notify(_ string, replaces uint32, _, _, _ string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	m <- replaces
	return 77, nil
}

// queueUp puts a service into the queue for the bus name of notifications.
func (d *nativeDesk) queueUp(t *testing.T, service any) {
	t.Helper()
	conn := d.bus.Connect(t)
	testfs.Check(t, conn.Export(service, servicePath, serviceName))
	if _, err := conn.RequestName(serviceName, 0); err != nil {
		t.Fatal(err)
	}
}

// TestNativeWithdrawsNothingFromTheSuccessor checks that a message of a restarted service is not taken for the old one with its number.
func TestNativeWithdrawsNothingFromTheSuccessor(t *testing.T) {
	d := newNativeDesk(t)
	old := d.show(t, unlockable(1, "one"))
	d.Stop()
	testfs.Check(t, d.Start())
	d.show(t, unlockable(2, "two")) // the numbers begin again
	testfs.Check(t, d.native.withdraw(t.Context(), old))
	d.show(t, unlockable(3, "three")) // a withdrawal is not answered
	d.wantScreen(t, "two", "three")
}

func TestNativeWithoutAServiceOrABus(t *testing.T) {
	d := bareDesk(t)
	for _, missing := range []string{"service", "bus"} {
		if _, err := d.native.show(testdesk.Deadline(t), unlockable(1, "one")); !errors.Is(err, errNoNative) {
			t.Errorf("no %s: %v", missing, err)
		}
		if err := d.native.withdraw(t.Context(), Handle{"x/:1.1", 1}); err != nil {
			t.Errorf("no %s: %v", missing, err)
		}
		d.bus.Kill()
	}
}

func TestNativeOutlivesTheBus(t *testing.T) {
	d := newNativeDesk(t)
	old := d.show(t, unlockable(1, "one"))
	d.next(t) // the service appeared
	d.Hang()
	later := d.showLater(testdesk.Deadline(t), unlockable(2, "two"))
	testfs.Check(t, d.WaitHeld(testdesk.Deadline(t), 1))
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

// TestHungWithdrawalDelaysNothing checks that a message reaches a service that has not answered a withdrawal.
func TestHungWithdrawalDelaysNothing(t *testing.T) {
	d := newNativeDesk(t)
	h := d.show(t, Letter{ID: 1, Message: Message{Title: "one"}})
	d.Hang()
	testfs.Check(t, d.native.withdraw(testdesk.Deadline(t), h))
	later := d.showLater(testdesk.Deadline(t), Letter{ID: 2, Message: Message{Title: "two"}})
	testdesk.Must(d.WaitCount(testdesk.Deadline(t), 2))(t)
	d.Release()
	if two := <-later; two.err != nil {
		t.Error(two.err)
	}
}
