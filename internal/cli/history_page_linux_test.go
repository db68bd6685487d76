package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

// Only for Linux: elsewhere a browser would open.

// TestFailingOpener checks that open and history --html explain the exit code of the opener in words.
func TestFailingOpener(t *testing.T) {
	for code, want := range map[string]string{"3": "no program was found that can show it", "4": "xdg-open failed: exit code 4"} {
		w := newWorld(t)
		testfs.Check(t, os.WriteFile(filepath.Join(w.root, "xdg-open"), []byte("#!/bin/sh\nexit "+code+"\n"), 0o700))
		for _, args := range [][]string{{"open"}, {"history", "--html"}} {
			_, tty := terminal(t)
			var output strings.Builder
			cmd := w.command(args...)
			cmd.Env = append(cmd.Env, "PATH="+w.root, "DISPLAY=:none")
			cmd.Stdout, cmd.Stderr = tty, &output
			_ = cmd.Run() // history --html still exits with 0
			if !strings.Contains(output.String(), "not opened: ") || !strings.Contains(output.String(), want) || strings.Contains(output.String(), "exit status") {
				t.Errorf("%q: %q, want %q", args, output.String(), want)
			}
		}
	}
}
