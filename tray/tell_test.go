package tray

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/icons"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// TestSeveralStoresAtOnce checks that events of two stores at the same moment are one message, which names both.
func TestSeveralStoresAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		r.saw(1, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		if m := <-r.messages; !strings.Contains(m.Body, r.stores[0].Name) || !strings.Contains(m.Body, r.stores[1].Name) {
			t.Errorf("sent %v", m)
		}
		r.silent(t, "after the message about both")
	})
}

// TestMissedMessageIsRetried checks the retries while the notification service is away.
func TestMissedMessageIsRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.unresponsive.Store(true)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		<-r.messages
		r.reports <- notify.Outcome{ID: 1, Err: errors.New("no service"), Delivery: notify.Delivery{Failed: 1, Err: "no service"}}
		r.shows(t, "could not be shown; run: lockbar doctor")
		for _, pause := range []time.Duration{5 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
			time.Sleep(pause - time.Second)
			r.silent(t, "too early, before "+pause.String())
			time.Sleep(time.Second)
			if m := <-r.messages; m.Title != "Store taken over by mac-mini" {
				t.Errorf("sent %v", m)
			}
			r.reports <- notify.Outcome{ID: 1, Err: errors.New("no service"), Delivery: notify.Delivery{Failed: 2, Err: "no service"}}
		}
		time.Sleep(15 * time.Minute)
		<-r.messages
		r.reports <- notify.Outcome{ID: 1, Delivery: notify.Delivery{Sent: 1}}
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if v, _, _ := r.display.now(); len(r.messages) != 0 || strings.Contains(printed(v), "could not be shown") {
			t.Errorf("%d more sent, menu\n%s", len(r.messages), printed(v))
		}
	})
}

// TestFullQueueIsRetried sends more messages than the sender has room for.
func TestFullQueueIsRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.unresponsive.Store(true)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		<-r.messages
		for r.sender.Send(notify.Letter{}) == nil {
		}
		if err := r.sendLetter(t.Context(), notify.Letter{ID: 1}); !errors.Is(err, notify.ErrQueueFull) {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		if m := <-r.messages; m.Title != "Store taken over by mac-mini" {
			t.Errorf("sent %v", m)
		}
	})
}

// TestPauseHoldsBack checks that an event during a pause is reported when the pause ends, without a click.
func TestPauseHoldsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.click(doPauseHour, 0)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		r.shows(t, "(Notifications are paused until ")
		time.Sleep(time.Hour - time.Second)
		r.silent(t, "in the pause")
		time.Sleep(time.Second)
		if m := <-r.messages; m.Title != "While you were away" {
			t.Errorf("sent %v", m)
		}
		if v, _, _ := r.display.now(); strings.Contains(printed(v), "paused") {
			t.Errorf("the pause is over:\n%s", printed(v))
		}
	})
}

// TestSleepIsAnAbsence checks that changes seen on waking are reported as events of an absence.
func TestSleepIsAnAbsence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, lock(lockcore.HeldHere, "", ours))
		r.slept = true
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		if m := <-r.messages; m.Title != "While you were away" || !strings.Contains(m.Body, "mac-mini took over from") {
			t.Errorf("sent %v", m)
		}
		r.slept = false
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: 9, Hostname: "mac-air"}))
		if m := <-r.messages; !strings.Contains(m.Title, "mac-air") {
			t.Errorf("long after waking, sent %v", m)
		}
	})
}

// TestNothingIsPostedInTheDark checks that messages wait for a screen that is awake, but for darkTime at most, and are sent once.
func TestNothingIsPostedInTheDark(t *testing.T) {
	for _, test := range []struct {
		name string
		wake func(*rig)
	}{
		{"the screen wakes", func(r *rig) { r.asleep.Store(false); r.wakes <- struct{}{} }},
		{"the hint is lost", func(r *rig) { r.asleep.Store(false); time.Sleep(darkPause) }},
		{"the screen never wakes", func(*rig) { time.Sleep(darkTime) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.asleep.Store(true)
				r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
				time.Sleep(time.Hour)
				r.silent(t, "in the dark")
				test.wake(r)
				if m := <-r.messages; m.Title != "Store taken over by mac-mini" {
					t.Errorf("sent %v", m)
				}
				time.Sleep(time.Hour)
				r.silent(t, "twice")
				r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: 9, Hostname: "mac-air"}))
				next := time.Now()
				if m := <-r.messages; !strings.Contains(m.Title, "mac-air") || time.Since(next) > 0 {
					t.Errorf("the next message, after %v: %v", time.Since(next), m)
				}
			})
		})
	}
}

// TestTestNotification checks that the menu asks whether the message was seen, or reports its failure.
func TestTestNotification(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.unresponsive.Store(true)
		r.click(doSendTest, 0)
		if m := <-r.messages; m.Title != testMessage(choices{}, time.Now()).Title {
			t.Errorf("sent %v", m)
		}
		r.shows(t, "Did you see the test notification?")
		r.reports <- notify.Outcome{ID: 1, Err: errors.New("no service"), Delivery: notify.Delivery{Failed: 1, Err: "no service"}}
		synctest.Wait()
		r.shows(t, testFailed)
	})
}

// TestTakeoverInTwoSteps checks that the icon shows at once that the lock is gone, even if that means two daemons, and that the
// takeover is reported once.
func TestTakeoverInTwoSteps(t *testing.T) {
	both := with(lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini), func(s *lockcore.Snapshot) { s.LocalDaemon = alive })
	for _, test := range []struct {
		name        string
		first, gone lockcore.Snapshot
		icon        icons.Kind // while the lock is gone
		then        lockcore.Snapshot
		awake       bool
		title       string
	}{
		{"from us", lock(lockcore.HeldHere, "", ours), noLock(lockcore.Contested, lockcore.LockMissing), icons.Contested, both, true, "Two daemons write to one store"},
		{"from a third", lock(lockcore.HeldElsewhere, "", young), noLock(lockcore.Unlocked, ""), icons.Unlocked, lock(lockcore.HeldElsewhere, "", mini), true, "Store taken over by mac-mini"},
		{"after sleep", lock(lockcore.HeldHere, "", ours), noLock(lockcore.Contested, lockcore.LockMissing), icons.Contested, both, false, "Two daemons write to one store"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.saw(0, watch.Initial, test.first)
				if !test.awake {
					r.slept = true
				}
				since := time.Now()
				r.changes <- sighting{Change: watch.Change{At: time.Now(), To: test.gone, Since: since, Away: r.slept}} // its event is not known yet
				synctest.Wait()
				if v, _, _ := r.display.now(); v.Icon != test.icon || len(r.recent) != 0 || len(r.messages) != 0 {
					t.Errorf("icon %v, %d in the history, %d sent", v.Icon, len(r.recent), len(r.messages))
				}
				time.Sleep(watch.TakeoverTime / 2)
				r.saw(0, watch.TakenOver, test.then)
				time.Sleep(time.Minute)
				synctest.Wait()
				if len(r.messages) != 1 || len(r.recent) != 1 {
					t.Fatalf("%d sent, %d in the history, want one", len(r.messages), len(r.recent))
				}
				if m := <-r.messages; m.Title != test.title {
					t.Errorf("sent %v", m)
				}
			})
		})
	}
}
