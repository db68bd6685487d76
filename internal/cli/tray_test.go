package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/testfs"
	"lockbar/tray"
)

func TestStartedByPerson(t *testing.T) {
	for _, test := range []struct {
		name            string
		named, terminal bool
		want            bool
	}{
		{"lockbar, by a launcher or a bundle", false, false, true},
		{"lockbar, at a terminal", false, true, true},
		{"lockbar tray, at a terminal", true, true, true},
		{"lockbar tray, at login", true, false, false},
	} {
		if got := byPerson(test.named, test.terminal); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// TestPackagedEntries checks that the login entry of the Linux packages runs `lockbar tray`, and their launcher `lockbar` (see byPerson).
// Package login tests the entry that Start at Login writes.
func TestPackagedEntries(t *testing.T) {
	for name, want := range map[string]string{"autostart": "Exec=@COMMAND@ tray\n", "lockbar": "Exec=@COMMAND@\n"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "packaging", "linux", name+".desktop.in"))
		testfs.Check(t, err)
		if !strings.Contains(string(data), "\n"+want) {
			t.Errorf("%s.desktop does not start %q", name, want)
		}
	}
}

// TestNoDesktopSaysWhy checks that each reason is one sentence that says what to do.
func TestNoDesktopSaysWhy(t *testing.T) {
	for _, test := range []struct {
		name  string
		env   map[string]string
		euid  int
		parts []string
	}{
		{"nothing", nil, 1000, []string{"no desktop session", "lockbar watch"}},
		{"ssh", map[string]string{"SSH_CONNECTION": "x", "DISPLAY": "localhost:10"}, 1000, []string{"ssh", "at the computer itself", "lockbar watch"}},
		{"ssh as root", map[string]string{"SSH_TTY": "x"}, 0, []string{"ssh"}},
		{"sudo", map[string]string{"SUDO_USER": "ann\x1b", "SSH_CONNECTION": "x"}, 0, []string{"without sudo", "ann"}},
		{"sudo to another user", map[string]string{"SUDO_USER": "ann"}, 1000, []string{"no desktop session"}},
		{"root", map[string]string{"DISPLAY": ":0"}, 0, []string{"root", "as the user"}},
		{"Wayland", map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, 1000, []string{"session bus", "lockbar login enable", "lockbar watch"}},
		{"X11", map[string]string{"DISPLAY": ":0"}, 1000, []string{"session bus"}},
	} {
		text := noDesktop("linux", func(k string) string { return test.env[k] }, test.euid).Error()
		for _, part := range test.parts {
			if !strings.Contains(text, part) {
				t.Errorf("%s: %q does not say %q", test.name, text, part)
			}
		}
		if strings.ContainsAny(text, "\n\x1b") || strings.Contains(text, ". ") {
			t.Errorf("%s: %q is not one clear sentence", test.name, text)
		}
	}
}

// TestNoDesktopOnMacOS simulates XQuartz in a session without a window server, such as a Background session of launchd.
func TestNoDesktopOnMacOS(t *testing.T) {
	env := map[string]string{"DISPLAY": ":0"}
	if err := noDesktop("darwin", func(k string) string { return env[k] }, 501); err != tray.ErrNoDesktop {
		t.Error(err)
	}
}
