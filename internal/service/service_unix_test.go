//go:build unix

package service

import (
	"context"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// A shell is a service manager whose commands are shell scripts. It answers like systemd.
type shell struct{ shows, stops, starts string }

func (s shell) manager() manager {
	line := func(script string) []string { return []string{"sh", "-c", script, ""} }
	return manager{show: line(s.shows), stop: line(s.stops), start: line(s.starts), read: readSystemd}
}

// inactive returns a manager whose service never runs. Each query calls looked.
func inactive(looked func()) manager {
	m := shell{}.manager()
	m.find = func(string) (pid int, active bool) { looked(); return 0, false }
	return m
}

const hangs = "exec sleep 600"

func free() lockcore.Snapshot { return lockcore.Snapshot{State: lockcore.Unlocked} }

// sleeper starts the process of a service. It is reaped when it ends.
func sleeper(t *testing.T) (daemon lockcore.Process, kill func()) {
	t.Helper()
	cmd := exec.Command("sleep", "600")
	testfs.Check(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	kill = func() { _ = cmd.Process.Kill() }
	t.Cleanup(func() { kill(); <-ended })
	return process(cmd.Process.Pid), kill
}

// TestWhatGoesWrong checks that each error is explained in words, and that a hanging program ends with the context.
func TestWhatGoesWrong(t *testing.T) {
	const short = 100 * time.Millisecond // hangs would take ten minutes
	daemon, _ := sleeper(t)
	daemons := []lockcore.Process{daemon}
	again := lockcore.Process{PID: daemon.PID, StartID: 1} // another process has its PID now
	ctx, late := t.Context(), func() context.Context {
		ctx, cancel := context.WithTimeout(t.Context(), short)
		t.Cleanup(cancel)
		return ctx
	}
	stop := func(ctx context.Context, m manager) error {
		_, err := m.stopOne(ctx, []State{own(daemon.PID)}, daemons)
		return err
	}
	start := func(ctx context.Context, m manager) error {
		_, err := m.startOne(ctx, []State{own(0)}, free())
		return err
	}
	over, cancel := context.WithCancel(ctx)
	_, err := shell{}.manager().stopOne(ctx, []State{own(0)}, []lockcore.Process{again})
	waiting := State{Name: "own.service", Own: true, Active: true}
	_, came := shell{shows: "echo MainPID=1; echo ActiveState=active"}.manager().stopOne(ctx, []State{waiting}, nil)
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"stop hangs", stop(late(), shell{stops: hangs}.manager()), "sh failed: no answer in time"},
		{"stop fails", stop(ctx, shell{stops: "echo no bus >&2; exit 1"}.manager()), "sh failed: no bus"},
		{"it does not end", stop(over, inactive(cancel)), "own.service took too long"},
		{"it has ended before", err, "the daemon has ended already"},
		{"another one is started", stop(ctx, shell{shows: "echo MainPID=1; echo ActiveState=active"}.manager()), "own.service has started another daemon, PID 1"},
		{"one is started after none", came, "own.service has started the daemon again, PID 1"},
		{"start hangs", start(late(), shell{starts: hangs}.manager()), "sh failed: no answer in time"},
		{"it ends at once", start(ctx, inactive(func() {})), "own.service was started but has no process"},
		{"the answer is odd", start(ctx, shell{shows: "echo hello"}.manager()), "cannot understand the answer of sh about own.service"},
	} {
		if test.err == nil || !strings.Contains(words.Plain(test.err), test.want) {
			t.Errorf("%s: %v, want %q", test.name, test.err, test.want)
		}
	}
	if hasEnded(daemon) {
		t.Error("the process was killed")
	}
}

// TestStopWaits checks that Stop waits for the end of the process, not only for the manager.
func TestStopWaits(t *testing.T) {
	daemon, kill := sleeper(t)
	looks := 0
	m := inactive(func() {
		if looks++; looks > 1 {
			kill()
		}
	})
	message, err := m.stopOne(t.Context(), []State{own(daemon.PID)}, []lockcore.Process{daemon})
	if err != nil || !strings.Contains(message, strconv.Itoa(daemon.PID)) || !hasEnded(daemon) || looks < 2 {
		t.Errorf("%q, %v, after %d looks", message, err, looks)
	}
}

func TestNoProgram(t *testing.T) {
	_, err := run(t.Context(), []string{"lockbar-no-such-program", ""}, "x")
	if !errors.Is(err, exec.ErrNotFound) {
		t.Error(err)
	}
}
