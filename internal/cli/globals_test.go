package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"lockbar/lockcore"
)

func TestCommandFirst(t *testing.T) {
	root := newRoot(&globals{})
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{"status --json", "status --json"},
		{"--json status", "status --json"},
		{"--store status status --json", "status --store status --json"},
		{"--store=x -v watch", "watch --store=x -v"},
		{"--token t unlock --yes", "unlock --token t --yes"},
		{"--as=iai_mcp.daemon --store x run -- status -v", "run --as=iai_mcp.daemon --store x -- status -v"},
		{"--store x", "--store x"},
		{"-- status", "-- status"},
	} {
		if got := strings.Join(commandFirst(strings.Fields(test.in), root), " "); got != test.want {
			t.Errorf("%q became %q, want %q", test.in, got, test.want)
		}
	}
}

func TestUsageErrors(t *testing.T) {
	w := newWorld(t)
	for _, v := range w.environment() {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	for _, args := range [][]string{
		{"bogus"},
		{"--bogus"},
		{"status", "extra"},
		{"status", "--bogus"},
		{"tray", "extra"},
		{"run"},
		{"run", "--"},
		{"status", "--store", ""},
		{"status", "--state-dir", ""},
		{"status", "--hostname", ""},
		{"status", "--hostname", "a\x1bb"},
		{"status", "--state-dir", w.dir},
		{"status", "--state-dir", filepath.Join(w.dir, "deep", "state")},
		{"unlock", "--token", ""},
		{"unlock", "--copies", "--force"},
		{"unlock", "--store", w.dir, "--store", w.root},
		{"restore", "--store", w.dir, "--store", w.root},
		{"run", "--store", w.dir, "--store", w.root, "--", "true"},
		{"run", "--as=x", "--", "true"},
		{"run", "--as=", "--", "true"},
		{"demo", "--pace", "-1"},
		{"demo", "--pace", "NaN"},
		{"demo", "--pace", "inf"},
		{"demo", "--pace", "1e9"},
		{"history", "-n", "x"},
		{"status", "--json=maybe"},
		{"completion"},
		{"completion", "tcsh"},
		{"help", "foo"},
	} {
		code, said := misuse(args)
		if code != exitUsage || !strings.HasPrefix(said, "lockbar: ") || strings.Count(said, "\n") != 1 || strings.Contains(said, "strconv") {
			t.Errorf("%q: %d, %q", args, code, said)
		}
	}
}

func TestVersionAndHelp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if out := w.run("version").want(t, 0).out; !strings.HasPrefix(out, "lockbar ") || !strings.Contains(out, "go1.") {
		t.Errorf("version: %q", out)
	}
	out := w.run("--help").want(t, 0).out
	for _, command := range []string{"tray", "status", "watch", "unlock", "restore", "run", "daemon", "demo", "history", "doctor", "login", "version"} {
		if !strings.Contains(out, "\n  "+command+" ") {
			t.Errorf("help does not name %s", command)
		}
	}
	if strings.Contains(out, "deliver-notification") || strings.Contains(out, "demo-holder") {
		t.Error("help shows what is hidden")
	}
}

// TestNoDesktop: no session bus, so no tray; and that is said in one sentence.
func TestNoDesktop(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("this system's desktop is always there")
	}
	w := newWorld(t)
	r := w.run().want(t, exitError)
	if !strings.Contains(r.err, "lockbar watch") || strings.Count(r.err, "\n") != 1 {
		t.Errorf("stderr %q", r.err)
	}
}

const idA, idB = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"

// as runs a command as one of two machines that share the state directory.
func (w *world) as(machine string, args ...string) result {
	w.t.Helper()
	cmd := w.command(args...)
	cmd.Env = append(cmd.Env, "LOCKBAR_MACHINE_ID="+machine)
	return finish(w.t, cmd)
}

// TestTroubleOfTheStateDirectory is told as that: the store is none the worse for it.
func TestTroubleOfTheStateDirectory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.writeLock(lockcore.NewRecord(4242, "mac-mini", time.Now().Add(-time.Hour))) // an age that is told alike for long
	whole := w.run("status").want(t, 0)
	path := filepath.Join(w.state, "state.json")
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	r := w.run("status").want(t, 0)
	if r.out != whole.out || !strings.HasPrefix(r.err, "lockbar: warning:") || !strings.Contains(r.err, path) || strings.Count(r.err, "\n") != 1 {
		t.Errorf("%q, %q", r.out, r.err)
	}
	if r := w.run("unlock", "--yes").want(t, 0); strings.Count(r.err, path) != 1 {
		t.Errorf("unlock says %q", r.err)
	}
	w.run("restore").want(t, 0)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if r := w.run("status").want(t, 0); r.err != "" {
		t.Errorf("%q", r.err)
	}
}
