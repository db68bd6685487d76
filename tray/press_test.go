package tray

import (
	"context"
	"os"
	"path/filepath"
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
func (r *rig) press(id int, do notify.ButtonAction) {
	r.desktopEvents <- notify.DesktopEvent{Handle: notify.Handle{Service: "desktop", ID: uint32(id)}, Button: notify.Letter{ID: id}.Key(notify.Button{Do: do})}
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

// TestUndoBeforeTheWatcherSawTheRemoval: the menu offers no Undo yet, and lockcore decides.
func TestUndoBeforeTheWatcherSawTheRemoval(t *testing.T) {
	first, second := lockcore.NewRecord(7, "mac-mini", time.Now()).Encode(), lockcore.NewRecord(8, "mac-pro", time.Now()).Encode()
	for _, test := range []struct {
		name      string
		meanwhile func(t *testing.T, s *lockcore.Store)
		title     string
		body      string
		lock      []byte
	}{
		{"nothing else", func(*testing.T, *lockcore.Store) {}, "Lock put back", "", first},
		{"another lock", func(t *testing.T, s *lockcore.Store) { putLock(t, s, second) }, "The lock was not put back", "There is a new lock", second},
		{"another removal", func(t *testing.T, s *lockcore.Store) { removeLock(t, s, second) }, "The lock was not put back", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := lockcore.Open(t.TempDir(), lockcore.Options{Hostname: "mac-a", StateDir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			removed := removeLock(t, s, first)
			test.meanwhile(t, s)
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.config.Stores[0] = s
				r.saw(0, watch.Initial, lock(lockcore.HeldElsewhere, "", mini))
				r.inspect = func(context.Context, int, lockcore.Memory) lockcore.Snapshot {
					return lockcore.Snapshot{State: lockcore.Unlocked}
				}
				r.results <- result{Action: action{Do: doUnlock}, Title: "Lock removed", Text: "Removed", Undo: removed}
				synctest.Wait()
				<-r.told
				r.press(1, notify.Undo)
				if m := <-r.told; m.Title != test.title || !strings.Contains(m.Body, test.body) {
					t.Errorf("told %v", m)
				}
				r.stop(t)
			})
			if data, _ := os.ReadFile(filepath.Join(s.Dir(), ".locked")); string(data) != string(test.lock) {
				t.Errorf("the lock is %q", data)
			}
		})
	}
}

func putLock(t *testing.T, s *lockcore.Store, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.Dir(), ".locked"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// removeLock puts a lock there, and removes it.
func removeLock(t *testing.T, s *lockcore.Store, data []byte) lockcore.Backup {
	t.Helper()
	putLock(t, s, data)
	removed, err := s.ForceUnlock(t.Context(), s.Inspect(t.Context(), lockcore.Memory{}), lockcore.Memory{}, false)
	if err != nil {
		t.Fatal(err)
	}
	return removed
}

// TestRemovalIsAnsweredUntilALockComes: Undo is offered as long as it can be done. What the watcher tells may be older than the removal, or
// come before the answer.
func TestRemovalIsAnsweredUntilALockComes(t *testing.T) {
	held, other := lock(lockcore.HeldElsewhere, "", mini), lock(lockcore.HeldHere, "", ours)
	free := with(lock(lockcore.Unlocked, "", lockcore.Record{}), func(s *lockcore.Snapshot) { s.Token = "" })
	type told struct {
		event    watch.Event
		look, is lockcore.Snapshot // what the watcher saw, and what is there by now
	}
	removed := told{watch.WasRemoved, free, free}
	for _, test := range []struct {
		name          string
		before, after []told // the answer
		gone          int
	}{
		{"told before the removal", nil, []told{{watch.NoEvent, held, free}, removed}, 0},
		{"told before both", []told{{watch.NoEvent, held, free}}, []told{removed}, 0},
		{"the answer comes last", []told{removed}, nil, 0},
		{"another lock comes", nil, []told{removed, {watch.Acquired, other, other}}, 1},
		{"another lock came before the answer", []told{removed, {watch.Acquired, other, other}}, nil, 1},
		{"it comes back", nil, []told{removed, {watch.Resurrected, held, held}}, 1},
		{"it comes back unseen", nil, []told{{watch.NoEvent, held, held}}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.saw(0, watch.Initial, held)
				is := free
				r.inspect = func(context.Context, int, lockcore.Memory) lockcore.Snapshot { return is }
				tell := func(list []told) {
					for _, k := range list {
						is = k.is
						r.saw(0, k.event, k.look)
					}
				}
				tell(test.before)
				r.results <- result{Action: action{Do: doUnlock}, Title: "Lock removed", Text: "Removed", Undo: lockcore.Backup{Path: "backup"}}
				synctest.Wait()
				if m := <-r.told; m.Title != "Lock removed" || labels(m) != notify.UndoLabel {
					t.Fatalf("told %v", m)
				}
				tell(test.after)
				if got := len(r.gone); got != test.gone {
					t.Errorf("withdrawn %d times, want %d", got, test.gone)
				}
				r.stop(t)
			})
		})
	}
}
