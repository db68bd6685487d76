//go:build linux

package e2e

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// startNotes starts a new notification service after the previous one has ended.
func (d *desk) startNotes() {
	d.t.Helper()
	if err := d.notes.Start(); err != nil {
		d.t.Fatal(err)
	}
}

// TestAlarmOutlivesItsService tests that each new service shows the alarm once after the previous one has ended, with buttons that work.
func TestAlarmOutlivesItsService(t *testing.T) {
	t.Parallel()
	d, _ := alarmDesk(t)
	for n := range 2 {
		d.notes.Stop()
		d.startNotes()
		d.waitScreen(alarm)
		d.choose("Send a Test Notification") // a second alarm would come before this
		d.waitScreen(alarm, "Did you see it?")
		if got := d.titles(); len(got) != 1+2*(n+1) {
			t.Errorf("notifications are %q", got)
		}
	}
	d.press(d.notes.Screen()[0], "Force Unlock")
	d.waitScreen("Did you see it?", "Remove the lock of mac-mini")
}

// TestServiceComesLate tests that a service that starts after a message gets that message, once, with its button.
func TestServiceComesLate(t *testing.T) {
	t.Parallel()
	d := heldDesk(t, "mac-air")
	d.notes.Stop()
	d.store.takeOver(t, "mac-mini")
	d.waitLine("A notification could not be shown")
	d.startNotes()
	n := d.waitScreen("Store taken over by mac-mini")[0]
	if len(n.Buttons()) != 1 || len(d.notes.All()) != 1 {
		t.Errorf("notifications are %v, the last with the buttons %q", d.notes.All(), n.Buttons())
	}
}

// TestServiceWithoutCapabilities tests that a service without capabilities gets neither buttons nor markup, and that its messages point
// to the menu.
func TestServiceWithoutCapabilities(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.notes.SetCapabilities()
	d.store.write(t, []byte("not a lock"))
	d.start().waitIcon(icons.Corrupt)
	n := d.waitScreen("The lock is corrupt")[0]
	if len(n.Buttons()) != 0 || !strings.Contains(n.Body, "choose Force Unlock in the Lockbar menu") {
		t.Errorf("%v has the buttons %q", n, n.Buttons())
	}
	d.store.takeOver(t, "<b>&mini")
	d.waitLine("Held by <b>&mini")
	d.choose("Force Unlock")
	if n := d.waitScreen("Lock removed")[0]; !strings.Contains(n.Body, "‹b›&mini") {
		t.Errorf("the body is %q", n.Body)
	}
}

// TestAlarmOutlivesLockbar tests that after a kill of Lockbar the next process replaces the alarm by one whose buttons work.
func TestAlarmOutlivesLockbar(t *testing.T) {
	t.Parallel()
	d, _ := alarmDesk(t)
	d.waitState(`"shown"`)
	d.kill()
	first := d.waitScreen(alarm)[0]
	d.start()
	all := testdesk.Must(d.notes.WaitCount(d.ctx(), 2))(t)
	if all[1].ReplacesID != first.ID {
		t.Errorf("%v does not replace %v", all[1], first)
	}
	d.press(d.waitScreen(alarm)[0], "Force Unlock")
	question := d.waitScreen("Remove the lock of mac-mini")[0]
	d.waitState(fmt.Sprintf("\"id\": %d\n", question.ID))
	d.kill()
	d.start() // the question is obsolete, and the alarm replaces it
	if next := d.waitScreen(alarm)[0]; next.ID != question.ID {
		t.Errorf("%v does not replace %v", next, question)
	}
}

// quit ends the app by SIGTERM.
func (d *desk) quit() {
	d.t.Helper()
	if err := d.app.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	if code := d.waitEnd(); code != 0 {
		d.t.Errorf("exit code %d", code)
	}
}

// TestQuitWithdrawsButtons tests that the app withdraws messages with buttons when it ends, because nothing would handle a click. The
// next process shows the alarm again or, if the danger is over, only the all-clear.
func TestQuitWithdrawsButtons(t *testing.T) {
	t.Parallel()
	d, daemon := alarmDesk(t)
	d.waitState(`"shown"`)
	for range 2 {
		d.quit()
		d.waitScreen()
		d.start()
		d.waitScreen(alarm)
		d.waitState(`"shown"`)
	}
	d.quit()
	shown := len(d.notes.All())
	daemon.end()
	d.start()
	d.waitScreen("All clear: only mac-mini holds")
	if got := d.titles()[shown:]; len(got) != 1 {
		t.Errorf("notifications are %q, want only the all-clear", got)
	}
}
