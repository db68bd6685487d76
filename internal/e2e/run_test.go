//go:build linux

package e2e

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// TestTakeoverByRunIsLoggedOnce tests that the app does not log a takeover that lockbar run has logged.
func TestTakeoverByRunIsLoggedOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-mini")
	d.start().waitIcon(icons.HeldElsewhere)
	run := d.command("run", "--take-over", "--", "sleep", "600").Start(t)
	d.waitIcon(icons.HeldHere)
	if err := run.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	testdesk.Must(run.Wait(d.ctx()))(t)
	d.waitIcon(icons.Unlocked)
	history := filepath.Join(d.home.State(), "history.jsonl")
	waitFile(d, history, func(data string) bool {
		if strings.Count(data, `"event":"acquired"`) > 1 {
			t.Fatalf("the takeover is logged twice:\n%s", data)
		}
		return strings.Contains(data, `"event":"acquired"`) && strings.Contains(data, `"event":"released"`)
	})
}
