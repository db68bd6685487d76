package service

import (
	"strconv"
	"strings"
)

// launchd returns the manager of a logged-in user's domain (launchctl(1)). With kill, launchd itself signals the daemon, which releases its
// lock and exits with 0, so that launchd does not restart it. kickstart is called without -k, which would end a running daemon.
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

// notLoaded is the exit code of launchctl for an unknown label ("launchctl error 113").
const notLoaded = 113

// readLaunchd reads the block of the service, "label = {", and its lines one tab below, such as "pid = 4242". Deeper lines describe other
// objects. The manual says that the format may change, so ok is false for an answer without a state. In every state except "not running"
// and "waiting" the service runs or will run ("spawn scheduled").
func readLaunchd(output string, code int) (pid int, active, ok bool) {
	for line := range strings.Lines(output) {
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
