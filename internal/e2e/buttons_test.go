//go:build linux

package e2e

import (
	"os"
	"slices"
	"testing"

	"lockbar/internal/testdesk"
)

// TestButtonRemovesAndPutsBack tests that a button of the message about a takeover removes the lock, and that a button of the next message
// puts it back.
func TestButtonRemovesAndPutsBack(t *testing.T) {
	t.Parallel()
	d := newsDesk(t)
	lock := testdesk.Must(os.ReadFile(d.store.lock()))(t)
	d.press(d.waitScreen("mac-mini")[0], "Force Unlock")
	n := d.waitScreen("Lock removed")[0]
	d.store.free(t)
	if !slices.Equal(n.Buttons(), []string{"Undo Force Unlock"}) {
		t.Errorf("the buttons are %q", n.Buttons())
	}
	d.press(n, "Undo Force Unlock")
	d.waitNote("Lock put back")
	d.store.has(t, lock)
}

// TestButtonOfAnotherLock tests a click on an old message after the lock has changed: the service hangs and does not show the new message
// yet. The click does nothing to the new lock, and no message is lost.
func TestButtonOfAnotherLock(t *testing.T) {
	t.Parallel()
	d := newsDesk(t)
	old := d.waitScreen("mac-mini")[0]
	d.notes.Hang()
	lock := d.store.takeOver(t, "mac-pro")
	testdesk.Must(d.notes.WaitCount(d.ctx(), 2))(t)
	d.press(old, "Force Unlock")
	d.waitLine("Held by mac-pro")
	d.notes.Release()
	d.waitNote("The lock was not removed")
	d.waitScreen("Store taken over by mac-pro", "The lock was not removed")
	d.store.has(t, lock)
	d.choose("Send a Test Notification") // a later withdrawal would come before this
	d.waitScreen("Store taken over by mac-pro", "Did you see it?")
}

// TestButtonOfTwoWriters tests that Force Unlock in the alarm asks for a confirmation in a second message that replaces the first.
func TestButtonOfTwoWriters(t *testing.T) {
	t.Parallel()
	const remove = "Remove the Lock of mac-mini (PID 4242)"
	d, _ := alarmDesk(t)
	lock := testdesk.Must(os.ReadFile(d.store.lock()))(t)
	for _, answer := range []string{"Cancel", remove} {
		d.press(d.waitScreen(alarm)[0], "Force Unlock")
		n := d.waitScreen("Remove the lock of mac-mini?")[0]
		if !slices.Equal(n.Buttons(), []string{remove, "Cancel"}) || n.Urgency() != testdesk.Critical {
			t.Errorf("%v has the buttons %q", n, n.Buttons())
		}
		d.store.has(t, lock)
		d.press(n, answer)
	}
	d.waitNote("Lock removed")
	d.store.free(t)
	if kept := backups(t, d.home, lock); len(kept) != 1 {
		t.Errorf("backups are %q, want one", kept)
	}
}
