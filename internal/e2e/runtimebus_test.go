//go:build linux

package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"lockbar/icons"
)

// TestBusInTheRuntimeDirectory tests that the app, its messages, a second start and doctor find the bus if no variable names it.
func TestBusInTheRuntimeDirectory(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	path, _, _ := strings.Cut(strings.TrimPrefix(d.bus.Address(), "unix:path="), ",")
	d.env = []string{"DBUS_SESSION_BUS_ADDRESS=", "XDG_RUNTIME_DIR=" + filepath.Dir(path)}
	d.store.takeOver(t, "mac-air")
	d.start().waitIcon(icons.HeldElsewhere)
	d.store.takeOver(t, "mac-mini")
	d.waitNote("Store taken over by mac-mini")
	wantOneLine(t, d.command().Start(t), 0, "already running")
	d.waitNote("already running")
	doctor, _ := d.do("doctor")
	if output := doctor.Stdout(); !strings.Contains(output, "A panel shows icons") {
		t.Errorf("doctor printed:\n%s", output)
	}
}
