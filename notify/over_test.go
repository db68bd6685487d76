package notify

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// TestOverIsOver checks that a fact that was reported, ended and begins again is reported again, unless it was over for too short a time.
func TestOverIsOver(t *testing.T) {
	otherCopy := copied
	otherCopy.Conflicts = lockcore.NewConflicts([]lockcore.Conflict{{Path: "/s/.locked 2", Record: mini}})
	tellStories(t, time.Minute, []story{
		{"the same corrupt lock again", []step{
			{0, watch.Corrupted, corrupt, []string{"is corrupt"}}, {1, watch.WasRemoved, free, nil},
			{9, watch.Corrupted, corrupt, []string{"is corrupt"}}}},
		{"the lock vanishes again", []step{
			{0, watch.BecameTwo, vanished, []string{"A daemon runs here without its lock"}}, {1, watch.Acquired, elsewhere, nil},
			{9, watch.BecameTwo, vanished, []string{"A daemon runs here without its lock"}}}},
		{"the lock comes back again", []step{
			{0, watch.Resurrected, elsewhere, []string{"came back"}}, {1, watch.WasRemoved, free, nil},
			{2, watch.Resurrected, elsewhere, []string{"came back"}}}},
		{"a flicker", []step{
			{0, watch.Corrupted, corrupt, []string{"is corrupt"}}, {1, watch.WasRemoved, free, nil},
			{5, watch.Corrupted, corrupt, nil}, {6, watch.WasRemoved, free, nil}, {8, watch.Corrupted, corrupt, nil}}},
		{"the same copy again", []step{
			{0, watch.BecameTwo, copied, []string{"Two daemons may write"}}, {1, watch.Cleared, here, nil},
			{9, watch.BecameTwo, copied, []string{"Two daemons may write"}}}},
		{"one more claim on the same lock", []step{
			{0, watch.BecameTwo, copied, []string{"Two daemons may write"}}, {1, watch.LockChanged, copied, nil},
			{2, watch.LockChanged, otherCopy, []string{"Two daemons may write"}}}},
		{"two claims when the store can be read again", []step{
			{0, watch.Initial, unread, nil}, {1, watch.Cleared, both, []string{"Two daemons write to one store"}}}},
		{"two claims with our own start", []step{
			{0, watch.Initial, free, nil}, {1, watch.Acquired, copied, []string{"Two daemons may write"}}}},
	})
}

