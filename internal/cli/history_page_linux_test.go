package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// For Linux alone: elsewhere a browser would open.

// TestPageAtATerminal is written for this user alone, and its path printed. There is no desktop here that could open it.
func TestPageAtATerminal(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	w.run("unlock", "--yes").want(t, 0)
	keyboard, tty := terminal(t)
	cmd := w.command("history", "--html")
	cmd.Stdin, cmd.Stdout = tty, tty
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	said := make([]byte, 4096)
	n, err := keyboard.Read(said)
	path := filepath.Join(w.state, "history.html")
	if got := strings.TrimSpace(string(said[:n])); err != nil || got != path {
		t.Errorf("%q, %v, want %s", got, err, path)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}
