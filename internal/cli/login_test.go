package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lockbar/internal/config"
)

func TestLogin(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the Run key belongs to whoever runs the tests")
	}
	w := newWorld(t)
	status := func(args ...string) loginObject {
		t.Helper()
		return decode[loginObject](t, w.run(append([]string{"login", "--json"}, args...)...).want(t, 0).out)
	}
	if o := status("status"); o.Enabled || o.Program != "" || !strings.HasPrefix(o.Entry, w.root) {
		t.Errorf("at first: %+v", o)
	}
	program, err := filepath.EvalSymlinks(binary) // macOS keeps temporary files below a link, /var, and an entry has the real path
	if err != nil || runtime.GOOS != "darwin" {
		program = binary
	}
	for range 2 {
		if o := status("enable"); !o.Enabled || o.Program != program || o.Problem != "" {
			t.Errorf("enabled: %+v", o)
		}
	}
	if out := w.run("login", "status").want(t, 0).out; !strings.Contains(out, "enabled") || !strings.Contains(out, binary) {
		t.Errorf("%q", out)
	}
	entry := status("status").Entry
	if err := os.WriteFile(entry, []byte("[Desktop Entry]\nExec=/no/such/lockbar tray\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if o := status("status"); !strings.Contains(o.Problem, "lockbar login enable") {
		t.Errorf("an odd entry: %+v", o)
	}
	for range 2 {
		if o := status("disable"); o.Enabled || o.Program != "" {
			t.Errorf("disabled: %+v", o)
		}
	}
	w.mustBeGone(entry)
}

func TestLoginUsage(t *testing.T) {
	w := newWorld(t)
	for _, args := range [][]string{{"login"}, {"login", "maybe"}, {"login", "enable", "disable"}, {"login", "enable", "--store", w.dir}} {
		w.run(args...).want(t, exitUsage)
	}
}

// TestHelpShowsSettingsThatAreRead: what people copy from the help must work.
func TestHelpShowsSettingsThatAreRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(path, []byte(storesHelp[strings.Index(storesHelp, "{"):]), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil || len(c.Stores) != 1 || len(c.Unknown) != 0 || c.Notify != config.Default().Notify {
		t.Errorf("%+v, %v", c, err)
	}
}
