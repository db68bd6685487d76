package service

import "strings"

// systemd is the instance of this user (systemctl(1)). The properties are the same in every language.
type systemd struct{}

func (systemd) show(unit string) []string {
	return []string{"systemctl", "--user", "show", "-p", "MainPID,ActiveState", "--", unit}
}

// stop waits for the end of the stop job.
func (systemd) stop(unit string) []string { return []string{"systemctl", "--user", "stop", "--", unit} }

// start waits until the unit is active.
func (systemd) start(unit string) []string {
	return []string{"systemctl", "--user", "start", "--", unit}
}

// read takes lines such as MainPID=4242. A unit that systemd does not know is inactive.
func (systemd) read(said string, code int) (a answer, ok bool) {
	var state string
	for line := range strings.Lines(said) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "MainPID":
			a.PID = pidOf(value)
		case "ActiveState":
			state = value
		}
	}
	a.Active = state != "inactive" && state != "failed"
	return a, code == 0 && state != ""
}
