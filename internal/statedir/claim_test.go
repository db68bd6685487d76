package statedir

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"lockbar/internal/fsx"
)

func TestClaimKeepsWhatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "machine")
	claim(path, "first")
	claim(path, "second")
	if data, err := os.ReadFile(path); err != nil || string(data) != "first\n" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestCreateKeepsWhatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "machine")
	create(path, []byte("first\n"))
	create(path, []byte("second\n"))
	if data, err := os.ReadFile(path); err != nil || string(data) != "first\n" {
		t.Errorf("%q, %v", data, err)
	}
}

// TestTroubleThatPasses: what could be read a moment later must not move the state elsewhere.
func TestTroubleThatPasses(t *testing.T) {
	for err, want := range map[error]bool{
		errNoID: true, fsx.ErrNotRegular: true, fsx.ErrTooLarge: true, fs.ErrPermission: true,
		os.ErrDeadlineExceeded: false, syscall.EMFILE: false, syscall.EIO: false,
	} {
		if got := lasting(fmt.Errorf("read machine: %w", err)); got != want {
			t.Errorf("%v is lasting: %v", err, got)
		}
	}
}
