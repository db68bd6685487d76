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
func Greet(state string) error {
	if err := os.MkdirAll(state, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(state, "state.json"), []byte(`{"schema":1,"told":{"version":2}}`), 0o600)
}

func (h *Home) runtime() string { return filepath.Join(h.Dir, "run") }

// Install puts the program where a person has it, below the home directory: from a directory for temporary files, where it was built,
// nothing is started at login. It returns the path.
func (h *Home) Install(t testing.TB) string {
	t.Helper()
	installed := filepath.Join(h.Dir, "bin", "lockbar")
	if err := os.Mkdir(filepath.Dir(installed), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(Lockbar(t), installed); err != nil { // a symbolic link would lead back to where it was built
		t.Fatal(err)
	}
	return installed
}

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
