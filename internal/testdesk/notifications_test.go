//go:build linux

package testdesk_test

import (
	"testing"

	"github.com/godbus/dbus/v5"

	. "lockbar/internal/testdesk"
)

const notifyInterface = "org.freedesktop.Notifications"

// client is a program that notifies.
type client struct {
	object  dbus.BusObject
	signals chan *dbus.Signal
}

func newClient(t *testing.T, bus *Bus) client {
	t.Helper()
	conn := bus.Connect(t)
	if err := conn.AddMatchSignal(dbus.WithMatchInterface(notifyInterface)); err != nil {
		t.Fatal(err)
	}
	c := client{conn.Object(notifyInterface, "/org/freedesktop/Notifications"), make(chan *dbus.Signal, 10)}
	conn.Signal(c.signals)
	return c
}

// notify returns at once; the answer comes through Done.
func (c client) notify(replaces uint32, summary string, urgency byte) *dbus.Call {
	return c.object.Go(notifyInterface+".Notify", 0, nil, "app", replaces, "icon", summary, "body",
		[]string{"undo", "Undo"}, map[string]dbus.Variant{"urgency": dbus.MakeVariant(urgency)}, int32(-1))
}

func answer(t *testing.T, call *dbus.Call) (id uint32) {
	t.Helper()
	if err := (<-call.Done).Store(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestNotificationIsRecorded(t *testing.T) {
	bus := NewBus(t)
	service := NewNotifications(t, bus)
	c := newClient(t, bus)
	id := answer(t, c.notify(0, "one", Critical))
	if again := answer(t, c.notify(id, "two", Low)); again != id {
		t.Errorf("replaced %d, got %d", id, again)
	}
	all := Must(service.WaitCount(Deadline(t), 2))(t)
	one, two := all[0], all[1]
	if one.App != "app" || one.Summary != "one" || one.Body != "body" || one.Urgency() != Critical || len(one.Actions) != 2 {
		t.Errorf("recorded %+v", one)
	}
	if two.ReplacesID != id || two.Urgency() != Low || two.Timeout != -1 {
		t.Errorf("recorded %+v", two)
	}
	found := Must(service.WaitFor(Deadline(t), func(n Notification) bool { return n.Summary == "two" }))(t)
	if found.ID != id {
		t.Errorf("found %v", found)
	}
}

func TestActionReachesTheSenderAlone(t *testing.T) {
	for _, broadcast := range []bool{false, true} {
		bus := NewBus(t)
		service := NewNotifications(t, bus)
		service.SetBroadcast(broadcast)
		sender, other := newClient(t, bus), newClient(t, bus)
		id := answer(t, sender.notify(0, "one", Normal))
		if err := service.Invoke(id, "undo"); err != nil {
			t.Fatal(err)
		}
		if s := <-sender.signals; s.Name != notifyInterface+".ActionInvoked" || s.Body[1] != "undo" {
			t.Errorf("got %v", s)
		}
		if s := <-sender.signals; s.Name != notifyInterface+".NotificationClosed" || s.Body[1] != uint32(Dismissed) {
			t.Errorf("got %v", s)
		}
		// An answer comes after all signals that were sent before it.
		answer(t, other.notify(0, "two", Normal))
		if got := len(other.signals) > 0; got && !broadcast {
			t.Errorf("broadcast %v: the other program heard of it: %v", broadcast, got)
		}
	}
}

func TestHungServiceAnswersWhenReleased(t *testing.T) {
	bus := NewBus(t)
	service := NewNotifications(t, bus)
	c := newClient(t, bus)
	service.Hang()
	call := c.notify(0, "one", Normal)
	all := Must(service.WaitCount(Deadline(t), 1))(t)
	select {
	case <-call.Done:
		t.Error("a hung service answered")
	default:
	}
	service.Release()
	if id := answer(t, call); id != all[0].ID {
		t.Errorf("answered %d, recorded %v", id, all[0])
	}
}

func TestStoppedServiceAnswersWithAnError(t *testing.T) {
	bus := NewBus(t)
	service := NewNotifications(t, bus)
	c := newClient(t, bus)
	service.Hang()
	hung := c.notify(0, "one", Normal)
	Must(service.WaitCount(Deadline(t), 1))(t)
	service.Stop()
	for _, call := range []*dbus.Call{hung, c.notify(0, "two", Normal)} {
		if (<-call.Done).Err == nil {
			t.Error("a stopped service answered")
		}
	}
	service.Release()
	if err := service.Start(); err != nil {
		t.Fatal(err)
	}
	answer(t, c.notify(0, "three", Normal))
}

func TestProgramClosesItsNotification(t *testing.T) {
	bus := NewBus(t)
	service := NewNotifications(t, bus)
	service.SetCapabilities("body")
	c := newClient(t, bus)
	var capabilities []string
	if err := c.object.Call(notifyInterface+".GetCapabilities", 0).Store(&capabilities); err != nil || len(capabilities) != 1 {
		t.Errorf("capabilities %q, %v", capabilities, err)
	}
	id := answer(t, c.notify(0, "one", Normal))
	if err := c.object.Call(notifyInterface+".CloseNotification", 0, id).Err; err != nil {
		t.Fatal(err)
	}
	if closing := Must(service.WaitClosing(Deadline(t), id))(t); closing.Reason != ClosedByCall {
		t.Errorf("closed: %+v", closing)
	}
}
