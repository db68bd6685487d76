//go:build linux || darwin

package cli

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"
)

// terminal is a pseudo-terminal: what is written to the first end is typed at the second.
func terminal(t *testing.T) (keyboard, tty *os.File) {
	t.Helper()
	keyboard, path, err := newTerminal()
	if keyboard != nil {
		t.Cleanup(func() { keyboard.Close() })
	}
	if err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tty.Close() })
	return keyboard, tty
}

// TestPromptHoldsToWhatItShowed: a lock that came while the user thought is not removed.
func TestPromptHoldsToWhatItShowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeLock(foreign())
	keyboard, tty := terminal(t)
	cmd := w.command("unlock")
	cmd.Stdin = tty
	asked, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
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
	var said bytes.Buffer
	_, _ = said.ReadFrom(asked)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitRefused || !strings.Contains(said.String(), "mac-b") {
		t.Errorf("exit code %d, %q", code, said.String())
	}
	if data, err := os.ReadFile(w.lock()); err != nil || !bytes.Equal(data, fresh.Encode()) {
		t.Errorf("the fresh lock is %q: %v", data, err)
	}
}

// TestColour: on a terminal only, and not against the user's wish.
func TestColour(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		env  string
		want bool
	}{
		{"terminal", "TERM=xterm", true},
		{"NO_COLOR", "NO_COLOR=1", false},
		{"dumb", "TERM=dumb", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			keyboard, tty := terminal(t)
			cmd := w.command("status")
			cmd.Env = append(cmd.Env, test.env)
			cmd.Stdout = tty
			if err := cmd.Run(); err != nil {
				t.Fatal(err)
			}
			buf := make([]byte, 4096)
			n, err := keyboard.Read(buf)
			if err != nil || strings.Contains(string(buf[:n]), "\x1b[") != test.want {
				t.Errorf("%q: %v", buf[:n], err)
			}
		})
	}
}
