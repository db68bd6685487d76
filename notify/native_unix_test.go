//go:build linux

package notify

import (
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"

	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

func TestNativeReportsClicksAndClosings(t *testing.T) {
	for _, broadcast := range []bool{false, true} {
		d := newNativeDesk(t)
		d.SetBroadcast(broadcast)
		h := d.show(t, unlockable(7, "one"))
		d.next(t) // the service appeared
		testfs.Check(t, d.Press(h.ID, "Force Unlock"))
		for _, want := range []DesktopEvent{{Handle: h, Button: "force-unlock#7"}, {Handle: h, Closed: true}} {
			if e := d.next(t); e != want {
				t.Errorf("%+v, want %+v", e, want)
			}
		}
		again := d.show(t, unlockable(8, "two"))
		testfs.Check(t, d.Close(again.ID, testdesk.Expired))
		if e := d.next(t); e != (DesktopEvent{Handle: again, Closed: true}) {
			t.Errorf("%+v", e)
		}
	}
}

// TestNativeIgnoresOldSignals checks that a message stays if the answer to its Notify overtakes the signal that the replaced message was
// dismissed.
func TestNativeIgnoresOldSignals(t *testing.T) {
	var events []DesktopEvent
	b := &link{bus: "bus", onEvent: func(e DesktopEvent) { events = append(events, e) }}
	b.setOwner(":1.2", 1)
	b.track(":1.2", 5, shownState{since: 8, untilClose: true})
	closed := func(when dbus.Sequence) {
		b.handleSignal(&dbus.Signal{Sender: ":1.2", Path: servicePath, Name: serviceName + ".NotificationClosed", Sequence: when, Body: []any{uint32(5), uint32(2)}})
	}
	closed(7)
	if len(b.shown) != 1 {
		t.Error("the message would not be withdrawn at the end")
	}
	closed(9)
	if want := []DesktopEvent{{Appeared: "bus/:1.2"}, {Handle: Handle{"bus/:1.2", 5}, Closed: true}}; !slices.Equal(events, want) || len(b.shown) != 0 {
		t.Errorf("%+v, want %+v; %v", events, want, b.shown)
	}
}

// TestNativeDoesNotReplaceIfButtonsStay checks that on a service that keeps the buttons of a replaced message, which do nothing then, the
// message is withdrawn instead.
func TestNativeDoesNotReplaceIfButtonsStay(t *testing.T) {
	d := newNativeDesk(t)
	d.SetName(buttonKeeper)
	one := d.show(t, unlockable(1, "one"))
	two := d.show(t, Letter{ID: 2, Message: Message{Title: "two"}, Replaces: one})
	d.waitClosed(t, one)
	d.wantScreen(t, "two")
	if all := d.All(); two == one || all[1].ReplacesID != 0 {
		t.Errorf("%v after %v: %+v", two, one, all[1])
	}
	d.show(t, Letter{ID: 3, Message: Message{Title: "three"}, Replaces: one}) // one is gone
	d.wantScreen(t, "two", "three")
}

func TestNativeWithdrawsItsButtonsAtTheEnd(t *testing.T) {
	d := newNativeDesk(t)
	withButton := d.show(t, unlockable(1, "with a button"))
	urgent := d.show(t, Letter{ID: 2, Message: Message{Title: "urgent", Urgent: true}})
	over := d.show(t, Letter{ID: 3, Message: Message{Title: "also urgent", Urgent: true}})
	d.show(t, Letter{ID: 4, Message: Message{Title: "all clear"}, Replaces: over})
	d.native.close()
	d.waitClosed(t, withButton, urgent)
	d.wantScreen(t, "all clear")
}
