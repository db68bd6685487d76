package notify

import (
	"testing"
	"time"

	"lockbar/lockcore/watch"
)

var notice = Message{Title: "News", Body: "It is so."}

// sent1 puts a message into the slot "/s" and takes its letter.
func sent1(t *testing.T, o Outbox, m Message, now time.Time) (Outbox, Letter) {
	t.Helper()
	o, due := o.Put(now, Order{Slot: "/s", Message: m}).Take(now, false)
	if len(due) != 1 {
		t.Fatalf("took %v, want one letter", due)
	}
	return o, due[0]
}

// TestFailedAndOvertaken checks that a failed letter is never shown after a newer order.
func TestFailedAndOvertaken(t *testing.T) {
	for name, newer := range map[string]Message{"another message": {Title: "Newer"}, "withdrawn": {}} {
		o, l := sent1(t, Outbox{}, notice, start)
		o = o.Put(start, Order{Slot: "/s", Message: newer}).Report(l.ID, Handle{}, false, start)
		o, due := o.Take(start.Add(time.Hour), false)
		for _, l := range due {
			o = o.Report(l.ID, Handle{"desktop", 2}, true, start)
			if l.Message.Title == notice.Title {
				t.Errorf("%s: the older one was sent", name)
			}
		}
		if _, more := o.Take(start.Add(2*time.Hour), false); len(more) != 0 {
			t.Errorf("%s: sent again: %v", name, more)
		}
	}
}

// TestReportAfterTheServiceHasGone checks that an alarm is shown again if its report comes after the service that showed it has gone.
func TestReportAfterTheServiceHasGone(t *testing.T) {
	o, _ := Outbox{}.HandleEvent(DesktopEvent{Appeared: "old"}, start)
	o, l := sent1(t, o, Message{Title: "Alarm", Urgent: true}, start)
	o, _ = o.HandleEvent(DesktopEvent{Appeared: "new"}, start)
	if _, due := o.Report(l.ID, Handle{"old", 1}, true, start).Take(start, false); len(due) != 1 {
		t.Errorf("took %v, want the alarm", due)
	}
}

// TestClockSetBack checks that a new message does not wait until the clock shows the time of its order again.
func TestClockSetBack(t *testing.T) {
	o := Outbox{}.Put(start, Order{Slot: "/s", Message: notice})
	if _, due := o.Take(start.Add(-time.Hour), false); len(due) != 1 {
		t.Errorf("took %v, want the message", due)
	}
}

// TestAlarmIsNeverOld checks that an alarm waits until it is withdrawn, however long that takes.
func TestAlarmIsNeverOld(t *testing.T) {
	o, l := sent1(t, Outbox{}, Message{Title: "Alarm", Urgent: true}, start)
	late := start.Add(3 * letterAge)
	o = o.Report(l.ID, Handle{}, false, late)
	if _, due := o.Take(late.Add(time.Hour), false); len(due) != 1 {
		t.Error("the alarm was dropped")
	}
}

// TestAlarmReplacedWhileAway checks that an alarm which replaces another during an absence rings once: when the first alarm ends, the
// second is not reported again.
func TestAlarmReplacedWhileAway(t *testing.T) {
	other := both
	other.Record.PID++
	d, _ := Decider{}.Step(Fact{Event: watch.BecameTwo, To: both}, start)
	d, first := d.Step(Fact{Event: watch.LockChanged, To: other, Away: true}, start.Add(time.Minute))
	d, orders := d.Wake(start.Add(time.Minute + gatherTime))
	d, more := d.Wake(start.Add(time.Hour))
	rang := 0
	for _, o := range append(append(first, orders...), more...) {
		if o.Message.Urgent {
			rang++
		}
	}
	if rang != 1 || !d.HasMessage("/s") {
		t.Errorf("an alarm rang %d times, want once: %v %v %v", rang, first, orders, more)
	}
}

// TestHeldBackOfUnwatchedStore checks that a fact from a pause is not reported about a store that this process does not watch.
func TestHeldBackOfUnwatchedStore(t *testing.T) {
	d := Decider{Quiet: Quiet{Until: start.Add(time.Hour)}}
	d, _ = d.Step(Fact{Event: watch.BecameTwo, To: both}, start)
	saved := Saved{Decider: d}.Watching([]string{"/t"})
	saved.Decider.Quiet = Quiet{}
	if _, orders := saved.Decider.Wake(start.Add(time.Hour)); len(orders) != 0 {
		t.Errorf("%v", orders)
	}
}

// TestClockIsSetBackAfterAFailure checks that after the clock was set back neither a failed letter waits for the old time, nor a fight goes on until then.
func TestClockIsSetBackAfterAFailure(t *testing.T) {
	o := Outbox{}.Put(start, Order{Slot: "/s", Message: Message{Title: "x", Urgent: true}})
	o, _ = o.Take(start, false)
	o = o.Report(1, Handle{}, false, start)
	earlier := start.Add(-time.Hour)
	if _, letters := o.Take(earlier, false); len(letters) != 1 {
		t.Errorf("%d letters are due", len(letters))
	}
	if m := (perStore{Calm: start.Add(fightTime)}); m.fighting(earlier) || !m.fighting(start) {
		t.Error("the fight goes on")
	}
}
