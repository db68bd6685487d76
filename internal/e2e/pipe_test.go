//go:build linux

package e2e

import (
	"os"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// TestClosedStderr tests that the app works although the reader of its output and its log has ended.
func TestClosedStderr(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-air")
	d.startWithClosedOutput("-v")
	d.waitIcon(icons.HeldElsewhere)
	d.store.takeOver(t, "mac-mini")
	d.waitNote("Store taken over by mac-mini")
	d.store.write(t, []byte("not a lock"))
	d.waitIcon(icons.Corrupt)
	d.waitNote("The lock is corrupt")
}

// startWithClosedOutput starts the app with a pipe that has no reader as its outputs, and waits for its item.
func (d *desk) startWithClosedOutput(args ...string) {
	d.t.Helper()
	cmd := d.command(append([]string{"tray"}, args...)...).Exec(d.t)
	reader, closed, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	reader.Close()
	defer closed.Close()
	cmd.Stdout, cmd.Stderr = closed, closed
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	d.item = testdesk.Must(d.watcher.WaitItem(d.ctx()))(d.t)
}
