//go:build linux

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// TestDaemonGetsItsLockBack tests that a running daemon whose lock was deleted, for example by another daemon that ended, gets the same
// bytes back after MissingAfter, with a message and without an alarm, also from an app that was killed meanwhile and started again.
// (lockcore tests that this happens once.) This is the slowest test. It starts first, because it is in the first file.
func TestDaemonGetsItsLockBack(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*desk){
		"from the same app": func(*desk) {},
		"from the next app": func(d *desk) {
			d.waitHistory("contested")
			d.waitState(string(lockcore.LockMissing))
			d.kill()
			d.start().waitIcon(icons.Contested)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testLockBack(t, meanwhile)
		})
	}
}

func testLockBack(t *testing.T, meanwhile func(*desk)) {
	d := freeDesk(t)
	pid := d.holdAsDaemon().pid()
	write(t, filepath.Join(d.store.dir, ".daemon-state.json"), fmt.Sprintf(`{"daemon_pid":%d}`, pid)) // a daemon that ends clears it
	write(t, filepath.Join(d.store.dir, "config.json"), "{}")                                         // marks the daemon's directory
	lock := testdesk.Must(os.ReadFile(d.store.lock()))(t)
	gone := time.Now()
	d.store.drop(t)
	d.waitIcon(icons.Contested)
	meanwhile(d)
	ctx, cancel := context.WithTimeout(t.Context(), 2*lockcore.MissingAfter)
	defer cancel()
	n, err := d.notes.WaitFor(ctx, func(n testdesk.Notification) bool { return strings.Contains(n.Summary, "got its lock back") })
	testfs.Check(t, err)
	if waited := n.Received.Sub(gone); waited < lockcore.MissingAfter {
		t.Errorf("the lock came back after %v, want %v at least", waited, lockcore.MissingAfter)
	}
	d.store.has(t, lock)
	d.waitIcon(icons.HeldHere)
	if titles := d.titles(); len(titles) != 1 {
		t.Errorf("notifications are %q, want one", titles)
	}
}
