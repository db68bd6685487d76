//go:build linux

package e2e

import (
	"fmt"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// TestPanelRestartsAfterNotifications tests that signals of notifications do not
// keep systray from registering with the next panel, as they once did.
// xfce4-notifyd broadcasts its signals.
func TestPanelRestartsAfterNotifications(t *testing.T) {
	t.Parallel()
	for _, takeovers := range []int{0, 1, 20} {
		if takeovers != 1 && !testfs.Long() {
			continue
		}
		t.Run(fmt.Sprintf("%d takeovers", takeovers), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.notes.SetBroadcast(true)
			d.store.takeOver(t, "mac-0")
			d.start().waitIcon(icons.HeldElsewhere)
			d.waitLine("PID 4242 on mac-0 ") // by now systray listens for panels
			for n := range takeovers {
				d.store.takeOver(t, fmt.Sprintf("mac-%d", n+1))
				d.waitLine(fmt.Sprintf("PID 4242 on mac-%d ", n+1))
			}
			dismiss(d, min(takeovers, 1))
			restart(d)
			d.waitIcon(icons.HeldElsewhere)
			d.choose("Force Unlock")
			d.waitIcon(icons.Unlocked)
			d.store.free(t)
		})
	}
}

// dismiss waits for at least count notifications and closes all, which sends the
// signals.
func dismiss(d *desk, count int) {
	d.t.Helper()
	for _, n := range testdesk.Must(d.notes.WaitCount(d.ctx(), count))(d.t) {
		if err := d.notes.Close(n.ID, testdesk.Dismissed); err != nil {
			d.t.Fatal(err)
		}
	}
}

// restart restarts the panel while lockbar runs, and waits for the menu that lockbar then rebuilds. The panel may first read the old menu,
// in which clicks have no effect.
func restart(d *desk) {
	d.t.Helper()
	owner, old := d.item.Owner(), newest(d.item.Layout())
	if err := d.watcher.Restart(); err != nil {
		d.t.Fatal(err)
	}
	d.item = testdesk.Must(d.watcher.WaitItem(d.ctx()))(d.t)
	if d.item.Owner() != owner {
		d.t.Errorf("the item's owner was %s, and is %s after the restart of the panel", owner, d.item.Owner())
	}
	testdesk.Must(d.item.WaitMenu(d.ctx(), func(menu testdesk.Entry) bool {
		return len(menu.Children) > 0 && menu.Children[0].ID > old
	}))(d.t)
}

// newest returns the highest ID of the shown entries of a menu. systray never uses an ID again.
func newest(menu testdesk.Entry) (id int32) {
	for e := range menu.Shown() {
		id = max(id, e.ID)
	}
	return id
}

func TestTrayComesLater(t *testing.T) {
	t.Parallel()
	t.Run("no watcher", func(t *testing.T) {
		t.Parallel()
		d := emptyDesk(t)
		waitForTray(d, func() { d.watcher = testdesk.NewWatcher(t, d.bus) })
	})
	t.Run("a watcher without a host", func(t *testing.T) {
		t.Parallel()
		d := emptyDesk(t)
		d.watcher = testdesk.NewWatcherWithoutHost(t, d.bus)
		waitForTray(d, func() {
			if err := d.watcher.AddHost(); err != nil {
				t.Error(err)
			}
		})
	})
}

// waitForTray tests that lockbar sends messages without a tray, and uses the tray that addTray starts.
func waitForTray(d *desk, addTray func()) {
	d.t.Helper()
	d.store.write(d.t, []byte("not a lock"))
	d.app = d.command("tray").Start(d.t)
	d.waitNote("The lock is corrupt")
	addTray()
	d.item = testdesk.Must(d.watcher.WaitItem(d.ctx()))(d.t)
	d.waitIcon(icons.Corrupt)
	d.chooseUntil("Force Unlock", func() bool { return holds(d.t, d.store.lock(), nil, false) })
	d.waitIcon(icons.Unlocked)
}
