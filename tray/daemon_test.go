package tray

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/internal/service"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// needStop skips the test on Windows, where Lockbar stops no daemon.
func needStop(t *testing.T) {
	t.Helper()
	if !service.CanStop {
		t.Skip("this system stops no daemon in an orderly way")
	}
}

// TestWhenTheDaemonItemsAreShown checks that each item is shown only when it can do something.
func TestWhenTheDaemonItemsAreShown(t *testing.T) {
	needStop(t)
	held := func(p lockcore.Process) lockcore.Snapshot {
		return with(lock(lockcore.HeldHere, "", ours), func(s *lockcore.Snapshot) { s.Holder = p })
	}
	run, starting := alive, noLock(lockcore.Unlocked, "")
	run.Kind, starting.Starting = lockcore.LockbarRun, alive
	for _, test := range []struct {
		name        string
		look        lockcore.Snapshot
		served      bool
		stop, start bool
	}{
		{"a daemon holds it", held(alive), true, true, false},
		{"no service", held(alive), false, false, false},
		{"lockbar run holds it", held(run), true, false, false},
		{"free", noLock(lockcore.Unlocked, ""), true, false, true},
		{"free, no service", noLock(lockcore.Unlocked, ""), false, false, false},
		{"starting", starting, true, false, false},
		{"elsewhere", lock(lockcore.HeldElsewhere, "", mini), true, false, false},
		{"left behind", lock(lockcore.Stale, lockcore.ProcessGone, ours), true, false, false},
		{"not looked yet", lockcore.Snapshot{}, true, false, false},
		{"corrupt, and a daemon runs", with(lock(lockcore.Corrupt, lockcore.NotJSON, ours), func(s *lockcore.Snapshot) { s.LocalDaemon = alive }), true, true, false},
	} {
		menu := render(inputOf(storeView{Snapshot: test.look, Served: test.served})).Menu
		if stop, start := itemOf(menu, doStopDaemon, 0), itemOf(menu, doStartDaemon, 0); stop.Visible != test.stop || start.Visible != test.start || !stop.Enabled {
			t.Errorf("%s: stop %t, start %t", test.name, stop.Visible, start.Visible)
		}
	}
}

// servedRig returns a rig with a service manager that calls serve.
func servedRig(t *testing.T, serve func(a action) result) *rig {
	r := newRig(t, 1)
	r.serve = func(_ context.Context, a action, _ *lockcore.Memory) result { return serve(a) }
	r.answers <- answer{choices: r.settings, service: &service.Installed{Stores: []string{r.config.Stores[0].Identity()}}}
	synctest.Wait()
	return r
}

var twoDaemons = with(lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini), func(s *lockcore.Snapshot) { s.LocalDaemon = alive })

// TestStopTheDaemon checks that the menu shows a stop that is under way, and then its result, which stays when the lock is gone.
func TestStopTheDaemon(t *testing.T) {
	needStop(t)
	synctest.Test(t, func(t *testing.T) {
		clicks := 0
		r := servedRig(t, func(a action) result {
			clicks++
			time.Sleep(time.Minute)
			return served("stopped", "The daemon was stopped (PID 77, x.service). The assistant's next call may start it again", nil)
		})
		r.saw(0, watch.Initial, with(lock(lockcore.HeldHere, "", ours), func(s *lockcore.Snapshot) { s.Holder = alive }))
		r.click(doStopDaemon, 0)
		r.shows(t, "(Stopping the daemon…)")
		r.shows(t, "(Stop the Daemon Here)")
		r.click(doStopDaemon, 0)
		r.saw(0, watch.Released, noLock(lockcore.Unlocked, ""))
		r.shows(t, "(Stopping the daemon…)")
		r.shows(t, "(Start the Daemon)")
		time.Sleep(time.Minute)
		if m := <-r.messages; m.Title != "The daemon was stopped" || !strings.Contains(m.Body, "next call may start it again.") || clicks != 1 {
			t.Errorf("%d clicks, sent %v", clicks, m)
		}
		r.saw(0, watch.LockChanged, noLock(lockcore.Unlocked, ""))
		r.shows(t, "(The daemon was stopped (PID 77, x.service).")
		r.shows(t, "\nStart the Daemon\n")
	})
}

// TestStopButtonOfAnotherDaemon checks that Stop in a message does nothing after another daemon has replaced the one that it names.
func TestStopButtonOfAnotherDaemon(t *testing.T) {
	needStop(t)
	synctest.Test(t, func(t *testing.T) {
		r := servedRig(t, func(action) result { t.Error("a stop was requested"); return result{} })
		r.saw(0, watch.BecameTwo, twoDaemons)
		<-r.messages
		r.unresponsive.Store(true) // so the new message is not shown yet
		r.saw(0, watch.LockChanged, with(twoDaemons, func(s *lockcore.Snapshot) { s.LocalDaemon.PID, s.LocalDaemon.StartID = 78, 5 }))
		for len(r.messages) > 0 {
			<-r.messages
		}
		r.press(1, notify.StopDaemon)
		if m := <-r.messages; m.Title != "The daemon was not stopped" || !strings.Contains(m.Body, "It has ended already") {
			t.Errorf("sent %v", m)
		}
	})
}

// TestFailedStopBringsTheAlarmBack checks that the alarm is shown again if its Stop fails.
func TestFailedStopBringsTheAlarmBack(t *testing.T) {
	needStop(t)
	synctest.Test(t, func(t *testing.T) {
		r := servedRig(t, func(action) result { return served("stopped", "", errors.New("no bus")) })
		r.saw(0, watch.BecameTwo, twoDaemons)
		alarm := <-r.messages
		r.press(1, notify.StopDaemon)
		if again, answer := r.next(t), r.next(t); again.Title != alarm.Title || answer.Title != "The daemon was not stopped" {
			t.Errorf("sent %v, %v", again, answer)
		}
	})
}

// TestServedResult checks that a refusal gives its reason, and that a daemon that was stopped already is not a failure.
func TestServedResult(t *testing.T) {
	already := served("stopped", "", &service.Refusal{Why: "the daemon has ended already", Already: true})
	if already.Text != "The daemon has ended already" || already.Title != "The daemon was not stopped" || already.Err != nil {
		t.Errorf("%+v", already)
	}
	refused := served("started", "", &service.Refusal{Why: "no service of yours is known"})
	if refused.Text != "The daemon was not started: no service of yours is known" || refused.Said != "No service of yours is known" || refused.Err == nil {
		t.Errorf("%+v", refused)
	}
}
