package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"

	"lockbar/internal/fsx"
)

// openTime bounds the wait for the disk of the path, and then for a failure of the opening program. Some programs become the file
// manager itself and live as long as its window. Open leaves them running.
const openTime = 3 * time.Second

// openCommand returns the command line that shows a path to the user.
func openCommand(goos, path string) []string {
	switch goos {
	case "darwin":
		return []string{"open", path}
	case "windows":
		return []string{"explorer.exe", path}
	}
	return []string{"xdg-open", path}
}

// failsHonestly reports whether the exit code of the opening program shows a failure: explorer.exe always ends with 1.
func failsHonestly(goos string) bool { return goos != "windows" }

// ErrMissing reports that there is nothing to show at the path, or that the path cannot be reached.
var ErrMissing = errors.New("it does not exist")

// missing wraps the system's error as ErrMissing. For the two common errors its text does not repeat the path, which the caller knows.
type missing struct{ cause error }

func (m missing) Is(target error) bool { return target == ErrMissing }

func (m missing) Unwrap() error { return m.cause }

func (m missing) Error() string {
	switch {
	case fsx.IsAbsent(m.cause):
		return ErrMissing.Error()
	case errors.Is(m.cause, os.ErrDeadlineExceeded):
		return "its disk does not answer"
	}
	return "it cannot be reached: " + m.cause.Error()
}

// errNoOpener explains exit code 3 of xdg-open(1).
var errNoOpener = errors.New("no program was found that can show it")

const noOpener = 3

func openFailure(program string, err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && program == "xdg-open" && exit.ExitCode() == noOpener {
		return errNoOpener
	}
	return err
}

// Open shows a directory in the file manager, or a file in its program. It returns when the program has ended or has run for openTime, or
// when ctx ends. The error is ErrMissing, or that of the program.
func Open(ctx context.Context, path string) error {
	err, answered := fsx.InTimeOf(ctx, path, openTime, func() error { _, err := os.Stat(path); return err })
	if !answered {
		err = os.ErrDeadlineExceeded
	}
	if err != nil {
		return missing{err}
	}
	line := openCommand(runtime.GOOS, path)
	cmd := exec.Command(line[0], line[1:]...)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // may outlive this call, as long as the file manager
	select {
	case err := <-ended:
		if err != nil && failsHonestly(runtime.GOOS) {
			return fmt.Errorf("%s failed: %w", line[0], openFailure(line[0], err))
		}
	case <-time.After(openTime):
	case <-ctx.Done():
	}
	return nil
}
