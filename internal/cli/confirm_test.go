//go:build linux || darwin

package cli

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"

	"lockbar/internal/testfs"
)

// terminal returns a pseudo-terminal. Text written to keyboard is typed at tty.
func terminal(t *testing.T) (keyboard, tty *os.File) {
	t.Helper()
	keyboard, path, err := newTerminal()
	if keyboard != nil {
		t.Cleanup(func() { keyboard.Close() })
	}
	testfs.Check(t, err)
	tty, err = os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY, 0)
	testfs.Check(t, err)
	t.Cleanup(func() { tty.Close() })
	return keyboard, tty
}

// TestPromptHoldsToWhatItShowed replaces the lock during the prompt. The new lock is not removed.
func TestPromptHoldsToWhatItShowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeLock(foreign())
	keyboard, tty := terminal(t)
	cmd := w.command("unlock")
	cmd.Stdin = tty
	asked, err := cmd.StderrPipe()
	testfs.Check(t, err)
	testfs.Check(t, cmd.Start())
	for text, buf := "", make([]byte, 1024); !strings.Contains(text, "[y/N]"); {
		n, err := asked.Read(buf)
		if err != nil {
			t.Fatalf("%v after %q", err, text)
		}
		text += string(buf[:n])
	}
	fresh := record("mac-b", 7)
	w.writeLock(fresh)
	if _, err := keyboard.WriteString("y\n"); err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	_, _ = output.ReadFrom(asked)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitRefused || !strings.Contains(output.String(), "mac-b") {
		t.Errorf("exit code %d, %q", code, output.String())
	}
	if data, err := os.ReadFile(w.lock()); err != nil || !bytes.Equal(data, fresh.Encode()) {
		t.Errorf("the fresh lock is %q: %v", data, err)
	}
}

// TestColour checks that colour needs a terminal and respects the user's settings.
func TestColour(t *testing.T) {
	keyboard, tty := terminal(t)
	for _, test := range []struct {
		term, noColour string
		want           bool
	}{{"xterm", "", true}, {"xterm", "1", false}, {"dumb", "", false}} {
		t.Setenv("TERM", test.term)
		t.Setenv("NO_COLOR", test.noColour)
		if got := paletteFor(tty).colour; got != test.want {
			t.Errorf("%+v: colour %t", test, got)
		}
	}
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	printRows(tty, paletteFor(tty), []row{{"store", "x"}})
	buf := make([]byte, 100)
	if n, err := keyboard.Read(buf); err != nil || !strings.Contains(string(buf[:n]), "\x1b[") {
		t.Errorf("%q: %v", buf[:n], err)
	}
	if file, err := os.Open(os.DevNull); err != nil || paletteFor(file).colour {
		t.Errorf("%v; want no error and, without a terminal, no colour", err)
	}
}
