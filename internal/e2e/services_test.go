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

// startNotes starts the notification service again.
func (d *desk) startNotes() {
	d.t.Helper()
	if err := d.notes.Start(); err != nil {
		d.t.Fatal(err)
	}
}

// TestAlarmOutlivesItsService: the service that shows the alarm dies, and the next one shows it, once, with buttons that work.
func TestAlarmOutlivesItsService(t *testing.T) {
	t.Parallel()
	d, _ := alarmDesk(t)
	for n := range 2 {
		d.notes.Stop()
		d.startNotes()
		d.waitScreen(alarm)
		d.choose("Send a Test Notification") // whatever comes twice comes before this
		d.waitScreen(alarm, "Did you see it?")
		if got := d.titles(); len(got) != 1+2*(n+1) {
			t.Errorf("told %q", got)
		}
	}
	d.press(d.notes.Screen()[0], "Force Unlock")
	d.waitScreen("Did you see it?", "Remove the lock of mac-mini")
}

// TestServiceThatWasAway gets what it missed when it comes, not a minute later.
func TestServiceThatWasAway(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.store.takeOver(t, "mac-air")
	d.start().waitIcon(icons.HeldElsewhere)
	d.notes.Stop()
	d.store.takeOver(t, "mac-mini")
	d.waitLine("A notification could not be shown")
	d.startNotes()
	n := d.waitScreen("Store taken over by mac-mini")[0]
	if len(n.Buttons()) != 1 || len(d.notes.All()) != 1 {
		t.Errorf("told %v, with the buttons %q", d.notes.All(), n.Buttons())
	}
}

// TestServiceThatLies: what it does not claim is not sent, and the menu does what its messages cannot.
func TestServiceThatLies(t *testing.T) {
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

// TestAlarmOutlivesLockbar: killed, it leaves the alarm on the screen, and the next process shows it in the same place, with buttons
// that work.
func TestAlarmOutlivesLockbar(t *testing.T) {
	t.Parallel()
	d, _ := alarmDesk(t)
	d.waitTold(`"shown"`, true)
	d.kill()
	first := d.waitScreen(alarm)[0]
	d.start()
	all := testdesk.Must(d.notes.WaitCount(d.ctx(), 2))(t)
	if all[1].ReplacesID != first.ID {
		t.Errorf("%v is not in the place of %v", all[1], first)
	}
	d.press(d.waitScreen(alarm)[0], "Force Unlock")
	question := d.waitScreen("Remove the lock of mac-mini")[0]
	d.waitTold(fmt.Sprintf("\"id\": %d\n", question.ID), true) // that it is shown
	d.kill()
	d.start() // nobody waits for the question any more
	if again := d.waitScreen(alarm)[0]; again.ID != question.ID {
		t.Errorf("%v is not in the place of %v", again, question)
	}
}

// quit ends the app in order.
func (d *desk) quit() {
	d.t.Helper()
	if err := d.app.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	if code := testdesk.Must(d.app.Wait(d.ctx()))(d.t); code != 0 {
		d.t.Errorf("exit code %d", code)
	}
}

// TestQuitWithdrawsButtons that nobody would hear. The next process shows an alarm again that is still so, and only its end otherwise.
func TestQuitWithdrawsButtons(t *testing.T) {
	t.Parallel()
	d, daemon := alarmDesk(t)
	d.waitTold(`"shown"`, true)
	for range 2 {
		d.quit()
		d.waitScreen()
		d.start()
		d.waitScreen(alarm)
		d.waitTold(`"shown"`, true)
	}
	d.quit()
	shown := len(d.notes.All())
	daemon.end()
	d.start()
	d.waitScreen("All clear: only mac-mini holds")
	if got := d.titles()[shown:]; len(got) != 1 {
		t.Errorf("told %q, want that it is over", got)
	}
}
