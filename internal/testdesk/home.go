//go:build linux

package testdesk

import (
	"os"
	"path/filepath"
	"testing"
)

// Home is the home directory of child processes. Each test has its own, so that
// tests share neither stores nor settings.
type Home struct{ Dir string }

// NewHome makes an empty home, which is removed with the test.
func NewHome(t testing.TB) *Home {
	t.Helper()
	h := &Home{Dir: t.TempDir()}
	for _, dir := range []string{h.runtime(), h.temp()} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// Store returns the path of the default store. NewHome does not make it.
func (h *Home) Store() string { return filepath.Join(h.Dir, ".iai-mcp") }

// State returns the path of the state directory. NewHome does not make it.
func (h *Home) State() string { return filepath.Join(h.Dir, "lockbar-state") }

// Greet prepares a state directory as if the program had run before: only its first start shows a greeting, which would disturb other
// tests.
func Greet(state string) error {
	if err := os.MkdirAll(state, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(state, "state.json"), []byte(`{"schema":1,"told":{"version":2}}`), 0o600)
}

func (h *Home) runtime() string { return filepath.Join(h.Dir, "run") }

// Install puts the program into the home directory and returns its path: Lockbar refuses to start a program in a directory for temporary
// files, where it was built, at login.
func (h *Home) Install(t testing.TB) string {
	t.Helper()
	installed := filepath.Join(h.Dir, "bin", "lockbar")
	if err := os.Mkdir(filepath.Dir(installed), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(Lockbar(t), installed); err != nil { // a symbolic link would lead back to the temporary directory
		t.Fatal(err)
	}
	return installed
}

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
