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
	installed := w.install()
	login := func(args ...string) result {
		t.Helper()
		cmd := w.command(append([]string{"login"}, args...)...)
		cmd.Path, cmd.Env = installed, append(cmd.Env, "TMPDIR=") // a world has its home for that
		return finish(t, cmd).want(t, 0)
	}
	status := func(arg string) loginObject {
		t.Helper()
		return decode[loginObject](t, login(arg, "--json").out)
	}
	if o := status("status"); o.Enabled || o.Program != "" || !strings.HasPrefix(o.Entry, w.root) {
		t.Errorf("at first: %+v", o)
	}
	program, err := filepath.EvalSymlinks(installed) // macOS keeps temporary files below a link, /var, and an entry has the real path
	if err != nil || runtime.GOOS != "darwin" {
		program = installed
	}
	for range 2 {
		if o := status("enable"); !o.Enabled || o.Program != program || o.Problem != "" {
			t.Errorf("enabled: %+v", o)
		}
	}
	if out := login("status").out; !strings.Contains(out, "enabled") || !strings.Contains(out, installed) {
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

// install puts the program below the home directory, since it was built in a temporary one, from where nothing is started at login.
func (w *world) install() string {
	w.t.Helper()
	installed := filepath.Join(w.root, filepath.Base(binary))
	if err := os.Link(binary, installed); err != nil {
		w.t.Fatal(err)
	}
	return installed
}

// TestLoginRefused: a script tells by the exit code that the program has to be installed first.
func TestLoginRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cmd := w.command("login", "enable")
	cmd.Env = append(cmd.Env, "TMPDIR="+filepath.Dir(binary), "TMP="+filepath.Dir(binary))
	r := finish(t, cmd).want(t, exitRefused)
	if !strings.Contains(r.err, "temporary directory") || !strings.Contains(r.err, binary) || r.out != "" {
		t.Errorf("%q, %q", r.out, r.err)
	}
	if out := w.run("login", "status").want(t, 0).out; !strings.Contains(out, "disabled") && runtime.GOOS != "windows" {
		t.Errorf("%q", out)
	}
}

func TestLoginUsage(t *testing.T) {
	t.Parallel()
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
