package service

import (
	"strings"
	"testing"
)

type answer struct {
	pid        int
	active, ok bool
}

func answerOf(m manager, output string, code int) (a answer) {
	a.pid, a.active, a.ok = m.read(output, code)
	return a
}

// printed is the shortened output of launchctl print for a service. Its inner blocks have lines of the same names.
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

func TestAnswers(t *testing.T) {
	agent := launchd(501)
	say := func(state, pid string) string {
		return strings.NewReplacer("STATE", state, "PID", pid).Replace(printed)
	}
	for _, test := range []struct {
		manager manager
		output  string
		code    int
		want    answer
	}{
		{systemd, "MainPID=4242\nActiveState=active\n", 0, answer{4242, true, true}},
		{systemd, "ActiveState=activating\r\nMainPID=0\r\n", 0, answer{0, true, true}},
		{systemd, "MainPID=0\nActiveState=inactive\n", 0, answer{0, false, true}},
		{systemd, "MainPID=0\nActiveState=failed\n", 0, answer{0, false, true}},
		{systemd, "MainPID=x\nActiveState=deactivating\n", 0, answer{0, true, true}},
		{systemd, "", 0, answer{0, false, false}},
		{systemd, "Failed to connect to bus: No medium found\n", 1, answer{0, false, false}},
		{systemd, "MainPID=4242\nActiveState=active\n", 1, answer{4242, true, false}},
		{agent, say("running", "\tpid = 4242\n"), 0, answer{4242, true, true}},
		{agent, say("not running", ""), 0, answer{0, false, true}},
		{agent, say("waiting", ""), 0, answer{0, false, true}},
		{agent, say("spawn scheduled", ""), 0, answer{0, true, true}},
		{agent, "Could not find service \"x\" in domain for user gui: 501\n", notLoaded, answer{0, false, true}},
		{agent, "a new format\n", 0, answer{0, false, false}},
		{agent, say("running", "\tpid = 4242\n"), 1, answer{0, false, false}},
	} {
		if got := answerOf(test.manager, test.output, test.code); got.ok != test.want.ok || got.ok && got != test.want {
			t.Errorf("%q, %d: %+v, want %+v", test.output, test.code, got, test.want)
		}
	}
}

// TestCommandLines checks the whole command lines: none ends a process by SIGKILL, or restarts a running service.
func TestCommandLines(t *testing.T) {
	for _, test := range []struct {
		line []string
		want string
	}{
		{systemd.show, "systemctl --user show --property=MainPID,ActiveState -- NAME"},
		{systemd.stop, "systemctl --user stop -- NAME"},
		{systemd.start, "systemctl --user start -- NAME"},
		{launchd(501).show, "launchctl print gui/501/NAME"},
		{launchd(501).stop, "launchctl kill SIGTERM gui/501/NAME"},
		{launchd(501).start, "launchctl kickstart gui/501/NAME"},
	} {
		if got := strings.Join(test.line, " ") + "NAME"; got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add(printed)
	f.Add("MainPID=1\nActiveState=active\n")
	f.Fuzz(func(t *testing.T, output string) {
		for _, m := range []manager{systemd, launchd(501)} {
			if a := answerOf(m, output, 0); a.pid < 0 {
				t.Errorf("negative PID %d", a.pid)
			}
		}
	})
}
