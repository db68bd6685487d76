package tray

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/icons"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// press clicks a button of the newest message, which the desktop shows with that ID.
func (r *rig) press(id int, do notify.Deed) {
	r.said <- notify.Event{Handle: notify.Handle{Service: "desktop", ID: uint32(id)}, Button: notify.Letter{ID: id}.Key(notify.Button{Do: do})}
	synctest.Wait()
}

func labels(m notify.Message) string {
	var all []string
	for _, b := range m.Buttons {
		all = append(all, b.Label)
	}
	return strings.Join(all, "|")
}

// TestButtonDoesWhatTheMenuDoes, for the lock that its message was about.
func TestButtonDoesWhatTheMenuDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		if m := <-r.told; labels(m) != "Force Unlock" {
			t.Errorf("buttons %q", labels(m))
		}
		r.press(1, notify.ForceUnlock)
		if gone := <-r.gone; gone.ID != 1 {
			t.Errorf("withdrawn: %v", gone)
		}
		time.Sleep(lockcore.SettleTime)
		if m := <-r.told; !strings.Contains(m.Body, "There was no lock to remove") || m.Icon != icons.HeldElsewhere {
			t.Errorf("told %v", m)
		}
		r.press(1, notify.ForceUnlock) // twice: the message is gone
		if len(r.told) != 0 {
			t.Errorf("a second click: %v", <-r.told)
		}
		r.stop(t)
	})
}

// TestButtonOfAnotherLock: between the message and the click another machine took the lock.
func TestButtonOfAnotherLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		<-r.told
		r.deaf.Store(true) // what replaces it is on its way
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: 9, Hostname: "mac-air"}))
		<-r.told
		r.press(1, notify.ForceUnlock)
		if m := <-r.told; m.Title != "The lock was not removed" || !strings.Contains(m.Body, "changed since") {
			t.Errorf("told %v", m)
		}
		if len(r.gone) != 0 { // on the desktop it has the number of the one that was clicked
			t.Errorf("what replaces it was withdrawn: %v", <-r.gone)
		}
		r.stop(t)
	})
}

// TestConfirmation: where the menu asks, a second message asks in the place of the first; Cancel brings that back.
func TestConfirmation(t *testing.T) {
	both := with(lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini), func(s *lockcore.Snapshot) { s.LocalDaemon = alive })
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.BecameTwo, both)
		alarm := <-r.told
		if labels(alarm) != "Copy Command|Force Unlock" || !alarm.Urgent {
			t.Errorf("%+v", alarm)
		}
		ask := func(id int) notify.Message {
			r.press(id, notify.ForceUnlock)
			<-r.gone
			return <-r.told
		}
		if m := ask(1); labels(m) != "Remove the Lock of mac-mini (PID 4242)|Cancel" || !m.Urgent {
			t.Errorf("%+v", m)
		}
		r.press(3, notify.Cancel)
		<-r.gone
		if m := <-r.told; m.Title != alarm.Title || labels(m) != labels(alarm) {
			t.Errorf("after Cancel: %+v", m)
		}
		ask(5)
		r.press(7, notify.RemoveLock)
		<-r.gone
		time.Sleep(lockcore.SettleTime)
		if m := <-r.told; !strings.Contains(m.Body, "There was no lock to remove") {
			t.Errorf("told %v", m)
		}
		r.stop(t)
	})
}

// TestUndoBringsTheAlarmBack: the click on its confirmation took it from the screen, and the two daemons are there again.
func TestUndoBringsTheAlarmBack(t *testing.T) {
	both := with(lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini), func(s *lockcore.Snapshot) { s.LocalDaemon = alive })
	for _, test := range []struct {
		name  string
		after time.Duration
		want  bool
	}{{"at once", time.Second, true}, {"after the all clear", time.Minute, false}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.saw(0, watch.BecameTwo, both)
				alarm := <-r.told
				r.press(1, notify.ForceUnlock)
				r.press(3, notify.RemoveLock)
				time.Sleep(lockcore.SettleTime)
				r.saw(0, watch.WasRemoved, lock(lockcore.Unlocked, "", lockcore.Record{}))
				time.Sleep(test.after)
				synctest.Wait()
				for len(r.told) > 0 { // the confirmation, the answer and perhaps the all clear
					<-r.told
				}
				r.results <- result{Action: action{Do: doUndo}, Title: "Lock put back", Text: "Put back"}
				synctest.Wait()
				if m := <-r.told; (m.Title == alarm.Title) != test.want {
					t.Errorf("told %v", m)
				}
				r.stop(t)
			})
		})
	}
}

// TestRemovalIsAnsweredUntilALockComes: Undo is offered as long as it can be done. The watcher may see the backup of a removal before the
// removal: it then tells of the lock that was there once more.
func TestRemovalIsAnsweredUntilALockComes(t *testing.T) {
	held, held2 := lock(lockcore.HeldElsewhere, "", mini), lock(lockcore.HeldHere, "", ours)
	free := with(lock(lockcore.Unlocked, "", lockcore.Record{}), func(s *lockcore.Snapshot) { s.Token = "" })
	for _, test := range []struct {
		name   string
		events []watch.Event
		looks  []lockcore.Snapshot
		early  int    // how many of them come before the answer
		undo   string // what the answer offers
		gone   int
	}{
		{"the backup is seen first", []watch.Event{watch.NoEvent, watch.WasRemoved}, []lockcore.Snapshot{held, free}, 0, notify.UndoLabel, 0},
		{"the answer comes last", []watch.Event{watch.NoEvent, watch.WasRemoved}, []lockcore.Snapshot{held, free}, 2, notify.UndoLabel, 0},
		{"another lock comes", []watch.Event{watch.WasRemoved, watch.Acquired}, []lockcore.Snapshot{free, held2}, 0, notify.UndoLabel, 1},
		{"another lock came before the answer", []watch.Event{watch.WasRemoved, watch.Acquired}, []lockcore.Snapshot{free, held2}, 2, "", 0},
		{"it comes back", []watch.Event{watch.WasRemoved, watch.Resurrected}, []lockcore.Snapshot{free, held}, 0, notify.UndoLabel, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.saw(0, watch.Initial, held)
				for i, e := range test.events {
					if i == test.early {
						remove(t, r, held, test.undo)
					}
					r.saw(0, e, test.looks[i])
				}
				if test.early == len(test.events) {
					remove(t, r, held, test.undo)
				}
				if got := len(r.gone); got != test.gone {
					t.Errorf("withdrawn %d times, want %d", got, test.gone)
				}
				r.stop(t)
			})
		})
	}
}

// remove is the result of a click that removed a lock; the answer offers what undo says.
func remove(t *testing.T, r *rig, seen lockcore.Snapshot, undo string) {
	t.Helper()
	r.results <- result{Action: action{Do: doUnlock, Seen: &storeView{Snapshot: seen}}, Title: "Lock removed", Text: "Removed", Undo: "backup"}
	synctest.Wait()
	if m := <-r.told; m.Title != "Lock removed" || labels(m) != undo {
		t.Fatalf("told %v", m)
	}
}
