package cli

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestHistoryAsPage goes to standard output where that is no terminal, and writes no file.
func TestHistoryAsPage(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	w.run("unlock", "--yes").want(t, 0)
	w.run("restore").want(t, 0)
	page := w.run("history", "--html").want(t, 0).out
	for d := xml.NewDecoder(strings.NewReader(page)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, page)
		}
	}
	for _, want := range []string{"The lock of mac-mini was removed</td>", "The lock of mac-mini was put back</td>", "Content-Security-Policy"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %s", want, page)
		}
	}
	w.mustBeGone(filepath.Join(w.state, "history.html"))
	if newest := w.run("history", "--html", "-n", "1").want(t, 0).out; strings.Contains(newest, "was removed</td>") {
		t.Errorf("-n 1: %s", newest)
	}
	w.run("history", "--html", "--json").want(t, exitUsage)
}

func TestPageOfNoHistory(t *testing.T) {
	w := newWorld(t)
	if page := w.run("history", "--html").want(t, 0).out; !strings.Contains(page, "Nothing is in the history yet") {
		t.Errorf("%s", page)
	}
	w.mustBeGone(w.state)
}

// TestPageAtATerminal is written for this user alone, and its path printed. There is no desktop here that could open it.
func TestPageAtATerminal(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("a browser would open")
	}
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
