package service

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"time"
)

// A manager holds the commands of one service manager. The name of a service is appended to the last word of a command line.
type manager struct {
	show, stop, start []string
	// read reads the output and the exit code of show; ok is false if it does not understand them.
	read func(output string, code int) (pid int, active, ok bool)
	// find finds the process of a service by its command; nil if show reports the process.
	find func(command string) (pid int, active bool)
	// launch bounds the wait for the process of a started service, since a service that fails never has one.
	launch time.Duration
	// settle is the time for which a service must keep the same process to count as started.
	settle time.Duration
}

// unixLaunch is the launch time of launchd and systemd, which run the daemon directly.
const unixLaunch = 2 * time.Second

// ask updates a state with what the manager reports about the service.
func (m manager) ask(ctx context.Context, s *State) error {
	if m.find != nil {
		s.PID, s.Active = m.find(s.command)
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	output, err := run(ctx, m.show, s.Name)
	code := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else if err != nil {
		return err
	}
	var ok bool
	if s.PID, s.Active, ok = m.read(output, code); ok {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("cannot understand the answer of %s about %s", m.show[0], s.Name)
	}
	return err
}

// closeTime bounds the wait for the output of a program that has ended or was killed: its child may keep the output open.
const closeTime = 500 * time.Millisecond

// run returns the output of a program. The error holds its standard error.
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

// pidOf parses a PID; 0 if there is none.
func pidOf(text string) int {
	pid, _ := strconv.Atoi(text)
	return max(0, pid)
}
