//go:build linux

package testdesk

import (
	"os"
	"path/filepath"
	"testing"
)

// Home is the home directory of a child process, so that tests share neither
// stores nor settings. Processes that are to meet share a Home.
type Home struct{ Dir string }

// NewHome makes an empty home that is removed with the test.
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

// Store is where the program looks for its store by itself. It is not made.
func (h *Home) Store() string { return filepath.Join(h.Dir, ".iai-mcp") }

// State is the program's state directory. It is not made.
func (h *Home) State() string { return filepath.Join(h.Dir, "lockbar-state") }

// Greet makes a state directory what an earlier start of the program leaves: only the first one greets, and no test wants to wait for that
// but the one of the greeting.
func Greet(t testing.TB, state string) {
	t.Helper()
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(state, "state.json"), []byte(`{"schema":1,"told":{"version":2}}`), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (h *Home) runtime() string { return filepath.Join(h.Dir, "run") }

// temp is not where the program lies: from the directory for temporary files nothing is started at login.
func (h *Home) temp() string { return filepath.Join(h.Dir, "tmp") }

// Env is the variables that lead a child here.
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