// TestOverWhenTold checks that a postponed fact that has ended is reported as history, with the present state, or not at all if it only
// asked for an action.
func TestOverWhenTold(t *testing.T) {
	for _, test := range []struct {
		name        string
		fact        Fact
		then        Fact
		has, hasNot string
		urgent      bool
	}{
		{"a takeover that stands", Fact{Event: watch.TakenOver, From: here, To: elsewhere}, Fact{}, "mac-mini holds the store now", "Nobody", false},
		{"a takeover, and the end", Fact{Event: watch.TakenOver, From: here, To: elsewhere}, Fact{Event: watch.Released, From: elsewhere, To: free},
			"mac-mini took over from mac-a at 09:14. Nobody holds the store now", "mac-mini holds", false},
		{"two daemons that stand", Fact{Event: watch.BecameTwo, To: both}, Fact{}, "PID 77", "holds the store now", true},
		{"two daemons, and one ended", Fact{Event: watch.BecameTwo, To: both}, Fact{Event: watch.Cleared, From: both, To: elsewhere},
			"mac-mini holds the store now", "PID 77", false},
		{"a corrupt lock, and its removal", Fact{Event: watch.Corrupted, To: corrupt}, Fact{Event: watch.WasRemoved, To: free}, "", "", false},
	} {
		d := Decider{Quiet: Quiet{Until: start.Add(time.Hour)}}
		d, _ = d.Step(test.fact, start)
		if test.then.Event != watch.NoEvent {
			d, _ = d.Step(test.then, start.Add(time.Minute))
		}
		_, got := d.Wake(start.Add(time.Hour))
		if test.has == "" {
			if len(got) != 0 {
				t.Errorf("%s: %v", test.name, got)
			}
			continue
		}
		if len(got) != 1 || !strings.Contains(got[0].Message.Body, test.has) || strings.Contains(got[0].Message.Body, test.hasNot) || got[0].Message.Urgent != test.urgent {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

func TestLateLetters(t *testing.T) {
	o := Outbox{}.Put(start, Order{Message: Message{Title: "News", Body: "It is so."}})
	if _, got := o.Take(start.Add(2*letterAge), false); len(got) != 1 {
		t.Errorf("never tried, but dropped: %v", got)
	}
	if awake := (Outbox{}).Put(time.Now(), Order{Message: Message{Title: "News"}}).letters[0].Written; awake != awake.Round(0) {
		t.Error("Written has a monotonic clock, which stands still while the machine sleeps")
	}
	o, _ = o.Take(start, false)
	o = o.Report(1, Handle{}, false, start.Add(-time.Minute))
	for _, test := range []struct {
		after time.Duration
		want  string
	}{
		{0, "It is so."}, {4 * time.Minute, "It is so."}, {5 * time.Minute, "At 12:00: It is so."}, {letterAge, ""},
	} {
		_, got := o.Take(start.Add(test.after), false)
		switch {
		case test.want == "" && len(got) != 0:
			t.Errorf("after %v: %v", test.after, got)
		case test.want != "" && (len(got) != 1 || got[0].Message.Body != test.want):
			t.Errorf("after %v: %v", test.after, got)
		}
	}
}

// TestFlappingAlarm checks that a flapping alarm rings twice, gets one all clear, and rings again after it has been over for long.
func TestFlappingAlarm(t *testing.T) {
	var d Decider
	var got []string
	take := func(orders []Order, now time.Time) {
		for _, o := range orders {
			got = append(got, now.Sub(start).String()+" "+o.Message.Title)
		}
	}
	now := start
	flap := func(every time.Duration) {
		for i, to := range []lockcore.Snapshot{both, elsewhere} {
			var orders []Order
			d, orders = d.Step(Fact{Event: []watch.Event{watch.BecameTwo, watch.Cleared}[i], To: to}, now)
			take(orders, now)
			for end := now.Add(every); ; {
				next := d.Next()
				if next.IsZero() || next.After(end) {
					now = end
					break
				}
				d, orders = d.Wake(next)
				take(orders, next)
			}
		}
	}
	for range 4 {
		flap(30 * time.Second)
	}
	flap(10 * time.Minute)
	flap(10 * time.Minute)
	want := []string{
		"0s Two daemons write to one store", "35s All clear: only mac-mini holds the store",
		"1m0s Two daemons write to one store", "1m35s ",
		"24m0s Two daemons write to one store", "34m5s All clear: only mac-mini holds the store",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestAlarmInAFight checks that a new alarm is reported during a fight if another message has replaced the one about the fight.
func TestAlarmInAFight(t *testing.T) {
	var d Decider
	var last []Order
	other := elsewhere
	for i := range fightTakeovers + 1 {
		other.Record.PID++
		d, last = d.Step(Fact{Event: watch.TakenOver, To: other}, start.Add(time.Duration(i)*time.Second))
	}
	if len(last) != 1 || !last[0].Message.Urgent {
		t.Fatalf("the fight was not reported: %v", last)
	}
	if _, silent := d.Step(Fact{Event: watch.BecameTwo, To: both}, start.Add(time.Minute)); len(silent) != 0 {
		t.Errorf("an alarm was reported beside the message about the fight: %v", silent)
	}
	d, _ = d.Step(Fact{Event: watch.Corrupted, To: corrupt}, start.Add(time.Minute))
	if _, orders := d.Step(Fact{Event: watch.BecameTwo, To: both}, start.Add(2*time.Minute)); len(orders) != 1 || !orders[0].Message.Urgent {
		t.Errorf("the alarm was not reported: %v", orders)
	}
}

// TestAlarmRingsOnce checks that an alarm long after the end of another one is reported once, and not again for each look.
func TestAlarmRingsOnce(t *testing.T) {
	var d Decider
	now, rings := start, 0
	step := func(after time.Duration, e watch.Event, to lockcore.Snapshot) {
		now = now.Add(after)
		var orders, due []Order
		d, orders = d.Step(Fact{Event: e, To: to}, now)
		d, due = d.Wake(now.Add(clearTime))
		for _, o := range append(orders, due...) {
			if o.Message.Urgent {
				rings++
			}
		}
	}
	step(0, watch.BecameTwo, both)
	step(time.Minute, watch.Cleared, elsewhere)
	if rings != 1 {
		t.Fatalf("%d rings", rings)
	}
	again := both
	again.Record.StartedAt, again.LocalDaemon.PID = "2026-11-22T12:30:00+00:00", 78
	step(2*overTime, watch.BecameTwo, again)
	for range 9 {
		step(time.Second, watch.NoEvent, again)
	}
	if rings != 2 {
		t.Errorf("%d rings for two alarms", rings)
	}
}

// TestCrashLoopIsNotHidden checks that the message about a daemon that keeps crashing is not replaced by one about the lock of its last
// crash, which would say that there is nothing to do.
func TestCrashLoopIsNotHidden(t *testing.T) {
	held := look(lockcore.HeldHere, "", ours)
	held.Holder = lockcore.Process{PID: ours.PID, Status: lockcore.Running, Kind: lockcore.Daemon}
	var d Decider
	var got []Order
	for i := range crashTimes {
		now := start.Add(time.Duration(i) * time.Minute)
		d, _ = d.Step(Fact{Event: watch.Acquired, From: free, To: held}, now)
		d, got = d.Step(Fact{Event: watch.WentStale, From: held, To: stale}, now.Add(time.Second))
	}
	if !haveTitles(got, []string{"keeps crashing"}) {
		t.Fatalf("%+v", got)
	}
	if _, later := wake(d, start.Add(10*time.Minute)); len(later) != 0 {
		t.Errorf("then came %+v", later)
	}
}
