package service

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
	"time"
)

// manager is how one service manager is spoken to: command lines out, an answer in.
type manager interface {
	show(service string) []string
	stop(service string) []string
	start(service string) []string
	// read takes what show printed and its exit code.
	read(said string, code int) (a answer, ok bool)
}

// system is nil where there is none. The switch is over a constant, so that a program links only its own.
func system() manager {
	switch runtime.GOOS {
	case "darwin":
		return forUser()
	case "windows":
		return nil
	}
	return systemd{}
}

func ask(ctx context.Context, m manager, service string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	said, err := run(ctx, m.show(service))
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if a, ok := m.read(said, exit.ExitCode()); ok {
			return a, nil
		}
	}
	if err != nil {
		return answer{}, err
	}
	a, ok := m.read(said, 0)
	if !ok {
		return a, fmt.Errorf("%s: its answer about %s was not understood", m.show("")[0], service)
	}
	return a, nil
}

// pidOf is 0 where there is no process.
func pidOf(text string) int {
	pid, _ := strconv.Atoi(text)
	return max(0, pid)
}

// closeTime is how long the output of a program that was cut off may stay open: a child of it may have it.
const closeTime = 500 * time.Millisecond

// run returns what a program printed. The error has what it complained of.
func run(ctx context.Context, line []string) (string, error) {
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.WaitDelay = closeTime
	out, err := cmd.Output()
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		err = fmt.Errorf("%s failed: %w", line[0], err)
	}
	return string(out), err
}
