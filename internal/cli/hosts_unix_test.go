//go:build unix

package cli

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestPipesAreIgnored checks that a FIFO is ignored. Opening it would block for ever.
func TestPipesAreIgnored(t *testing.T) {
	checkIgnored(t, map[string]func(*world) error{
		"in .lockbar":          func(w *world) error { return syscall.Mkfifo(filepath.Join(w.peers(), "mac-b-bbbbbbbb.json"), 0o600) },
		"in place of .lockbar": func(w *world) error { return errors.Join(os.Remove(w.peers()), syscall.Mkfifo(w.peers(), 0o600)) },
	})
}
