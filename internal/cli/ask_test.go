package cli

import (
	"strings"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// TestExpiredRequestIsRepeated checks that ask repeats a request that the app has not withdrawn although it is too old, as after a kill of
// the app, and does not repeat a valid one.
func TestExpiredRequestIsRepeated(t *testing.T) {
	w := newWorld(t)
	w.extra = []string{"LOCKBAR_MACHINE_ID=" + idA}
	pid := daemon(t, w.dir)
	w.writeLock(record(ourHost, pid))
	other := lockcore.DaemonID{PID: 4242, StartedAt: startedAt(3 * time.Hour)}
	w.writePeer(peerFile{host: "mac-b", id: idB, daemon: other})
	store, err := lockcore.Open(w.dir, lockcore.Options{Hostname: ourHost, Machine: idA})
	testfs.Check(t, err)
	own := lockcore.Announcement{Machine: idA, Host: ourHost, Version: "1", Watching: true,
		Daemon: lockcore.DaemonID{PID: pid, StartedAt: startedAt(3 * time.Hour)}}
	mac := lockcore.Peer{Announcement: lockcore.Announcement{Machine: idB, Daemon: other}}
	testfs.Check(t, store.Announce(own.WithAsk(mac, time.Now().Add(-2*time.Hour))))
	for _, want := range []string{"Asked mac-b", "mac-b is already being asked"} {
		if out := w.here("ask", "mac-b").want(t, exitOK).out; !strings.HasPrefix(out, want) {
			t.Errorf("ask printed %q, want %q", out, want)
		}
	}
}
