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

// systemctl manages one service, whose process' PID is in a file beside it. It starts what the test says.
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

// serviceDesk is a desk on which a service starts the daemon. It returns the directory of its manager.
func serviceDesk(t *testing.T) (*desk, string) {
	t.Helper()
	d := newDesk(t)
	d.store.make(t)
	manager := filepath.Join(d.home.Dir, "manager")
	putFile(t, filepath.Join(manager, "systemctl"), systemctl, 0o700)
	putFile(t, filepath.Join(d.home.Dir, ".config", "systemd", "user", "iai-mcp-daemon.service"),
		"[Service]\nExecStart=/usr/bin/python3 -m iai_mcp.daemon\n", 0o600)
	d.env = []string{"PATH=" + manager + ":" + os.Getenv("PATH")}
	t.Cleanup(func() {
		if pid, err := os.ReadFile(filepath.Join(manager, "pid")); err == nil {
			stopSleeper(strings.TrimSpace(string(pid)))
		}
	})
	return d, manager
}

func putFile(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// stopSleeper ends what the fake manager has started.
func stopSleeper(pid string) {
	if number, err := strconv.Atoi(pid); err == nil {
		if p, err := os.FindProcess(number); err == nil {
			_ = p.Kill()
		}
	}
}

// serve makes a process the service's.
func serve(t *testing.T, manager string, pid int) {
	t.Helper()
	putFile(t, filepath.Join(manager, "pid"), strconv.Itoa(pid), 0o600)
}

// TestAlarmStopsTheDaemon: one click ends the alarm where the daemon is.
func TestAlarmStopsTheDaemon(t *testing.T) {
	t.Parallel()
	d, manager := serviceDesk(t)
	d.start()
	pid := d.holdAsDaemon()
	serve(t, manager, pid)
	d.store.takeOver(t, "mac-mini")
	n := d.waitScreen(alarm)[0]
	if !slices.Equal(n.Buttons(), []string{"Stop the Daemon Here", "Force Unlock"}) {
		t.Errorf("the buttons are %q", n.Buttons())
	}
	d.press(n, "Stop the Daemon Here")
	d.waitIcon(icons.HeldElsewhere)
	if n := d.waitNote("The daemon was stopped"); !strings.Contains(n.Body, "PID "+strconv.Itoa(pid)) || !strings.Contains(n.Body, "next call may start it again") {
		t.Errorf("told %v", n)
	}
	d.waitNote("All clear")
}

// TestMenuStopsAndStartsTheDaemon with the items of one store.
func TestMenuStopsAndStartsTheDaemon(t *testing.T) {
	t.Parallel()
	d, manager := serviceDesk(t)
	d.start()
	pid := d.holdAsDaemon()
	serve(t, manager, pid)
	d.choose("Stop the Daemon Here")
	d.waitLine("The daemon was stopped (PID " + strconv.Itoa(pid))
	if err := os.Remove(d.store.lock()); err != nil { // this daemon leaves it behind
		t.Fatal(err)
	}
	d.waitIcon(icons.Unlocked)
	d.choose("Start the Daemon")
	d.waitLine("The daemon was started (PID ")
	calls := testdesk.Must(os.ReadFile(filepath.Join(manager, "calls")))(t)
	if got := strings.Fields(strings.ReplaceAll(string(calls), "show", "")); !slices.Equal(got, []string{"stop", "start"}) {
		t.Errorf("the service manager was asked to %q", got)
	}
}

// TestDaemonStartedByHand is not stopped, and the alarm comes back.
func TestDaemonStartedByHand(t *testing.T) {
	t.Parallel()
	d, _ := serviceDesk(t)
	d.start()
	pid := d.holdAsDaemon()
	d.store.takeOver(t, "mac-mini")
	d.press(d.waitScreen(alarm)[0], "Stop the Daemon Here")
	n := d.waitNote("The daemon was not stopped")
	if !strings.Contains(n.Body, "PID "+strconv.Itoa(pid)+" was not started by a service of yours") {
		t.Errorf("told %v", n)
	}
	d.waitScreen(alarm, "The daemon was not stopped")
	d.waitIcon(icons.Contested)
}
