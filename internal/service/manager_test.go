package service

import (
	"strings"
	"testing"
)

func TestSystemdAnswers(t *testing.T) {
	for _, test := range []struct {
		said string
		code int
		want answer
		ok   bool
	}{
		{"MainPID=4242\nActiveState=active\n", 0, answer{true, 4242}, true},
		{"ActiveState=activating\r\nMainPID=0\r\n", 0, answer{true, 0}, true},
		{"MainPID=0\nActiveState=inactive\n", 0, answer{}, true},
		{"MainPID=0\nActiveState=failed\n", 0, answer{}, true},
		{"MainPID=x\nActiveState=deactivating\n", 0, answer{true, 0}, true},
		{"", 0, answer{}, false},
		{"Failed to connect to bus: No medium found\n", 1, answer{}, false},
		{"MainPID=4242\nActiveState=active\n", 1, answer{true, 4242}, false},
	} {
		if got, ok := (systemd{}).read(test.said, test.code); ok != test.ok || ok && got != test.want {
			t.Errorf("%q, %d: %+v, %t, want %+v", test.said, test.code, got, ok, test.want)
		}
	}
}

// printed is what launchctl print says of a service, shortened: the blocks in it have lines of the same names.
const printed = `gui/501/com.iai-mcp.daemon = {
	active count = 1
	path = /Users/u/Library/LaunchAgents/com.iai-mcp.daemon.plist
	type = LaunchAgent
	state = STATE

	program = /usr/bin/python3
	environment = {
		pid = 1
		state = broken
	}
PID	runs = 3
	last exit code = (never exited)
}
`

func TestLaunchdAnswers(t *testing.T) {
	say := func(state, pid string) string { return strings.NewReplacer("STATE", state, "PID", pid).Replace(printed) }
	for _, test := range []struct {
		said string
		code int
		want answer
		ok   bool
	}{
		{say("running", "\tpid = 4242\n"), 0, answer{true, 4242}, true},
		{say("not running", ""), 0, answer{}, true},
		{say("waiting", ""), 0, answer{}, true},
		{say("spawn scheduled", ""), 0, answer{true, 0}, true},
		{"Could not find service \"x\" in domain for user gui: 501\n", notLoaded, answer{}, true},
		{"a new format\n", 0, answer{}, false},
		{say("running", "\tpid = 4242\n"), 1, answer{}, false},
	} {
		if got, ok := (launchd{}).read(test.said, test.code); ok != test.ok || ok && got != test.want {
			t.Errorf("%q, %d: %+v, %t, want %+v", test.said, test.code, got, ok, test.want)
		}
	}
}

// TestCommandLines: nothing is killed, and nothing that runs is restarted.
func TestCommandLines(t *testing.T) {
	for _, test := range []struct {
		line []string
		want string
	}{
		{systemd{}.show("x.service"), "systemctl --user show -p MainPID,ActiveState -- x.service"},
		{systemd{}.stop("x.service"), "systemctl --user stop -- x.service"},
		{systemd{}.start("x.service"), "systemctl --user start -- x.service"},
		{launchd{"gui/501/"}.show("a.b"), "launchctl print gui/501/a.b"},
		{launchd{"gui/501/"}.stop("a.b"), "launchctl kill SIGTERM gui/501/a.b"},
		{launchd{"gui/501/"}.start("a.b"), "launchctl kickstart gui/501/a.b"},
	} {
		if got := strings.Join(test.line, " "); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add(printed)
	f.Add("MainPID=1\nActiveState=active\n")
	f.Fuzz(func(t *testing.T, said string) {
		for _, m := range []manager{systemd{}, launchd{}} {
			if a, ok := m.read(said, 0); ok && a.PID < 0 {
				t.Errorf("PID %d", a.PID)
			}
		}
	})
}
