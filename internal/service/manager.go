package service

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"time"
)

// manager holds the commands of one service manager. The name of a service goes behind the last word of a command line.
type manager struct {
	show, stop, start []string
	// read takes what show printed and its exit code; ok is false if that says nothing.
	read func(said string, code int) (pid int, active, ok bool)
	// find looks for what a service runs where the manager does not show it.
	find func(command string) (pid int, active bool)
	// launch bounds the time that a service which was started may take to have a process; one that fails has none.
	launch time.Duration
	// settle is the time that a service must have one and the same process to count as started.
	settle time.Duration
}

// unixLaunch is the launch of launchd and systemd, which run the daemon itself.
const unixLaunch = 2 * time.Second

// ask brings a state up to date.
func (m manager) ask(ctx context.Context, s *State) error {
	if m.find != nil {
		s.PID, s.Active = m.find(s.command)
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	said, err := run(ctx, m.show, s.Name)
	code := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		return err
	}
	var ok bool
	if s.PID, s.Active, ok = m.read(said, code); ok {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%s says nothing of %s that is understood", m.show[0], s.Name)
	}
	return err
}

// closeTime bounds the wait for the output of a program that was cut off: a child of it may keep it open.
const closeTime = 500 * time.Millisecond

// run returns what a program printed. The error has what it complained of.
func run(ctx context.Context, line []string, name string) (string, error) {
	last := len(line) - 1
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Args[last] += name
	cmd.WaitDelay = closeTime
	quiet(cmd)
	out, err := cmd.Output()
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		err = fmt.Errorf("%s failed: %w", line[0], err)
	}
	return string(out), err
}

// pidOf returns 0 for no process.
func pidOf(text string) int {
	pid, _ := strconv.Atoi(text)
	return max(0, pid)
}
