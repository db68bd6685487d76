//go:build linux

package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/icons"
)

// TestDaemonStartsInTheGrace tests that a stale lock causes no message while a daemon of its store runs, because that daemon will replace
// the lock. Meanwhile the stale lock of another store causes its message after the grace.
func TestDaemonStartsInTheGrace(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	work, play := store{filepath.Join(d.home.Dir, "work")}, store{filepath.Join(d.home.Dir, "play")}
	work.make(t)
	play.make(t)
	d.start("--store", work.dir, "--store", play.dir).waitIcon(icons.Unlocked)
	work.write(t, record(deadPID(t), host))
	d.waitIcon(icons.Stale)
	daemon := work.startDaemon(t) // which causes no event
	play.write(t, record(deadPID(t), host))
	written := time.Now()
	if waited := d.waitNote("left a lock behind").Received.Sub(written); waited < grace {
		t.Errorf("the message came after %v, want %v at least", waited, grace)
	}
	if shown := d.waitScreen("left a lock behind"); !strings.Contains(shown[0].Body, "~/play") {
		t.Errorf("the messages are %v, want the one about play", shown)
	}
	daemon.end()
	d.waitScreen("left a lock behind", "left a lock behind")
}
