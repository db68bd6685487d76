package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// openTime is how long the program that opens it may take to fail. Some go on as the file manager itself and
// live as long as its window: they are left alone then.
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

// explorer.exe ends with 1 whether it could or not.
func failsHonestly(goos string) bool { return goos != "windows" }

// ErrMissing reports that there is nothing to show at the path, or what it lies on does not answer.
var ErrMissing = errors.New("it is not there")

// Open shows a directory in the file manager, or a file in its program. It returns when that runs, or has failed: ErrMissing, or
// what the program's end said.
func Open(ctx context.Context, path string) error {
	if err := there(ctx, path); err != nil {
		return fmt.Errorf("%w: %w", ErrMissing, err)
	}
	line := openCommand(runtime.GOOS, path)
	cmd := exec.Command(line[0], line[1:]...)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // outlives this call with the file manager
	select {
	case err := <-ended:
		if err != nil && failsHonestly(runtime.GOOS) {
			return fmt.Errorf("%s: %w", line[0], err)
		}
	case <-time.After(openTime):
	case <-ctx.Done():
	}
	return nil
}

// there asks in a goroutine of its own: on a dead mount it hangs for good.
func there(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	asked := make(chan error, 1)
	go func() {
		_, err := os.Stat(path)
		asked <- err
	}()
	select {
	case err := <-asked:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
