package tray

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// TestPromisedNumbers compares constants, of which other tests use only the names, with the figures in README.
func TestPromisedNumbers(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"delay of the message about a lock left behind", notify.Grace, 10 * time.Second},
		{"how long a takeover may take", watch.TakeoverTime, 10 * time.Second},
		{"how long a panel may take after a login", (Config{}).patience(), 30 * time.Second},
		{"how long a panel may take at a terminal", (Config{AtTerminal: true}).patience(), 10 * time.Second},
		{"events in Recent Activity", shownPast, 10},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

// TestStopIsOfferedWhereItIsOrderly checks that Stop is not offered on Windows, but Start is offered everywhere.
func TestStopIsOfferedWhereItIsOrderly(t *testing.T) {
	held := with(lock(lockcore.HeldHere, "", ours), func(s *lockcore.Snapshot) { s.Holder = alive })
	menu := render(inputOf(storeView{Snapshot: held, Served: true})).Menu
	if offered := itemOf(menu, doStopDaemon, 0).Visible; offered != (runtime.GOOS != "windows") {
		t.Errorf("%s: Stop is offered: %v", runtime.GOOS, offered)
	}
	menu = render(inputOf(storeView{Snapshot: noLock(lockcore.Unlocked, ""), Served: true})).Menu
	if !itemOf(menu, doStartDaemon, 0).Visible {
		t.Errorf("%s: Start is not offered", runtime.GOOS)
	}
}

// TestAskedHasAButton checks that a request offers Stop if a service can stop the daemon, and that only a click stops it.
func TestAskedHasAButton(t *testing.T) {
	needStop(t)
	synctest.Test(t, func(t *testing.T) {
		var stopped []lockcore.Process
		r := servedRig(t, func(a action) result {
			stopped = append(stopped, a.Seen.stoppable())
			return served("stopped", "The daemon was stopped (PID 77, x.service)", nil)
		})
		look := besidePeer(mini)
		r.sawShared(watch.BecameTwo, look)
		<-r.messages // the alarm
		p := look.Peers.List()[0]
		p.Ask = lockcore.Ask{Machine: r.announcers[0].Machine, Daemon: lockcore.DaemonID{PID: ours.PID, StartedAt: ours.StartedAt}, At: time.Now()}
		p.Asked = time.Now()
		look.Peers = lockcore.NewPeers([]lockcore.Peer{p})
		r.sawShared(watch.NoEvent, look)
		if m := <-r.messages; labels(m) != notify.StopDaemonLabel {
			t.Errorf("sent %+v", m)
		}
		time.Sleep(30 * time.Minute)
		synctest.Wait()
		if len(stopped) != 0 {
			t.Errorf("it stopped %v by itself", stopped)
		}
		r.press(2, notify.StopDaemon)
		time.Sleep(time.Second)
		synctest.Wait()
		if len(stopped) != 1 || stopped[0] != alive {
			t.Errorf("the click stopped %v, want %v", stopped, alive)
		}
	})
}
