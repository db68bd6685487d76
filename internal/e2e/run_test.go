//go:build linux

package e2e

import (
	"slices"
	"syscall"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// TestTakeoverByRunIsLoggedOnce tests that the app does not log a takeover that lockbar run has logged.
func TestTakeoverByRunIsLoggedOnce(t *testing.T) {
	t.Parallel()
	d := heldDesk(t, "mac-mini")
	run := d.command("run", "--take-over", "--", "sleep", "600").Start(t)
	d.waitIcon(icons.HeldHere)
	testfs.Check(t, run.Signal(syscall.SIGTERM))
	testdesk.Must(run.Wait(d.ctx()))(t)
	d.waitIcon(icons.Unlocked)
	d.waitHistory("released")
	if got, want := d.history(), []string{"acquired", "released"}; !slices.Equal(got, want) {
		t.Errorf("the history has %q, want %q", got, want)
	}
}
