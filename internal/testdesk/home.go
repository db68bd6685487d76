//go:build linux

package testdesk

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Home is the home directory of child processes. Each test has its own, so that
// tests share neither stores nor settings.
type Home struct{ Dir string }

// NewHome makes a home without a store, settings or state. It is removed after
// the test.
func NewHome(t testing.TB) *Home {
	t.Helper()
	h := &Home{Dir: t.TempDir()}
	if err := errors.Join(os.Mkdir(h.runtime(), 0o700), os.Mkdir(h.temp(), 0o700)); err != nil {
		t.Fatal(err)
	}
	return h
}

// Store returns the path of the default store. NewHome does not make it.
func (h *Home) Store() string { return filepath.Join(h.Dir, ".iai-mcp") }

// State returns the path of the state directory. NewHome does not make it.
func (h *Home) State() string { return filepath.Join(h.Dir, "lockbar-state") }

// Greet makes the state directory as if the program had run before. Only the first start shows a greeting, which would disturb most
// tests.
func (h *Home) Greet(t testing.TB) {
	t.Helper()
	file := filepath.Join(h.State(), "state.json")
	if err := errors.Join(os.Mkdir(h.State(), 0o700), os.WriteFile(file, []byte(`{"schema":1,"told":{"version":2}}`), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// Install links the program into the home directory and returns its new path. The program is built in a directory for temporary files,
// and Lockbar refuses to start a program there at login.
func (h *Home) Install(t testing.TB) string {
	t.Helper()
	installed := filepath.Join(h.Dir, "bin", "lockbar")
	// A symbolic link would lead back to the temporary directory.
	if err := errors.Join(os.Mkdir(filepath.Dir(installed), 0o700), os.Link(Lockbar(t), installed)); err != nil {
		t.Fatal(err)
	}
	return installed
}

func (h *Home) runtime() string { return filepath.Join(h.Dir, "run") }

func (h *Home) temp() string { return filepath.Join(h.Dir, "tmp") }

// Env returns the variables that make a child use this home.
func (h *Home) Env() []string {
	return []string{
		"HOME=" + h.Dir,
		"TMPDIR=" + h.temp(),
		"XDG_CONFIG_HOME=" + filepath.Join(h.Dir, ".config"),
		"XDG_CACHE_HOME=" + filepath.Join(h.Dir, ".cache"),
		"XDG_DATA_HOME=" + filepath.Join(h.Dir, ".local", "share"),
		"XDG_STATE_HOME=" + filepath.Join(h.Dir, ".local", "state"),
		"XDG_RUNTIME_DIR=" + h.runtime(),
		"LOCKBAR_STATE_DIR=" + h.State(),
	}
}
