//go:build linux

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
	"lockbar/lockcore"
)

// TestDaemonGetsItsLockBack tests that a running daemon whose lock was deleted, as by the end of another daemon, gets the same bytes back,
// with a message and without an alarm. (lockcore tests that it happens once.) This is the slowest test. It starts first, because
// it is in the first file.
func TestDaemonGetsItsLockBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.make(t)
	d.start().waitIcon(icons.Unlocked)
	pid := d.holdAsDaemon()
	write(t, filepath.Join(d.store.dir, ".daemon-state.json"), fmt.Sprintf(`{"daemon_pid":%d}`, pid)) // a daemon that ends clears this
	write(t, filepath.Join(d.store.dir, "config.json"), "{}")                                         // marks the daemon's directory
	lock, err := os.ReadFile(d.store.lock())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(d.store.lock()); err != nil {
		t.Fatal(err)
	}
	d.waitIcon(icons.Contested)
	ctx, cancel := context.WithTimeout(t.Context(), 2*lockcore.MissingAfter)
	defer cancel()
	if _, err := d.notes.WaitFor(ctx, func(n testdesk.Notification) bool { return strings.Contains(n.Summary, "got its lock back") }); err != nil {
		t.Fatal(err)
	}
	d.store.has(t, lock)
	d.waitIcon(icons.HeldHere)
	if titles := d.titles(); len(titles) != 1 {
		t.Errorf("notifications are %q, want one", titles)
	}
}
