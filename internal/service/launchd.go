package service

import (
	"os"
	"strconv"
	"strings"
)

// launchd is the domain of a user who is logged in (launchctl(1)).
type launchd struct{ domain string }

func forUser() launchd { return launchd{"gui/" + strconv.Itoa(os.Getuid()) + "/"} }

func (l launchd) show(label string) []string { return []string{"launchctl", "print", l.domain + label} }

// stop sends nothing by itself: launchd signals what it runs, which releases its lock and exits with 0, and is then not started again.
func (l launchd) stop(label string) []string {
	return []string{"launchctl", "kill", "SIGTERM", l.domain + label}
}

// start has no -k, which would end a daemon that runs.
func (l launchd) start(label string) []string {
	return []string{"launchctl", "kickstart", l.domain + label}
}

// notLoaded is the exit code for a label that launchd does not know ("launchctl error 113").
const notLoaded = 113

// read takes the block of the service, "label = {" and lines such as "pid = 4242" one tab below it. Deeper lines are of other
// things. Its manual says that the format may change, so an answer without its state is not understood.
func (l launchd) read(said string, code int) (a answer, ok bool) {
	if code == notLoaded {
		return answer{}, true
	}
	for line := range strings.Lines(said) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " = ")
		if !strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "\t\t") {
			continue
		}
		switch key {
		case "pid":
			a.PID = pidOf(value)
		case "state":
			ok = true
			a.Active = value != "not running" && value != "waiting" // else it runs, or will ("spawn scheduled")
		}
	}
	return a, ok && code == 0
}
