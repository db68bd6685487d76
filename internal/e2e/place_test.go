//go:build linux

package e2e

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// alarm is a part of the title of the message about two daemons.
const alarm = "Two daemons write to one store"

// daemonProcess is a process with the daemon's command line.
type daemonProcess struct{ *exec.Cmd }

func (s store) startDaemon(t testing.TB) daemonProcess {
	t.Helper()
	p := daemonProcess{s.daemon()}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.end)
	return p
}

// end kills the process and waits for it. Further calls do nothing.
func (p daemonProcess) end() {
	_ = p.Process.Kill()
	_ = p.Wait()
}

// alarmDesk returns a desk that shows only the alarm: mac-mini took over, and the daemon still runs here.
func alarmDesk(t *testing.T) (*desk, daemonProcess) {
	t.Helper()
	d := newDesk(t)
	d.store.make(t)
	d.start()
	daemon := d.store.startDaemon(t)
	d.store.write(t, record(daemon.Process.Pid, host))
	d.waitIcon(icons.HeldHere)
	d.store.takeOver(t, "mac-mini")
	d.waitScreen(alarm)
	return d, daemon
}

// newsDesk returns a desk that shows one message: mac-mini took over from mac-air.
func newsDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.store.takeOver(t, "mac-air")
	d.start().waitIcon(icons.HeldElsewhere)
	d.store.takeOver(t, "mac-mini")
	d.waitScreen("Store taken over by mac-mini")
	return d
}

func (d *desk) press(n testdesk.Notification, button string) {
	d.t.Helper()
	if err := d.notes.Press(n.ID, button); err != nil {
		d.t.Fatal(err)
	}
}

// TestMessageFollowsTheStore tests that a later event of the store replaces its message, and that an outdated message is withdrawn.
func TestMessageFollowsTheStore(t *testing.T) {
	t.Parallel()
	d := newsDesk(t)
	first := d.waitScreen("mac-mini")[0]
	d.store.takeOver(t, "mac-pro")
	if second := d.waitScreen("Store taken over by mac-pro")[0]; second.ID != first.ID || second.ReplacesID != first.ID {
		t.Errorf("%v does not replace %v", second, first)
	}
	if err := os.Remove(d.store.lock()); err != nil {
		t.Fatal(err)
	}
	d.waitScreen()
	if closing := testdesk.Must(d.notes.WaitClosing(d.ctx(), first.ID))(t); closing.Reason != testdesk.ClosedByCall {
		t.Errorf("closed: %+v", closing)
	}
}

// clearTime is the delay between the end of an alarm and its message.
const clearTime = 5 * time.Second

// TestAlarmStaysUntilItIsOver tests that the alarm is urgent and never expires, and that the message about its end replaces it.
func TestAlarmStaysUntilItIsOver(t *testing.T) {
	t.Parallel()
	d, daemon := alarmDesk(t)
	n := d.waitScreen(alarm)[0]
	if n.Urgency() != testdesk.Critical || n.Timeout != 0 {
		t.Errorf("the alarm is %v and expires after %d ms", n, n.Timeout)
	}
	ended := time.Now()
	daemon.end()
	over := d.waitScreen("All clear: only mac-mini holds")[0]
	if over.ID != n.ID || over.Urgency() != testdesk.Normal || over.Timeout == 0 {
		t.Errorf("%v, which expires after %d ms, follows %v", over, over.Timeout, n)
	}
	if waited := over.Received.Sub(ended); waited < clearTime || waited > clearTime+atOnce {
		t.Errorf("the message came after %v", waited)
	}
	if got := d.titles(); len(got) != 2 {
		t.Errorf("notifications are %q, want two", got)
	}
}
