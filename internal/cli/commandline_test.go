package cli

import (
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/config"
	"lockbar/lockcore"
)

func TestCommandLine(t *testing.T) {
	one := settings{origins: map[string]string{"/a b": config.FromFlag, "/c": config.FromDefault}, stores: []*lockcore.Store{nil}}
	for _, test := range []struct {
		s           settings
		store, want string
	}{
		{one, "/c", "lockbar unlock"},
		{one, "/a b", "lockbar unlock --store '/a b'"},
		{settings{origins: one.origins, stores: []*lockcore.Store{nil, nil}}, "/c", "lockbar unlock --store /c"},
		{settings{origins: one.origins, doubts: []string{"x"}}, "/c", "lockbar unlock --store /c"},
		{settings{origins: one.origins, given: []string{"--state-dir", "/s's"}}, "/c", `lockbar unlock --state-dir '/s'\''s'`},
	} {
		want := test.want
		if runtime.GOOS == "windows" {
			want = strings.NewReplacer(`'\''`, `'`, `'`, `"`).Replace(want)
		}
		if got := test.s.commandLine(test.store, "unlock"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for arg, want := range map[string]string{`C:\a`: `C:\a`, `C:\a b`: `"C:\a b"`, "": `""`, `C:\`: `C:\`,
		`\\localhost\my share\`: `"\\localhost\my share\\"`, `C:\a b\\`: `"C:\a b\\\\"`, `C:\a,b`: `"C:\a,b"`, `C:\a;b`: `"C:\a;b"`} {
		if got := quoted(arg, "windows"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for arg, want := range map[string]string{"~x": "'~x'", `a\b`: `'a\b'`, "a\x1b": `"a\x1b"`, "$x": "'$x'"} {
		if got := quoted(arg, "linux"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// typed is a path as a hint has it: a temporary directory may have a sign that a shell obeys, as C:\Users\RUNNER~1 has.
func typed(path string) string { return quoted(path, runtime.GOOS) }

// TestHintsMeanTheirStore: what is proposed does to this store what it says, when it is typed as it stands.
func TestHintsMeanTheirStore(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	w.writeLock(record(ourHost, deadPID(t)))
	other.writeLock(foreign())
	args := []string{"status", "--store", w.dir}
	cmd := w.command(args...)
	cmd.Env = append(cmd.Env, "IAI_MCP_STORE="+other.dir)
	out := finish(t, cmd).want(t, 0).out
	if want := "lockbar unlock --store " + typed(w.dir) + " "; !strings.Contains(out, want) {
		t.Errorf("no %q in %q", want, out)
	}
	cmd = w.command("unlock", "--yes", "--store", w.dir, "--state-dir", w.state)
	if out := finish(t, cmd).want(t, 0).out; !strings.Contains(out, "lockbar restore --store "+typed(w.dir)+" --state-dir "+typed(w.state)+"\n") {
		t.Errorf("%q", out)
	}
	if out := other.run("status").out; strings.Contains(out, "--store") {
		t.Errorf("%q names a store that needs no name", out)
	}
}

// TestNoGuessChangesALock: what was not understood may have named another store.
func TestNoGuessChangesALock(t *testing.T) {
	w := newWorld(t)
	config := filepath.Join(w.root, "config.json")
	home := filepath.Join(w.root, ".iai-mcp")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".locked"), foreign().Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	put := func(text string) {
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(`{"stores": "` + filepath.ToSlash(w.dir) + `"}`) // no list
	for _, args := range [][]string{{"unlock", "--yes"}, {"unlock", "--copies", "--yes"}, {"restore"}, {"run", "--", binary, "version"}} {
		if r := finish(t, at(w.command(args...), config)).want(t, exitUsage); !strings.Contains(r.err, "--store "+home) {
			t.Errorf("%v: %q", args, r.err)
		}
	}
	finish(t, at(w.command("status"), config)).want(t, 0)
	finish(t, at(w.command("unlock", "--yes", "--store", home), config)).want(t, 0)
	w.mustBeGone(filepath.Join(home, ".locked"))

	w.writeLock(record(ourHost, daemon(t, w.dir)))
	put(`{"stores": ["` + filepath.ToSlash(w.dir) + `"], "notify": {"takeover": 1}}`) // the stores are certain
	if r := finish(t, at(w.command("run", "--", binary, "version"), config)).want(t, exitHeld); strings.Contains(r.err, "warning") {
		t.Errorf("%q", r.err)
	}
}

// TestHomeOfThePasswordDatabase is for a service and a cron job, which have no HOME. It only looks: the store is the user's own.
func TestHomeOfThePasswordDatabase(t *testing.T) {
	u, err := user.Current()
	if err != nil || runtime.GOOS == "windows" {
		t.Skip(err)
	}
	w := newWorld(t)
	for _, home := range []string{"HOME=", "UNSET=1"} {
		cmd := w.command("status", "--json")
		cmd.Env = append(slices.DeleteFunc(cmd.Env, func(v string) bool { return strings.HasPrefix(v, "HOME=") }), home, "IAI_MCP_STORE=", "XDG_CONFIG_HOME="+w.root)
		if r := finish(t, cmd).want(t, 0); !strings.Contains(r.out, `"store":"`+u.HomeDir) {
			t.Errorf("%s: %q, want a store in %s", home, r.out, u.HomeDir)
		}
	}
}

// TestWithoutAHome: where neither the environment nor the password database has one, the user is told what to give.
func TestWithoutAHome(t *testing.T) {
	if err := (settings{}).usable(); err == nil || !strings.Contains(err.Error(), "give --store") {
		t.Error(err)
	}
	if err := known(lockcore.ErrNoStateDir); !strings.Contains(err.Error(), "give --state-dir") {
		t.Error(err)
	}
}

// TestDoctorSeesASyncedStateDir, which other commands refuse.
func TestDoctorSeesASyncedStateDir(t *testing.T) {
	w := newWorld(t)
	if r := w.run("doctor", "--state-dir", filepath.Join(w.dir, "x")).want(t, 1); !strings.Contains(r.out, "lies in a store") {
		t.Errorf("%q, %q", r.out, r.err)
	}
}
