//go:build linux

package e2e

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// alarm is a part of the title of the message about two daemons.
const alarm = "Two daemons write to one store"

// daemonProcess is a process with the daemon's command line.
type daemonProcess struct{ *exec.Cmd }

// startDaemon starts a process with the daemon's command line, which ends with the test. It takes no lock.
func (s store) startDaemon(t testing.TB) daemonProcess {
	t.Helper()
	p := daemonProcess{exec.Command("sleep", "600")}
	p.Args[0] = s.daemonTitle()
	p.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	testfs.Check(t, p.Start())
	t.Cleanup(p.end)
	return p
}

func (p daemonProcess) pid() int { return p.Process.Pid }

// end kills the process and waits for it. Further calls do nothing.
func (p daemonProcess) end() {
	_ = p.Process.Kill()
	_ = p.Wait()
}

// alarmDesk returns a desk that shows only the alarm: mac-mini took over, and the daemon still runs here.
func alarmDesk(t *testing.T) (*desk, daemonProcess) {
	t.Helper()
	d := freeDesk(t)
	daemon := d.holdAsDaemon()
	d.store.takeOver(t, "mac-mini")
	d.waitScreen(alarm)
	return d, daemon
}

// newsDesk returns a desk that shows one message: mac-mini took over from mac-air.
func newsDesk(t *testing.T) *desk {
	t.Helper()
	d := heldDesk(t, "mac-air")
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

// TestMessageFollowsTheStore tests the message about a takeover, that the message about a later event replaces it, and that an outdated
// message is withdrawn.
func TestMessageFollowsTheStore(t *testing.T) {
	t.Parallel()
	d := newsDesk(t)
	first := d.waitScreen("mac-mini")[0]
	if first.Urgency() != testdesk.Normal || !strings.Contains(first.Body, "iai-mcp daemon stop") {
		t.Errorf("the notification is %v", first)
	}
	if all := d.notes.All(); len(all) != 1 {
		t.Errorf("notifications are %v, want one: the holder at the first start is not news", all)
	}
	d.store.takeOver(t, "mac-pro")
	if second := d.waitScreen("Store taken over by mac-pro")[0]; second.ID != first.ID || second.ReplacesID != first.ID {
		t.Errorf("%v does not replace %v", second, first)
	}
	d.store.drop(t)
	d.waitScreen()
	if reason := testdesk.Must(d.notes.WaitClosing(d.ctx(), first.ID))(t); reason != testdesk.ClosedByCall {
		t.Errorf("closed for the reason %d, want %d", reason, testdesk.ClosedByCall)
	}
}

// clearTime is the delay between the end of an alarm and the all-clear.
const clearTime = 5 * time.Second

// TestAlarmStaysUntilItIsOver tests that the alarm is urgent and never expires, and that the all-clear replaces it.
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
		t.Errorf("the all-clear came after %v, want between %v and %v", waited, clearTime, clearTime+atOnce)
	}
	if got := d.titles(); len(got) != 2 {
		t.Errorf("notifications are %q, want two", got)
	}
}
