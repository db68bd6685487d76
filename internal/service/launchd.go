package service

import (
	"strconv"
	"strings"
)

// launchd is the domain of a user who is logged in (launchctl(1)). With kill it is launchd that signals what it runs: the daemon
// releases its lock and exits with 0, and is then not started again. kickstart has no -k, which would end a daemon that runs.
func launchd(uid int) manager {
	domain := "gui/" + strconv.Itoa(uid) + "/"
	return manager{
		show:  []string{"launchctl", "print", domain},
		stop:  []string{"launchctl", "kill", "SIGTERM", domain},
		start: []string{"launchctl", "kickstart", domain},
		read:  readLaunchd,

		launch: unixLaunch,
	}
}

// notLoaded is the exit code for a label that launchd does not know ("launchctl error 113").
const notLoaded = 113

// readLaunchd takes the block of the service, "label = {" and lines such as "pid = 4242" one tab below it. Deeper lines are of other
// things. The manual says that the format may change, so an answer without a state is not understood. Other states than these two are
// of a service that runs, or will ("spawn scheduled").
func readLaunchd(said string, code int) (pid int, active, ok bool) {
	for line := range strings.Lines(said) {
		if !strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "\t\t") {
			continue
		}
		switch key, value, _ := strings.Cut(strings.TrimSpace(line), " = "); key {
		case "pid":
			pid = pidOf(value)
		case "state":
			active, ok = value != "not running" && value != "waiting", code == 0
		}
	}
	return pid, active, ok || code == notLoaded
}
