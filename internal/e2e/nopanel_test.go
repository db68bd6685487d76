//go:build linux

package e2e

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// terminal opens a terminal as the input of lockbar, which does not read from it.
func terminal(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	testfs.Check(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// TestNoPanelIsReported tests that ten seconds after a start from a terminal the app reports, by one line in the terminal and by a message,
// that no panel shows its icon, and that the message is withdrawn when a panel does.
func TestNoPanelIsReported(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, desktop, advice string
		addPanel              func(*desk)
	}{
		{"no watcher", "XFCE", "start a panel that shows tray icons, or add a tray", newPanel},
		{"the panel comes between two starts", "ubuntu:GNOME", "AppIndicator and KStatusNotifierItem Support", newPanelAndStart},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := emptyDesk(t)
			d.store.takeOver(t, "mac-air")
			c := d.command("tray")
			c.Stdin, c.Env = terminal(t), append(c.Env, "XDG_CURRENT_DESKTOP="+test.desktop)
			d.app = c.Start(t)
			n := d.waitNote("No panel shows Lockbar's padlock")
			if !strings.Contains(n.Body, test.advice) {
				t.Errorf("the body is %q", n.Body)
			}
			if waited := n.Received.Sub(d.app.Started); waited < panelTime {
				t.Errorf("the message came after %v, want %v at least", waited, panelTime)
			}
			testdesk.Must(d.app.WaitLine(d.ctx(), test.advice))(t)
			d.store.takeOver(t, "mac-mini")
			d.waitNote("Store taken over by mac-mini")
			if output := d.app.Stderr(); strings.Count(output, "\n") != 1 {
				t.Errorf("the output is %q, want one line", output)
			}
			test.addPanel(d)
			testdesk.Must(d.notes.WaitClosing(d.ctx(), n.ID))(t)
			testdesk.Must(d.watcher.WaitItem(d.ctx()))(t)
		})
	}
}

func newPanel(d *desk) { d.watcher = testdesk.NewWatcher(d.t, d.bus) }

// newPanelAndStart ends the app, starts a panel, and starts the app.
func newPanelAndStart(d *desk) {
	d.t.Helper()
	d.quit()
	newPanel(d)
	d.start()
}

// TestPanelComesInTime tests that there is no message if a panel starts within ten seconds.
func TestPanelComesInTime(t *testing.T) {
	t.Parallel()
	d := emptyDesk(t)
	d.store.takeOver(t, "mac-air")
	c := d.command("tray", "-v")
	c.Stdin = terminal(t)
	d.app = c.Start(t)
	testdesk.Must(d.app.WaitLine(d.ctx(), "no panel shows icons yet"))(t)
	d.watcher = testdesk.NewWatcher(t, d.bus)
	d.item = testdesk.Must(d.watcher.WaitItem(d.ctx()))(t)
	d.store.takeOver(t, "mac-mini")
	d.waitNote("Store taken over by mac-mini")
	time.Sleep(time.Until(d.app.Started.Add(panelTime + time.Second)))
	if all := d.notes.All(); len(all) != 1 {
		t.Errorf("notifications are %v, want one", all)
	}
}
