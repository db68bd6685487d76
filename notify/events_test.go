package notify

import (
	"testing"
	"time"
)

// sentLetter returns the outbox with a letter on its way, about a lock.
func sentLetter(o Outbox, title string, now time.Time) (Outbox, Letter) {
	button := Button{Do: ForceUnlock, Label: "Force Unlock", Store: "/s", Lock: title}
	o = o.Put(now, Order{Slot: "/s", Message: Message{Title: title, Buttons: []Button{button}}})
	o, due := o.Take(now, false)
	return o, due[0]
}

// TestClickBeforeReport checks that a click before the report of its message is not lost, and that the closing of the previous message
// does not close the new one, which has the same number.
func TestClickBeforeReport(t *testing.T) {
	now, h := time.Now(), Handle{"service", 7}
	o, first := sentLetter(Outbox{}, "first", now)
	o = o.Report(first.ID, h, true, now)
	o, second := sentLetter(o, "second", now)
	events := []DesktopEvent{{Handle: h, Button: second.Key(Button{Do: ForceUnlock})}, {Handle: h, Closed: true}}
	for _, e := range events {
		var p Press
		if o, p = o.HandleEvent(e, now); p.Do != "" {
			t.Fatalf("%+v pressed %+v", e, p)
		}
	}
	o, early := o.Report(second.ID, h, true, now).Early()
	if len(early) != 1 {
		t.Fatalf("kept %+v, want one click", early)
	}
	if _, p := o.HandleEvent(early[0], now); p.Lock != "second" {
		t.Errorf("pressed %+v", p)
	}
}

// TestClickWhileReplaced checks that a click on a message whose replacement is on its way withdraws nothing: both have the same number.
func TestClickWhileReplaced(t *testing.T) {
	now, h := time.Now(), Handle{"service", 7}
	o, first := sentLetter(Outbox{}, "first", now)
	o = o.Report(first.ID, h, true, now)
	o, second := sentLetter(o, "second", now)
	o, p := o.HandleEvent(DesktopEvent{Handle: h, Button: first.Key(Button{Do: ForceUnlock})}, now)
	if p.Lock != "first" {
		t.Errorf("pressed %+v", p)
	}
	o = o.Report(second.ID, h, true, now)
	if o, due := o.Take(now, false); len(due) != 0 || o.shown("/s") != h {
		t.Errorf("withdraws %+v, shows %+v", due, o.shown("/s"))
	}
}
