package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// For Linux alone: elsewhere a browser would open.

// TestFailingOpener: what the program that shows things means by its exit code is told in words, by each command that uses it.
func TestFailingOpener(t *testing.T) {
	for code, says := range map[string]string{"3": "no program that can show it was found", "4": "xdg-open failed: exit code 4"} {
		w := newWorld(t)
		if err := os.WriteFile(filepath.Join(w.root, "xdg-open"), []byte("#!/bin/sh\nexit "+code+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"open"}, {"history", "--html"}} {
			_, tty := terminal(t)
			var said strings.Builder
			cmd := w.command(args...)
			cmd.Env = append(cmd.Env, "PATH="+w.root, "DISPLAY=:none")
			cmd.Stdout, cmd.Stderr = tty, &said
			_ = cmd.Run() // only open fails for it
			if !strings.Contains(said.String(), "not opened: ") || !strings.Contains(said.String(), says) || strings.Contains(said.String(), "exit status") {
				t.Errorf("%q: %q, want %q", args, said.String(), says)
			}
		}
	}
}
