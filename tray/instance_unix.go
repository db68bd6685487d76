//go:build unix

package tray

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes f for this process, until f is closed or the process ends; it gives ErrRunning where another has it.
func lockFile(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrRunning
	}
	return err
}
