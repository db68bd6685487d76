package tray

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/icons"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// TestIconAheadOfTheChange checks that only the icon shows a glimpse, until the loop receives the change.
func TestIconAheadOfTheChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, noLock(lockcore.Unlocked, ""))
		r.changes <- sighting{watch.Change{To: lockcore.Snapshot{State: lockcore.HeldElsewhere}}, true}
		r.opened <- struct{}{} // everything is drawn again
		if v, _, _ := r.display.now(); v.Icon != icons.HeldElsewhere || r.display.icon != v.Icon || strings.Contains(printed(v), "Held") {
			t.Errorf("icon in the view %v, before it %v, and\n%s", v.Icon, r.display.icon, printed(v))
		}
		r.saw(0, watch.BecameTwo, lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini))
		if v, _, _ := r.display.now(); v.Icon != icons.Contested || r.display.icon != v.Icon {
			t.Errorf("icon in the view %v, before it %v", v.Icon, r.display.icon)
		}
	})
}

func TestAgesStayCurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		fresh := mini
		fresh.StartedAt = time.Now().UTC().Format(time.RFC3339)
		r.saw(0, watch.Initial, lock(lockcore.HeldElsewhere, "", fresh))
		if v, _, _ := r.display.now(); strings.Contains(printed(v), "just now") {
			t.Errorf("an age in a closed menu:\n%s", printed(v))
		}
		time.Sleep(time.Hour)
		r.shows(t, ", 1 h")
		time.Sleep(49 * time.Hour)
		r.shows(t, ", 2 days")
	})
}

// TestOpenMenuShowsMinutes checks that an opened menu shows minutes, and not for long: not every panel reports the next opening.
func TestOpenMenuShowsMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		fresh := mini
		fresh.StartedAt = time.Now().UTC().Format(time.RFC3339)
		r.saw(0, watch.Initial, lock(lockcore.HeldElsewhere, "", fresh))
		r.opened <- struct{}{}
		r.shows(t, ", just now)")
		time.Sleep(2*time.Minute + time.Second)
		r.opened <- struct{}{}
		r.shows(t, ", 2 min)")
		time.Sleep(exactTime)
		if v, _, _ := r.display.now(); strings.Contains(printed(v), "2 min") {
			t.Errorf("%v later:\n%s", exactTime, printed(v))
		}
	})
}

func TestOpeningTheMenuMakesItFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		_, before, _ := r.display.now()
		read := r.reads.Load()
		r.opened <- struct{}{}
		if _, shown, _ := r.display.now(); shown == before || r.reads.Load() != read+1 {
			t.Errorf("shown %d times, the settings read %d times", shown-before, r.reads.Load()-read)
		}
	})
}

// TestNewPanelGetsTheWholeMenu checks that the menu is rebuilt once for a panel that appears.
func TestNewPanelGetsTheWholeMenu(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.panels <- struct{}{}
		synctest.Wait()
		if n := r.display.built.Load(); n != 1 {
			t.Errorf("rebuilt %d times, want once", n)
		}
	})
}

// TestBurstIsDrawnTwice checks that changes of many stores at once cause at most two drawings, the last of which shows all of them.
func TestBurstIsDrawnTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const stores = 100
		r := newRig(t, stores)
		_, before, _ := r.display.now()
		for i := range stores {
			r.saw(i, watch.Initial, lock(lockcore.HeldElsewhere, "", mini))
		}
		v, shown, _ := r.display.now()
		if got := strings.Count(printed(v), "Force Unlock"); got != stores || shown > before+2 {
			t.Errorf("%d stores shown in %d drawings", got, shown-before)
		}
	})
}

// TestIdleLoopSleeps checks that an hour without an event costs one drawing, which sends the icon again.
func TestIdleLoopSleeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, noLock(lockcore.Unlocked, ""))
		_, before, _ := r.display.now()
		time.Sleep(time.Hour)
		if _, shown, forgot := r.display.now(); shown != before+1 || forgot != 1 {
			t.Errorf("shown %d times, forgot %d times", shown-before, forgot)
		}
	})
}

func TestNoticeEndsWithTheNextEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.results <- result{Action: action{Do: doUnlock}, Text: "Removed the lock"}
		r.saw(0, watch.WasRemoved, noLock(lockcore.Unlocked, ""))
		r.shows(t, "(Removed the lock)")
		r.saw(0, watch.Acquired, lock(lockcore.HeldElsewhere, "", mini))
		if v, _, _ := r.display.now(); strings.Contains(printed(v), "Removed the lock") {
			t.Errorf("still there:\n%s", printed(v))
		}
		r.saw(0, watch.LockChanged, with(lock(lockcore.Stale, lockcore.ProcessGone, ours), func(s *lockcore.Snapshot) {
			s.Conflicts = lockcore.NewConflicts([]lockcore.Conflict{{Path: "a"}})
		}))
		r.results <- result{Action: action{Do: doSetAside}, Text: "Moved a copy"}
		r.saw(0, watch.LockChanged, lock(lockcore.Stale, lockcore.ProcessGone, ours)) // because of the click
		r.shows(t, "(Moved a copy)")
	})
}

