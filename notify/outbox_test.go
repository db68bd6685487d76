package notify

import (
	"context"
	"errors"
	"testing"
	"time"

	"lockbar/lockcore/watch"
)

var notice = Message{Title: "News", Body: "It is so."}

// sent1 puts a message into a slot and takes it.
func sent1(t *testing.T, o Outbox, m Message, now time.Time) (Outbox, Letter) {
	t.Helper()
	o, due := o.Put(now, Order{Slot: "/s", Message: m}).Take(now, false)
	if len(due) != 1 {
		t.Fatalf("taken: %v", due)
	}
	return o, due[0]
}

// TestFailedAndOvertaken: a letter that failed never comes after what was ordered since.
func TestFailedAndOvertaken(t *testing.T) {
	for name, newer := range map[string]Message{"another message": {Title: "Newer"}, "withdrawn": {}} {
		o, l := sent1(t, Outbox{}, notice, start)
		o = o.Put(start, Order{Slot: "/s", Message: newer}).Report(l.ID, Handle{}, false, start)
		o, due := o.Take(start.Add(time.Hour), false)
		for _, l := range due {
			o = o.Report(l.ID, Handle{"desktop", 2}, true, start)
			if l.Message.Title == notice.Title {
				t.Errorf("%s: the older one came", name)
			}
		}
		if _, more := o.Take(start.Add(2*time.Hour), false); len(more) != 0 {
			t.Errorf("%s: and then %v", name, more)
		}
	}
}

// TestAlarmIsNeverOld: its withdrawal ends it, not the time.
func TestAlarmIsNeverOld(t *testing.T) {
	o, l := sent1(t, Outbox{}, Message{Title: "Alarm", Urgent: true}, start)
	late := start.Add(3 * letterAge)
	o = o.Report(l.ID, Handle{}, false, late)
	if _, due := o.Take(late.Add(time.Hour), false); len(due) != 1 {
		t.Error("it is gone")
	}
}

// TestReportIsOfItsLetter: a withdrawal that went well is not one that failed because a message did before it.
func TestReportIsOfItsLetter(t *testing.T) {
	desk := &failingDesk{}
	s := &Sender{queue: make(chan Letter, 2), open: func(string, func(DesktopEvent)) native { return desk }}
	reports := make(chan Outcome)
	go s.Run(t.Context(), func(r Outcome) { reports <- r }, func(DesktopEvent) {})
	for _, l := range []Letter{{ID: 1, Message: notice}, {ID: 2, Replaces: Handle{"desktop", 1}}} {
		if err := s.Send(l); err != nil {
			t.Fatal(err)
		}
		if r := <-reports; r.ID != l.ID || (r.Err == nil) != l.withdraws() {
			t.Errorf("%+v", r)
		}
	}
}

// failingDesk shows nothing, and withdraws all.
type failingDesk struct{}

func (*failingDesk) close() {}

func (*failingDesk) show(context.Context, Letter) (Handle, error) { return Handle{}, errors.New("no") }

func (*failingDesk) withdraw(context.Context, Handle) error { return nil }

// TestToldAnewWhileOver: of an alarm that was another one before a restart, the end of the first does not ring the second twice.
func TestToldAnewWhileOver(t *testing.T) {
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
		t.Errorf("it rang %d times: %v %v %v", rang, first, orders, more)
	}
}

// TestHeldBackOfUnwatchedStore: what a pause held back of a store that this process does not watch is not told.
func TestHeldBackOfUnwatchedStore(t *testing.T) {
	d := Decider{}.Quieten(Quiet{Until: start.Add(time.Hour)})
	d, _ = d.Step(Fact{Event: watch.BecameTwo, To: both}, start)
	told := Saved{Decider: d}.Watching([]string{"/t"})
	if _, orders := told.Decider.Quieten(Quiet{}).Wake(start.Add(time.Hour)); len(orders) != 0 {
		t.Errorf("%v", orders)
	}
}
