package tray

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/internal/config"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// announced returns what the loop has written in the store.
func (r *rig) announced(t *testing.T) (file struct {
	Watching bool
	Daemon   *lockcore.DaemonID
	Ask      *lockcore.Ask
}) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(r.config.Stores[0].Dir(), lockcore.PeersName, "*.json"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("files: %q, %v", paths, err)
	}
	data, err := os.ReadFile(paths[0])
	if err == nil {
		err = json.Unmarshal(data, &file)
	}
	testfs.Check(t, err)
	return file
}

// sawShared does what saw does, for the first store, which other machines share, and waits until a due announcement is written.
func (r *rig) sawShared(e watch.Event, s lockcore.Snapshot) {
	s.Store = r.config.Stores[0].Dir()
	m := r.memories[0].Next(s, time.Now())
	m.Shared = true
	seen := watch.Change{At: time.Now(), Event: e, From: r.last[0], To: s, Memory: m}
	r.last[0] = s
	r.changes <- sighting{Change: seen}
	time.Sleep(2 * time.Second) // virtual: announcements are a second apart
	synctest.Wait()
}

// TestAsk checks that a click asks the other machine about the daemon there, and that the request ends with that daemon.
func TestAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.sawShared(watch.BecameTwo, besidePeer(mini))
		if w := r.announced(t); !w.Watching || w.Daemon == nil || w.Daemon.PID != 77 || w.Ask != nil {
			t.Errorf("announced %+v", w)
		}
		v, _, _ := r.display.now()
		item := itemOf(v.Menu, doAsk, 0).Action
		r.clicks <- item
		r.clicks <- item // a double click
		time.Sleep(2 * time.Second)
		synctest.Wait()
		r.shows(t, "mac-mini was asked to stop its daemon")
		p := peerOf(mini)
		if w := r.announced(t); w.Ask == nil || w.Ask.Machine != p.Machine || w.Ask.Daemon != p.Daemon {
			t.Errorf("announced %+v", w)
		}
		r.shows(t, "mac-mini was asked at ")
		p.Daemon, p.Alive = lockcore.DaemonID{}, false
		r.sawShared(watch.Cleared, with(lock(lockcore.HeldHere, "", ours), func(s *lockcore.Snapshot) {
			s.Holder, s.Peers = alive, lockcore.NewPeers([]lockcore.Peer{p})
		}))
		if w := r.announced(t); w.Ask != nil {
			t.Errorf("it still asks: %+v", w)
		}
	})
}

// TestAskWithoutAnnouncing checks that a click that asks nobody says so: the item may have been drawn before announcing ended.
func TestAskWithoutAnnouncing(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*choices)
		want   string
	}{
		{"unreadable settings", func(c *choices) { c.Problem = "Settings cannot be read now" }, "was not asked: the settings cannot be read"},
		{"switched off", func(c *choices) { c.Talk = false }, "was not asked: Tell Other Computers is off"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				now := choicesOf(config.Default())
				var read atomic.Pointer[choices]
				read.Store(&now)
				r := newRigReading(t, 1, func(string) answer { return answer{choices: *read.Load()} })
				r.sawShared(watch.BecameTwo, besidePeer(mini))
				v, _, _ := r.display.now()
				item := itemOf(v.Menu, doAsk, 0).Action
				later := now
				test.change(&later)
				read.Store(&later)
				r.opened <- struct{}{} // the settings are read again
				synctest.Wait()
				r.clicks <- item
				r.shows(t, test.want)
			})
		})
	}
}

// TestAsked checks that the request of another machine causes one message, which is withdrawn when the request is over.
func TestAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		two := besidePeer(mini)
		r.sawShared(watch.BecameTwo, two)
		<-r.messages // the alarm
		p := two.Peers.List()[0]
		p.Ask = lockcore.Ask{Machine: r.announcers[0].Machine, Daemon: lockcore.DaemonID{PID: ours.PID, StartedAt: ours.StartedAt}, At: time.Now()}
		p.Asked = time.Now()
		two.Peers = lockcore.NewPeers([]lockcore.Peer{p})
		r.sawShared(watch.NoEvent, two)
		if m := <-r.messages; m.Title != "Stop the daemon here? Asked by mac-mini" || !m.Urgent || !strings.Contains(m.Body, "PID 77") {
			t.Errorf("sent %+v", m)
		}
		r.shows(t, "mac-mini asks you to stop the daemon here")
		r.sawShared(watch.NoEvent, two)
		time.Sleep(time.Hour)
		synctest.Wait()
		<-r.withdrawn
		r.silent(t, "again")
	})
}

// TestNoAnnouncementsCostNothing checks that a planned announcement does not keep the app awake after announcing is switched off.
func TestNoAnnouncementsCostNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.sawShared(watch.BecameTwo, besidePeer(mini)) // announced again every few minutes
		r.click(doToggleTalk, 0)
		time.Sleep(lockcore.HeartbeatTime)
		_, before, _ := r.display.now()
		time.Sleep(lockcore.HeartbeatTime)
		if _, after, _ := r.display.now(); after-before > 3 {
			t.Errorf("it drew the menu %d times", after-before)
		}
	})
}
