package tray

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// press clicks a button of the message that the desktop shows with that ID.
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

// TestForceUnlockInAnAlarmAsks checks that Force Unlock in an alarm asks first, and that Cancel brings the alarm back.
func TestForceUnlockInAnAlarmAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.BecameTwo, twoDaemons)
		alarm := <-r.messages
		r.press(1, notify.ForceUnlock)
		if m := r.next(t); labels(m) != "Remove the Lock of mac-mini (PID 4242)|Cancel" {
			t.Errorf("sent %v", m)
		}
		r.press(3, notify.Cancel)
		if m := r.next(t); m.Title != alarm.Title || labels(m) != labels(alarm) {
			t.Errorf("sent %v, want %v", m, alarm)
		}
		r.silent(t, "after Cancel")
	})
}

// TestButtonOfAnotherLock checks that a button does nothing after another lock has replaced the one that its message names.
func TestButtonOfAnotherLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.BecameTwo, twoDaemons)
		<-r.messages
		r.saw(0, watch.LockChanged, with(twoDaemons, func(s *lockcore.Snapshot) { s.Token = "sha256:another" }))
		r.press(1, notify.ForceUnlock)
		if m := r.next(t); m.Title != "The lock was not removed" || !strings.Contains(m.Body, "has changed") {
			t.Errorf("sent %v", m)
		}
	})
}

// TestUndoBringsTheAlarmBack checks that undoing a removal shows the alarm again that the click on Force Unlock removed, unless the
// all clear has come.
func TestUndoBringsTheAlarmBack(t *testing.T) {
	for _, test := range []struct {
		name  string
		after time.Duration
		want  bool
	}{{"at once", time.Second, true}, {"after the all clear", time.Minute, false}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.saw(0, watch.BecameTwo, twoDaemons)
				alarm := <-r.messages
				r.press(1, notify.ForceUnlock)
				r.press(3, notify.RemoveLock)
				time.Sleep(lockcore.SettleTime)
				r.saw(0, watch.WasRemoved, lock(lockcore.Unlocked, "", lockcore.Record{}))
				time.Sleep(test.after)
				synctest.Wait()
				for len(r.messages) > 0 { // the confirmation, the answer and perhaps the all clear
					<-r.messages
				}
				r.results <- result{Action: action{Do: doUndo}, Title: "Lock put back", Text: "Put back"}
				synctest.Wait()
				if m := <-r.messages; (m.Title == alarm.Title) != test.want {
					t.Errorf("sent %v", m)
				}
			})
		})
	}
}

// TestUndoBeforeTheWatcherSawTheRemoval checks that lockcore decides about an Undo that the menu does not offer yet.
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
			s := newStores(t, 1, lockcore.Options{Hostname: "mac-a", StateDir: t.TempDir()})[0]
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
				<-r.messages
				r.press(1, notify.Undo)
				if m := <-r.messages; m.Title != test.title || !strings.Contains(m.Body, test.body) {
					t.Errorf("sent %v", m)
				}
			})
			if data, _ := os.ReadFile(filepath.Join(s.Dir(), ".locked")); string(data) != string(test.lock) {
				t.Errorf("the lock is %q", data)
			}
		})
	}
}

func putLock(t *testing.T, s *lockcore.Store, data []byte) {
	t.Helper()
	testfs.Check(t, os.WriteFile(filepath.Join(s.Dir(), ".locked"), data, 0o600))
}

// removeLock writes a lock and removes it.
func removeLock(t *testing.T, s *lockcore.Store, data []byte) lockcore.Backup {
	t.Helper()
	putLock(t, s, data)
	removed, err := s.ForceUnlock(t.Context(), s.Inspect(t.Context(), lockcore.Memory{}), lockcore.Memory{}, false)
	testfs.Check(t, err)
	return removed
}

// TestRemovalIsAnsweredUntilALockComes checks that Undo is offered as long as it is possible. A report of the watcher may be older than
// the removal, or come before the answer.
func TestRemovalIsAnsweredUntilALockComes(t *testing.T) {
	held, other := lock(lockcore.HeldElsewhere, "", mini), lock(lockcore.HeldHere, "", ours)
	free := with(lock(lockcore.Unlocked, "", lockcore.Record{}), func(s *lockcore.Snapshot) { s.Token = "" })
	type report struct {
		event    watch.Event
		look, is lockcore.Snapshot // seen by the watcher, and present now
	}
	removed := report{watch.WasRemoved, free, free}
	for _, test := range []struct {
		name          string
		before, after []report // reports before and after the answer
		gone          int
	}{
		{"an older report after the answer", nil, []report{{watch.NoEvent, held, free}, removed}, 0},
		{"an older report before the answer", []report{{watch.NoEvent, held, free}}, []report{removed}, 0},
		{"the answer comes last", []report{removed}, nil, 0},
		{"another lock comes", nil, []report{removed, {watch.Acquired, other, other}}, 1},
		{"another lock came before the answer", []report{removed, {watch.Acquired, other, other}}, nil, 1},
		{"it comes back", nil, []report{removed, {watch.Resurrected, held, held}}, 1},
		{"it comes back unseen", nil, []report{{watch.NoEvent, held, held}}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.saw(0, watch.Initial, held)
				is := free
				r.inspect = func(context.Context, int, lockcore.Memory) lockcore.Snapshot { return is }
				tell := func(list []report) {
					for _, k := range list {
						is = k.is
						r.saw(0, k.event, k.look)
					}
				}
				tell(test.before)
				r.results <- result{Action: action{Do: doUnlock}, Title: "Lock removed", Text: "Removed", Undo: lockcore.Backup{Path: "backup"}}
				synctest.Wait()
				if m := <-r.messages; m.Title != "Lock removed" || labels(m) != notify.UndoLabel {
					t.Fatalf("sent %v", m)
				}
				tell(test.after)
				if got := len(r.withdrawn); got != test.gone {
					t.Errorf("withdrawn %d times, want %d", got, test.gone)
				}
			})
		})
	}
}
