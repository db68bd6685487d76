//go:build linux

package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/icons"
)

// TestDaemonThatStartsInTheGrace: a lock that was left behind is no news while a daemon of its store starts, which will replace it.
// Another store has the same grace, and is told of.
func TestDaemonThatStartsInTheGrace(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	work, play := store{filepath.Join(d.home.Dir, "work")}, store{filepath.Join(d.home.Dir, "play")}
	work.make(t)
	play.make(t)
	d.start("--store", work.dir, "--store", play.dir).waitIcon(icons.Unlocked)
	work.write(t, record(deadPID(t), host))
	d.waitIcon(icons.Stale)
	daemon := work.startDaemon(t) // no event tells of it
	play.write(t, record(deadPID(t), host))
	left := time.Now()
	if waited := d.waitNote("left a lock behind").Received.Sub(left); waited < grace {
		t.Errorf("told after %v, want %v at least", waited, grace)
	}
	if shown := d.waitScreen("left a lock behind"); !strings.Contains(shown[0].Body, "~/play") {
		t.Errorf("told %v", shown)
	}
	daemon.end()
	d.waitScreen("left a lock behind", "left a lock behind")
}
