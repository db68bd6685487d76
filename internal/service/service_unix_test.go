//go:build unix

package service

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// shell is a service manager whose commands are a shell's. It is systemd in its answers.
type shell struct {
	systemd
	said, stops, starts string
}

func (s shell) show(string) []string  { return []string{"sh", "-c", s.said} }
func (s shell) stop(string) []string  { return []string{"sh", "-c", s.stops} }
func (s shell) start(string) []string { return []string{"sh", "-c", s.starts} }

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
	const limit = 300 * time.Millisecond
	daemon := sleeper(t)
	again := lockcore.Process{PID: daemon.PID, StartID: 1} // its number is another process' by now
	for _, test := range []struct {
		name string
		do   func(context.Context) (Done, error)
		want string
	}{
		{"stop hangs", func(ctx context.Context) (Done, error) {
			return stop(ctx, shell{stops: hangs}, []State{own(daemon.PID)}, []lockcore.Process{daemon})
		}, "sh failed: no answer in time"},
		{"stop fails", func(ctx context.Context) (Done, error) {
			return stop(ctx, shell{stops: "echo no bus >&2; exit 1"}, []State{own(daemon.PID)}, []lockcore.Process{daemon})
		}, "sh failed: no bus"},
		{"it does not end", func(ctx context.Context) (Done, error) {
			return stop(ctx, shell{said: inactive}, []State{own(daemon.PID)}, []lockcore.Process{daemon})
		}, "own.service has not stopped in time"},
		{"it has ended before", func(ctx context.Context) (Done, error) {
			return stop(ctx, shell{}, []State{own(0)}, []lockcore.Process{again})
		}, "no daemon of this store runs here"},
		{"another one is started", func(ctx context.Context) (Done, error) {
			m := shell{said: "echo MainPID=1; echo ActiveState=active"}
			return Done{}, awaitStop(ctx, m, "own.service", again)
		}, "own.service has started another one, PID 1"},
		{"start hangs", func(ctx context.Context) (Done, error) {
			return start(ctx, shell{starts: hangs}, []State{own(0)}, free())
		}, "sh failed: no answer in time"},
		{"it ends at once", func(ctx context.Context) (Done, error) {
			return start(ctx, shell{said: inactive}, []State{own(0)}, free())
		}, "own.service was started, and has no process"},
		{"the answer is odd", func(ctx context.Context) (Done, error) {
			return start(ctx, shell{said: "echo hello"}, []State{own(0)}, free())
		}, "its answer about own.service was not understood"},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
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
	done, err := stop(t.Context(), shell{said: inactive}, []State{own(daemon.PID)}, []lockcore.Process{daemon})
	if err != nil || done.PID != daemon.PID || !hasEnded(daemon) {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestNoProgram(t *testing.T) {
	_, err := run(t.Context(), []string{"lockbar-no-such-program"})
	if !errors.Is(err, exec.ErrNotFound) {
		t.Error(err)
	}
}
