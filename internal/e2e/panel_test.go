//go:build linux

package e2e

import (
	"fmt"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// TestPanelRestartsAfterNotifications: they once cost systray its announcement
// to the next panel. Broadcast is what xfce4-notifyd does.
func TestPanelRestartsAfterNotifications(t *testing.T) {
	t.Parallel()
	for _, takeovers := range []int{0, 1, 20} {
		t.Run(fmt.Sprintf("%d takeovers", takeovers), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.notes.SetBroadcast(true)
			d.store.takeOver(t, "mac-0")
			d.start().waitIcon(icons.HeldElsewhere)
			d.waitLine("PID 4242 on mac-0 ") // systray listens for panels by then
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

// dismiss waits for so many notifications and takes all away: each sends the
// signals that hurt.
func dismiss(d *desk, least int) {
	d.t.Helper()
	for _, n := range testdesk.Must(d.notes.WaitCount(d.ctx(), least))(d.t) {
		if err := d.notes.Close(n.ID, testdesk.Dismissed); err != nil {
			d.t.Fatal(err)
		}
	}
}

// restart is a panel that crashes and comes back: lockbar's process stays. It waits for the menu that is made anew then:
// the panel may read the old one first, and a click on that comes to nothing.
func restart(d *desk) {
	d.t.Helper()
	owner, old := d.item.Owner(), newest(d.item.Layout())
	if err := d.watcher.Restart(); err != nil {
		d.t.Fatal(err)
	}
	d.item = testdesk.Must(d.watcher.WaitItem(d.ctx()))(d.t)
	if d.item.Owner() != owner {
		d.t.Errorf("the item's owner was %s and is %s", owner, d.item.Owner())
	}
	testdesk.Must(d.item.WaitMenu(d.ctx(), func(menu testdesk.Entry) bool {
		return len(menu.Children) > 0 && menu.Children[0].ID > old
	}))(d.t)
}

// newest is the highest number in a menu: systray gives none twice.
func newest(menu testdesk.Entry) (id int32) {
	for e := range menu.All() {
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

// waitForTray: without a tray lockbar still notifies; then it takes it up.
func waitForTray(d *desk, come func()) {
	d.t.Helper()
	d.store.write(d.t, []byte("not a lock"))
	d.app = d.command("tray").Start(d.t)
	d.waitNote("The lock is corrupt")
	come()
	d.item = testdesk.Must(d.watcher.WaitItem(d.ctx()))(d.t)
	d.waitIcon(icons.Corrupt)
	d.choose("Force Unlock")
	d.waitIcon(icons.Unlocked)
}