// TestTwoLocksPutBack checks that the messages about locks that were put back in two stores replace neither each other nor an alarm.
func TestTwoLocksPutBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		r.saw(0, watch.BecameTwo, lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini))
		time.Sleep(time.Minute) // virtual
		for i := range 2 {
			r.results <- result{Action: action{Do: doPutBack, Store: i}, Title: "The daemon here got its lock back", Text: "back"}
		}
		synctest.Wait()
		for _, s := range r.config.Stores {
			if r.outbox.Shows(notify.AnswerSlot + " " + s.Identity()).IsZero() {
				t.Errorf("%s has no message", s.Dir())
			}
		}
		if alarm := r.outbox.Shows(r.config.Stores[0].Identity()); !alarm.Urgent {
			t.Errorf("the alarm is gone: %v", alarm)
		}
	})
}

func TestLostDisplayEndsTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.display.fail(errBusLost)
		r.changes <- sighting{Change: watch.Change{Event: watch.Initial, To: noLock(lockcore.Unlocked, "")}}
		if err := <-r.ended; !errors.Is(err, errBusLost) {
			t.Error(err)
		}
	})
}

func TestOutcome(t *testing.T) {
	ended, end := context.WithCancel(context.Background())
	end()
	for _, test := range []struct {
		name   string
		parent context.Context
		cause  error
		want   error
	}{
		{"quit", context.Background(), nil, nil},
		{"bus lost", context.Background(), errBusLost, errBusLost},
		{"asked to end, and the bus lost too", ended, errBusLost, nil},
	} {
		ctx, cancel := context.WithCancelCause(test.parent)
		cancel(test.cause)
		if got := outcome(test.parent, ctx); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// TestEndLeavesWhatHangs checks that the loop ends although a click's work does not return.
func TestEndLeavesWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		hung := make(chan struct{})
		r.start(t.Context(), action{Do: doOpenStore}, func(context.Context) result { <-hung; return result{} })
		r.stop(t)
		close(hung)
	})
}

// TestWatcherIsToldOfAWake checks that the loop reports a wake to the watcher, which then looks at once.
func TestWatcherIsToldOfAWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.wakes <- struct{}{}
		<-r.lookAll
	})
}

// TestRecentActivityFillsItsPlaces checks that the menu lists the newest of many quick events, newest first.
func TestRecentActivityFillsItsPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, noLock(lockcore.Unlocked, ""))
		if v, _, _ := r.display.now(); strings.Contains(printed(v), "Recent Activity") {
			t.Errorf("events before any happened:\n%s", printed(v))
		}
		var want []string
		for n := range shownPast + 2 {
			host := fmt.Sprintf("mac-%d", n)
			want = append([]string{host}, want...)
			to := lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: 1 + n, Hostname: host})
			r.changes <- sighting{Change: watch.Change{At: time.Now(), Event: watch.TakenOver, To: to}}
		}
		v, _, _ := r.display.now()
		_, past, _ := strings.Cut(printed(v), "Recent Activity")
		if got := regexp.MustCompile(`mac-\d+`).FindAllString(past, -1); !slices.Equal(got, want[:shownPast]) {
			t.Errorf("got %v, want %v in\n%s", got, want[:shownPast], past)
		}
	})
}

// TestDemoOffersNoLogin checks that a demo does not read Login, so that its menu has no Start at Login: that would start the app on the
// user's own store.
func TestDemoOffersNoLogin(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	for _, demo := range []bool{false, true} {
		l := newLoop(Config{Demo: demo}, newLogs(io.Discard, true))
		go l.read(t.Context(), make([]lockcore.Token, 1))
		if got := (<-l.readings).Login; demo && got != loginUnknown || !demo && got != readLogin() {
			t.Errorf("demo %v: %v", demo, got)
		}
	}
}

// slowDisplay is a display that takes a second to draw.
type slowDisplay struct{ fakeDisplay }

func (d *slowDisplay) Show(v view) error {
	time.Sleep(time.Second)
	return d.fakeDisplay.Show(v)
}

// TestDueWhileDrawing checks that work that becomes due during a drawing is done right after it, not at the next event.
func TestDueWhileDrawing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLoop(Config{Stores: newStores(t, 1, lockcore.Options{Hostname: "mac-a"})}, newLogs(io.Discard, false))
		turn, tick := time.Now(), time.NewTimer(time.Hour)
		l.announcers[0].due = turn.Add(time.Second / 2)
		testfs.Check(t, l.show(&slowDisplay{}, tick, turn))
		<-tick.C
		if took := time.Since(turn); took != time.Second {
			t.Errorf("done after %v", took)
		}
	})
}
