package tray

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"

	"lockbar/internal/words"
)

// openTime is how long the program that opens a directory may take to fail. Some go on as the file manager itself and
// live as long as its window: they are left alone then.
const openTime = 3 * time.Second

// opener is the command line that shows a directory to the user.
func opener(goos, dir string) []string {
	switch goos {
	case "darwin":
		return []string{"open", dir}
	case "windows":
		return []string{"explorer.exe", dir}
	}
	return []string{"xdg-open", dir}
}

// explorer.exe ends with 1 whether it could or not.
func failsHonestly(goos string) bool { return goos != "windows" }

// openDir shows a directory in the file manager.
func openDir(ctx context.Context, dir string) result {
	if err := there(ctx, dir); err != nil {
		return result{Text: "The store is not there", Err: err}
	}
	line := opener(runtime.GOOS, dir)
	cmd := exec.Command(line[0], line[1:]...)
	if err := cmd.Start(); err != nil {
		return notOpened(line[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // outlives this call with the file manager
	select {
	case err := <-ended:
		if err != nil && failsHonestly(runtime.GOOS) {
			return notOpened(line[0], err)
		}
	case <-time.After(openTime):
	case <-ctx.Done():
	}
	return result{}
}

// there asks in a goroutine of its own: on a dead mount it hangs for good.
func there(ctx context.Context, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	asked := make(chan error, 1)
	go func() {
		_, err := os.Stat(dir)
		asked <- err
	}()
	select {
	case err := <-asked:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func notOpened(program string, err error) result {
	return result{Text: "The store could not be opened: " + words.Clean(err.Error()), Err: fmt.Errorf("%s: %w", program, err)}
}
