//go:build linux || darwin

package watch

import (
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestLimits checks that the error names this system's setting for the resource that is used up, and that other errors do not change.
func TestLimits(t *testing.T) {
	says := map[string]map[syscall.Errno]string{
		"linux":  {syscall.EMFILE: "max_user_instances", syscall.ENOSPC: "max_user_watches", syscall.ENFILE: "fs.file-max"},
		"darwin": {syscall.EMFILE: "launchctl limit maxfiles", syscall.ENFILE: "kern.maxfiles"},
	}
	for err, says := range says[runtime.GOOS] {
		got := explained(&os.SyscallError{Syscall: "open", Err: err})
		if !strings.Contains(got.Error(), says) || !errors.Is(got, err) {
			t.Errorf("%v: %v", err, got)
		}
	}
	if err := explained(io.EOF); err != io.EOF {
		t.Error(err)
	}
}
