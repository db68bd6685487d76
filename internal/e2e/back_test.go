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

// TestDaemonGetsItsLockBack takes longest, and so stands in the file that go test reads first. A daemon that lost its lock while it runs, as by the end of another one, gets the same bytes back. That is
// said, and no alarm rings. (lockcore tests that it happens once.)
func TestDaemonGetsItsLockBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.make(t)
	d.start().waitIcon(icons.Unlocked)
	pid := d.holdAsDaemon()
	write(t, filepath.Join(d.store.dir, ".daemon-state.json"), fmt.Sprintf(`{"daemon_pid":%d}`, pid)) // so it is not about to end
	write(t, filepath.Join(d.store.dir, "config.json"), "{}")                                         // and this is its directory
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
	if told := d.titles(); len(told) != 1 {
		t.Errorf("told %q", told)
	}
}
