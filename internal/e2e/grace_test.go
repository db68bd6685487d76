//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
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
	d.waitNote("left a lock behind")
	if shown := d.waitScreen("left a lock behind"); !strings.Contains(shown[0].Body, "~/play") {
		t.Errorf("told %v", shown)
	}
	daemon.end()
	d.waitScreen("left a lock behind", "left a lock behind")
}

// TestRestartOfTheServiceExtendsTheGrace: systemd waits before it starts a daemon that crashed.
func TestRestartOfTheServiceExtendsTheGrace(t *testing.T) {
	t.Parallel()
	const restart = 3 * time.Second
	d := newDesk(t)
	units := filepath.Join(d.home.Dir, ".config", "systemd", "user")
	if err := os.MkdirAll(units, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(units, "iai-mcp.service"), "[Service]\nExecStart=/usr/bin/python3 -m iai_mcp.daemon\nRestart=on-failure\nRestartSec=3\n")
	d.store.make(t)
	d.start("--store", d.store.dir)
	holder := d.hold()
	killed := time.Now()
	holder.Kill()
	if waited := d.waitNote("left a lock behind").Received.Sub(killed); waited < grace+restart {
		t.Errorf("told after %v, want %v at least", waited, grace+restart)
	}
	testdesk.Must(d.item.Menu(d.ctx()))(t) // the tray goes on
}
