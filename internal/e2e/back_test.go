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
// bytes back after MissingAfter, with a message and without an alarm. (lockcore tests that this happens once.) This is the
// slowest test. It starts first, because it is in the first file.
func TestDaemonGetsItsLockBack(t *testing.T) {
	t.Parallel()
	d := freeDesk(t)
	pid := d.holdAsDaemon().pid()
	write(t, filepath.Join(d.store.dir, ".daemon-state.json"), fmt.Sprintf(`{"daemon_pid":%d}`, pid)) // a daemon that ends clears it
	write(t, filepath.Join(d.store.dir, "config.json"), "{}")                                         // marks the daemon's directory
	lock := testdesk.Must(os.ReadFile(d.store.lock()))(t)
	gone := time.Now()
	d.store.drop(t)
	d.waitIcon(icons.Contested)
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
