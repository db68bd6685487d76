//go:build unix

package service

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// shell is a service manager whose commands are a shell's. It is systemd in its answers.
type shell struct{ said, stops, starts string }

func (s shell) manager() manager {
	line := func(script string) []string { return []string{"sh", "-c", script, ""} }
	return manager{line(s.said), line(s.stops), line(s.starts), readSystemd, nil}
}

const (
	inactive = "echo MainPID=0; echo ActiveState=inactive"
	hangs    = "exec sleep 600"
)

func free() lockcore.Snapshot { return lockcore.Snapshot{State: lockcore.Unlocked} }

// sleeper is a process that is its service's. It is reaped when it ends.
func sleeper(t *testing.T) lockcore.Process {
	t.Helper()
	cmd := exec.Command("sleep", "600")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	return process(cmd.Process.Pid)
}

// TestWhatGoesWrong: each is told in words, and none takes longer than its limit.
func TestWhatGoesWrong(t *testing.T) {
	const limit = 2 * time.Second // the others take milliseconds, on a busy machine more
	daemon := sleeper(t)
	again := lockcore.Process{PID: daemon.PID, StartID: 1} // its number is another process' by now
	for _, test := range []struct {
		name string
		do   func(context.Context) (string, error)
		want string
		more time.Duration
	}{
		{"stop hangs", func(ctx context.Context) (string, error) {
			return shell{stops: hangs}.manager().stopOne(ctx, []State{own(daemon.PID)}, []lockcore.Process{daemon})
		}, "sh failed: no answer in time", 0},
		{"stop fails", func(ctx context.Context) (string, error) {
			return shell{stops: "echo no bus >&2; exit 1"}.manager().stopOne(ctx, []State{own(daemon.PID)}, []lockcore.Process{daemon})
		}, "sh failed: no bus", 0},
		{"it does not end", func(ctx context.Context) (string, error) {
			return shell{said: inactive}.manager().stopOne(ctx, []State{own(daemon.PID)}, []lockcore.Process{daemon})
		}, "it was not done in time by own.service", 0},
		{"it has ended before", func(ctx context.Context) (string, error) {
			return shell{}.manager().stopOne(ctx, []State{own(0)}, []lockcore.Process{again})
		}, "the daemon has ended already", 0},
		{"another one is started", func(ctx context.Context) (string, error) {
			m := shell{said: "echo MainPID=1; echo ActiveState=active"}
			return m.manager().stopOne(ctx, []State{own(daemon.PID)}, []lockcore.Process{daemon})
		}, "own.service has started another one, PID 1", 0},
		{"start hangs", func(ctx context.Context) (string, error) {
			return shell{starts: hangs}.manager().startOne(ctx, []State{own(0)}, free())
		}, "sh failed: no answer in time", 0},
		{"it ends at once", func(ctx context.Context) (string, error) {
			return shell{said: inactive}.manager().startOne(ctx, []State{own(0)}, free())
		}, "own.service was started, and has no process", 2 * launchTime},
		{"the answer is odd", func(ctx context.Context) (string, error) {
			return shell{said: "echo hello"}.manager().startOne(ctx, []State{own(0)}, free())
		}, "sh says nothing of own.service that is understood", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), limit+test.more)
			defer cancel()
			_, err := test.do(ctx)
			if err == nil || !strings.Contains(words.Plain(err), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
	if hasEnded(daemon) {
		t.Error("the process was ended")
	}
}

// TestStopWaits for the end of the process, not only for the manager.
func TestStopWaits(t *testing.T) {
	daemon := sleeper(t)
	late := time.AfterFunc(100*time.Millisecond, func() {
		if p, err := os.FindProcess(daemon.PID); err == nil {
			_ = p.Kill()
		}
	})
	defer late.Stop()
	said, err := shell{said: inactive}.manager().stopOne(t.Context(), []State{own(daemon.PID)}, []lockcore.Process{daemon})
	if err != nil || !strings.Contains(said, strconv.Itoa(daemon.PID)) || !hasEnded(daemon) {
		t.Errorf("%q, %v", said, err)
	}
}

func TestNoProgram(t *testing.T) {
	_, err := run(t.Context(), []string{"lockbar-no-such-program", ""}, "x")
	if !errors.Is(err, exec.ErrNotFound) {
		t.Error(err)
	}
}
