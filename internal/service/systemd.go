package service

import "strings"

// systemd is the manager of this user (systemctl(1)). stop waits for the end of the stop job, and start until the unit is active.
var systemd = manager{
	show:  []string{"systemctl", "--user", "show", "--property=MainPID,ActiveState", "--", ""},
	stop:  []string{"systemctl", "--user", "stop", "--", ""},
	start: []string{"systemctl", "--user", "start", "--", ""},
	read:  readSystemd,

	launch: unixLaunch,
}

// readSystemd reads lines such as MainPID=4242, which are the same in every language. systemd reports an unknown unit as inactive.
func readSystemd(output string, code int) (pid int, active, ok bool) {
	for line := range strings.Lines(output) {
		switch key, value, _ := strings.Cut(strings.TrimSpace(line), "="); key {
		case "MainPID":
			pid = pidOf(value)
		case "ActiveState":
			active, ok = value != "inactive" && value != "failed", code == 0
		}
	}
	return pid, active, ok
}
