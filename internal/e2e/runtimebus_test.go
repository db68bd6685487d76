//go:build linux

package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// TestBusInTheRuntimeDirectory tests that the app, its messages, a second start and doctor find the bus if no variable names it.
func TestBusInTheRuntimeDirectory(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	path, _, _ := strings.Cut(strings.TrimPrefix(d.bus.Address(), "unix:path="), ",")
	unnamed := func(args ...string) testdesk.Command {
		c := d.command(args...)
		c.Env = append(c.Env, "DBUS_SESSION_BUS_ADDRESS=", "XDG_RUNTIME_DIR="+filepath.Dir(path))
		return c
	}
	d.store.takeOver(t, "mac-air")
	d.app = unnamed("tray").Start(t)
	d.item = testdesk.Must(d.watcher.WaitItem(d.ctx()))(t)
	d.waitIcon(icons.HeldElsewhere)
	d.store.takeOver(t, "mac-mini")
	d.waitNote("Store taken over by mac-mini")
	wantOneLine(t, unnamed().Start(t), 0, "already running")
	d.waitNote("already running")
	doctor := unnamed("doctor").Start(t)
	testdesk.Must(doctor.Wait(d.ctx()))(t)
	if output := doctor.Stdout(); !strings.Contains(output, "A panel shows icons") {
		t.Errorf("doctor printed:\n%s", output)
	}
}
