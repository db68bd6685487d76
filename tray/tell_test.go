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

func TestStaleIsToldAfterTheGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, lock(lockcore.Stale, lockcore.ProcessGone, ours))
		time.Sleep(notify.Grace - time.Millisecond)
		synctest.Wait()
		if len(r.told) != 0 {
			t.Errorf("told within the grace: %v", <-r.told)
		}
		time.Sleep(time.Millisecond)
		if m := <-r.told; !strings.HasSuffix(m.Title, "left a lock behind") {
			t.Errorf("told %v", m)
		}
		r.stop(t)
	})
}

// TestSeveralStoresAtOnce: what happens to two of them in the same moment is one message, which names both.
func TestSeveralStoresAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		r.saw(1, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		m := <-r.told
		for _, store := range r.names {
			if !strings.Contains(m.Body, store) {
				t.Errorf("%v does not name %s", m, store)
			}
		}
		if len(r.told) != 0 {
			t.Errorf("and %v", <-r.told)
		}
		r.stop(t)
	})
}

// TestMissedMessageIsTriedAgain: the notification service is away for a while.
func TestMissedMessageIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.deaf.Store(true)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		<-r.told
		r.reports <- notify.Outcome{ID: 1, Err: errors.New("no service"), Delivery: notify.Delivery{Failed: 1, Err: "no service"}}
		r.shows(t, "could not be shown; it is tried again soon")
		for _, pause := range []time.Duration{5 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
			time.Sleep(pause - time.Second)
			synctest.Wait()
			if len(r.told) != 0 {
				t.Errorf("tried before %v", pause)
			}
			time.Sleep(time.Second)
			if m := <-r.told; m.Title != "Store taken over by mac-mini" {
				t.Errorf("told %v", m)
			}
			r.reports <- notify.Outcome{ID: 1, Err: errors.New("no service"), Delivery: notify.Delivery{Failed: 2, Err: "no service"}}
		}
		time.Sleep(15 * time.Minute)
		<-r.told
		r.reports <- notify.Outcome{ID: 1, Delivery: notify.Delivery{Sent: 1}}
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if v, _, _ := r.display.now(); len(r.told) != 0 || strings.Contains(printed(v), "could not be shown") {
			t.Errorf("%d more, menu\n%s", len(r.told), printed(v))
		}
		r.stop(t)
	})
}

// TestFullQueueIsTriedAgain: more messages than the sender has room for.
func TestFullQueueIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.deaf.Store(true)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		<-r.told
		for r.sender.Send(notify.Letter{}) == nil {
		}
		if err := r.sendLetter(t.Context(), notify.Letter{ID: 1}); !errors.Is(err, notify.ErrQueueFull) {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		if m := <-r.told; m.Title != "Store taken over by mac-mini" {
			t.Errorf("told %v", m)
		}
		r.stop(t)
	})
}

// TestPauseHoldsBack: what happens in a pause is told at its end, in one message, without a click.
func TestPauseHoldsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.click(doPauseHour, 0)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		r.shows(t, "(Notifications are paused until ")
		time.Sleep(time.Hour - time.Second)
		synctest.Wait()
		if len(r.told) != 0 {
			t.Errorf("told in the pause: %v", <-r.told)
		}
		time.Sleep(time.Second)
		if m := <-r.told; m.Title != "While you were away" {
			t.Errorf("told %v", m)
		}
		if v, _, _ := r.display.now(); strings.Contains(printed(v), "paused") {
			t.Errorf("the pause is over:\n%s", printed(v))
		}
		r.stop(t)
	})
}

// TestSleepIsAnAbsence: what is seen on waking is told as what happened meanwhile.
func TestSleepIsAnAbsence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, lock(lockcore.HeldHere, "", ours))
		r.wakeUp()
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		if m := <-r.told; m.Title != "While you were away" || !strings.Contains(m.Body, "mac-mini took over from") {
			t.Errorf("told %v", m)
		}
		r.away = false
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: 9, Hostname: "mac-air"}))
		if m := <-r.told; !strings.Contains(m.Title, "mac-air") {
			t.Errorf("long after waking, told %v", m)
		}
		r.stop(t)
	})
}

// TestNothingIsPostedInTheDark: messages wait for a screen that somebody can see, and are sent once.
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
				synctest.Wait()
				if len(r.told) != 0 {
					t.Fatalf("told in the dark: %v", <-r.told)
				}
				test.wake(r)
				if m := <-r.told; m.Title != "Store taken over by mac-mini" {
					t.Errorf("told %v", m)
				}
				time.Sleep(time.Hour)
				synctest.Wait()
				if len(r.told) != 0 {
					t.Errorf("told twice: %v", <-r.told)
				}
				r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: 9, Hostname: "mac-air"}))
				next := time.Now()
				if m := <-r.told; !strings.Contains(m.Title, "mac-air") || time.Since(next) > 0 {
					t.Errorf("the next one, after %v: %v", time.Since(next), m)
				}
				r.stop(t)
			})
		})
	}
}

// TestTestNotification: the menu asks whether it was seen, unless it is known that it was not.
func TestTestNotification(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.deaf.Store(true)
		r.click(doSendTest, 0)
		if m := <-r.told; m.Title != testMessage(choices{}, time.Now()).Title {
			t.Errorf("told %v", m)
		}
		r.shows(t, "Did you see the test notification?")
		r.reports <- notify.Outcome{ID: 1, Err: errors.New("no service"), Delivery: notify.Delivery{Failed: 1, Err: "no service"}}
		synctest.Wait()
		r.shows(t, testFailed)
		r.stop(t)
	})
}

// TestTakeoverInTwoSteps: a lock that is gone is shown at once, also where that looks like an alarm, and the takeover that it
// was is told once.
func TestTakeoverInTwoSteps(t *testing.T) {
	both := with(lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini), func(s *lockcore.Snapshot) { s.LocalDaemon = alive })
	for _, test := range []struct {
		name        string
		first, gone lockcore.Snapshot
		icon        icons.Kind // while it is gone
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
					r.wakeUp()
				}
				since := time.Now()
				r.waits(0, test.gone, since)
				if v, _, _ := r.display.now(); v.Icon != test.icon || len(r.recent) != 0 || len(r.told) != 0 {
					t.Errorf("icon %v, %d in the history, %d told", v.Icon, len(r.recent), len(r.told))
				}
				time.Sleep(watch.TakeoverTime / 2)
				r.saw(0, watch.TakenOver, test.then)
				time.Sleep(time.Minute)
				synctest.Wait()
				if len(r.told) != 1 || len(r.recent) != 1 {
					t.Fatalf("%d told, %d in the history, want one", len(r.told), len(r.recent))
				}
				if m := <-r.told; m.Title != test.title {
					t.Errorf("told %v", m)
				}
				r.stop(t)
			})
		})
	}
}

// TestFreedWhileAsleep: the lock was gone when the machine woke, and the event of that is told when it has waited.
func TestFreedWhileAsleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, lock(lockcore.HeldElsewhere, "", mini))
		r.wakeUp()
		since := time.Now()
		r.waits(0, noLock(lockcore.Unlocked, ""), since)
		time.Sleep(watch.TakeoverTime)
		to := noLock(lockcore.Unlocked, "")
		to.Store = r.config.Stores[0].Dir()
		r.changes <- sighting{Change: watch.Change{At: time.Now(), Event: watch.Released, From: r.last[0], To: to, Since: since, Away: r.away}}
		if m := <-r.told; m.Title != "While you were away" {
			t.Errorf("told %v", m)
		}
		r.stop(t)
	})
}
