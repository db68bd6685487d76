package watch

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

// eventless is a store whose changes cause no event, since no file changes.
type eventless struct {
	*lockcore.Store
	held atomic.Bool
}

func (u *eventless) Look(lockcore.Memory, func(lockcore.State, lockcore.Token)) lockcore.Snapshot {
	s := lockcore.Snapshot{Store: u.Dir(), Lock: u.LockPath(), State: lockcore.Unlocked}
	if u.held.Load() {
		s.State, s.Token, s.Record = lockcore.HeldElsewhere, "sha256:a", lockcore.Record{PID: 1, Hostname: "mac-b"}
	}
	return s
}

func (u *eventless) LastBackup() (lockcore.Backup, bool) { return lockcore.Backup{}, false }

// rung simulates an alarm, which the test rings.
type rung chan bool

func (r rung) set(time.Duration)  {}
func (r rung) rings() <-chan bool { return r }
func (r rung) close()             {}

// TestWakeHintLeadsToALook checks that a change is reported at once when the machine wakes or the clock is set. No simulated time passes
// meanwhile, so no poll can have found the change.
func TestWakeHintLeadsToALook(t *testing.T) {
	opened, err := lockcore.Open(t.TempDir(), lockcore.Options{Hostname: "mac-a", StateDir: t.TempDir()})
	ok(t, err)
	for name, hint := range map[string]func(woke chan<- struct{}, alarm rung){
		"the caller reports it": func(woke chan<- struct{}, _ rung) { woke <- struct{}{} },
		"the alarm reports it":  func(_ chan<- struct{}, alarm rung) { alarm <- true },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				changing, woke, ring := &eventless{Store: opened}, make(chan struct{}), make(rung)
				seen, done := make(chan Change, 9), make(chan struct{})
				deaf := system{newAlarm: func() alarm { return ring }, newMounts: noMounts,
					newWatcher: func() (*fsnotify.Watcher, error) { return nil, errors.ErrUnsupported },
					openExit:   func(int) (ending, error) { return nil, errors.ErrUnsupported }}
				go func() {
					defer close(done)
					run(ctx, Config{Poll: time.Hour, Emit: func(c Change) { seen <- c }, Health: func(int, Health) {},
						Glimpse: func(int, lockcore.State) {}, Woke: woke}, []store{changing}, deaf)
				}()
				if c := <-seen; c.Event != Initial {
					t.Errorf("event %q", c.Event)
				}
				time.Sleep(BlindInterval / 2) // the first looks have ended, and no poll is due
				changing.held.Store(true)
				now := time.Now()
				hint(woke, ring)
				if c := <-seen; c.To.State != lockcore.HeldElsewhere || !c.At.Equal(now) {
					t.Errorf("%v, %v after the hint", c.To.State, c.At.Sub(now))
				}
				cancel()
				<-done
			})
		})
	}
}

// TestReturn checks that a change seen soon after waking counts as one that may have happened during sleep. For an event that waited, the
// time at which the lock was found gone decides.
func TestReturn(t *testing.T) {
	woke := moment
	for _, c := range []struct {
		name      string
		at, since time.Time
		woke      time.Time
		want      bool
	}{
		{"never slept", moment, time.Time{}, time.Time{}, false},
		{"soon", after(returnTime - 1), time.Time{}, woke, true},
		{"later", after(returnTime), time.Time{}, woke, false},
		{"gone soon, and reported later", after(returnTime + TakeoverTime - 1), after(returnTime - 1), woke, true},
	} {
		if got := (Change{At: c.at, Since: c.since}).isReturn(c.woke); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
