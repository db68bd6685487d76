//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

// systemctl is a fake service manager with one service, whose PID is in a file beside it.
const systemctl = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
echo "$2" >> calls
case "$2" in
show)
	if [ -e pid ]; then echo "MainPID=$(cat pid)"; echo ActiveState=active; else echo MainPID=0; echo ActiveState=inactive; fi ;;
stop)
	kill "$(cat pid)" && rm pid ;;
start)
	sleep 600 > /dev/null 2>&1 &
	echo $! > pid ;;
esac
`

// serviceDesk returns a desk on which a service starts the daemon, and the directory of the fake manager.
func serviceDesk(t *testing.T) (*desk, string) {
	t.Helper()
	d := newDesk(t)
	d.store.make(t)
	manager := filepath.Join(d.home.Dir, "manager")
	writeScript(t, filepath.Join(manager, "systemctl"), systemctl)
	write(t, filepath.Join(d.home.Dir, ".config", "systemd", "user", "iai-mcp-daemon.service"),
		"[Service]\nExecStart=/usr/bin/python3 -m iai_mcp.daemon\n")
	d.env = []string{"PATH=" + manager + ":" + os.Getenv("PATH")}
	t.Cleanup(func() {
		if pid, err := os.ReadFile(filepath.Join(manager, "pid")); err == nil {
			stopSleeper(strings.TrimSpace(string(pid)))
		}
	})
	return d, manager
}

// stopSleeper kills a process that the fake manager started.
func stopSleeper(pid string) {
	if number, err := strconv.Atoi(pid); err == nil {
		if p, err := os.FindProcess(number); err == nil {
			_ = p.Kill()
		}
	}
}

// serve makes a process the main process of the service.
func serve(t *testing.T, manager string, pid int) {
	t.Helper()
	write(t, filepath.Join(manager, "pid"), strconv.Itoa(pid))
}

// TestAlarmStopsTheDaemon tests that a button of the alarm stops the daemon, and so ends the alarm.
func TestAlarmStopsTheDaemon(t *testing.T) {
	t.Parallel()
	d, manager := serviceDesk(t)
	d.start()
	pid := d.holdAsDaemon().pid()
	serve(t, manager, pid)
	d.store.takeOver(t, "mac-mini")
	n := d.waitScreen(alarm)[0]
	if !slices.Equal(n.Buttons(), []string{"Stop the Daemon Here", "Force Unlock"}) {
		t.Errorf("the buttons are %q", n.Buttons())
	}
	d.press(n, "Stop the Daemon Here")
	d.waitIcon(icons.HeldElsewhere)
	if n := d.waitNote("The daemon was stopped"); !strings.Contains(n.Body, "PID "+strconv.Itoa(pid)) || !strings.Contains(n.Body, "next call may start it again") {
		t.Errorf("the message is %v", n)
	}
	d.waitNote("All clear")
}

// TestMenuStopsAndStartsTheDaemon tests the two menu items that stop and start a store's daemon.
func TestMenuStopsAndStartsTheDaemon(t *testing.T) {
	t.Parallel()
	d, manager := serviceDesk(t)
	d.start()
	pid := d.holdAsDaemon().pid()
	serve(t, manager, pid)
	d.choose("Stop the Daemon Here")
	d.waitLine("The daemon was stopped (PID " + strconv.Itoa(pid))
	d.store.drop(t) // the fake daemon does not remove its lock
	d.waitIcon(icons.Unlocked)
	d.choose("Start the Daemon")
	d.waitLine("The daemon was started (PID ")
	calls := testdesk.Must(os.ReadFile(filepath.Join(manager, "calls")))(t)
	if got := strings.Fields(strings.ReplaceAll(string(calls), "show", "")); !slices.Equal(got, []string{"stop", "start"}) {
		t.Errorf("the service manager was asked to %q", got)
	}
}

// TestDaemonStartedByHand tests that a daemon that no service started is not stopped, and that the alarm is shown again.
func TestDaemonStartedByHand(t *testing.T) {
	t.Parallel()
	d, _ := serviceDesk(t)
	d.start()
	pid := d.holdAsDaemon().pid()
	d.store.takeOver(t, "mac-mini")
	d.press(d.waitScreen(alarm)[0], "Stop the Daemon Here")
	n := d.waitNote("The daemon was not stopped")
	if !strings.Contains(n.Body, "None of your services started PID "+strconv.Itoa(pid)) {
		t.Errorf("the message is %v", n)
	}
	d.waitScreen(alarm, "The daemon was not stopped")
	d.waitIcon(icons.Contested)
}
