package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/discover"
	"lockbar/lockcore"
)

func TestCommandLine(t *testing.T) {
	one := settings{origins: map[string]string{"/a b": discover.Flag, "/c": discover.Default}, stores: []*lockcore.Store{nil}}
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
		if got := test.s.commandLine(test.store, "unlock"); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
	for arg, want := range map[string]string{`C:\a`: `C:\a`, `C:\a b`: `"C:\a b"`, "": `""`} {
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

// TestHintsMeanTheirStore: what is proposed does to this store what it says, when it is typed as it stands.
func TestHintsMeanTheirStore(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	w.writeLock(record(ourHost, deadPID(t)))
	other.writeLock(foreign())
	args := []string{"status", "--store", w.dir}
	cmd := w.command(args...)
	cmd.Env = append(cmd.Env, "IAI_MCP_STORE="+other.dir)
	out := finish(t, cmd).want(t, 0).out
	if want := "lockbar unlock --store " + w.dir + " "; !strings.Contains(out, want) {
		t.Errorf("no %q in %q", want, out)
	}
	cmd = w.command("unlock", "--yes", "--store", w.dir, "--state-dir", w.state)
	if out := finish(t, cmd).want(t, 0).out; !strings.Contains(out, "lockbar restore --store "+w.dir+" --state-dir "+w.state+"\n") {
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
	for _, args := range [][]string{{"unlock", "--yes"}, {"unlock", "--copies", "--yes"}, {"restore"}, {"run", "--", "true"}} {
		if r := finish(t, at(w.command(args...), config)).want(t, exitUsage); !strings.Contains(r.err, "--store "+home) {
			t.Errorf("%v: %q", args, r.err)
		}
	}
	finish(t, at(w.command("status"), config)).want(t, 0)
	finish(t, at(w.command("unlock", "--yes", "--store", home), config)).want(t, 0)
	w.mustBeGone(filepath.Join(home, ".locked"))

	w.writeLock(record(ourHost, daemon(t, w.dir)))
	put(`{"stores": ["` + filepath.ToSlash(w.dir) + `"], "notify": {"takeover": 1}}`) // the stores are certain
	if r := finish(t, at(w.command("run", "--", "true"), config)).want(t, exitHeld); strings.Contains(r.err, "warning") {
		t.Errorf("%q", r.err)
	}
}

// TestWithoutAHome: what needs no store works, and the rest says what to give.
func TestWithoutAHome(t *testing.T) {
	w := newWorld(t)
	homeless := func(args ...string) result {
		cmd := w.command(args...)
		cmd.Env = append(cmd.Env, "HOME=", "USERPROFILE=", "LocalAppData=", "AppData=", "IAI_MCP_STORE=", "LOCKBAR_STATE_DIR=")
		return finish(t, cmd)
	}
	homeless("history", "--state-dir", w.state).want(t, 0)
	if r := homeless("doctor").want(t, 1); !strings.Contains(r.out, "discovery") || !strings.Contains(r.out, "There is no store") {
		t.Errorf("%q, %q", r.out, r.err)
	}
	if r := homeless("status").want(t, exitUsage); !strings.Contains(r.err, "give --store") {
		t.Errorf("%q", r.err)
	}
	w.writeLock(foreign())
	if r := homeless("unlock", "--yes", "--store", w.dir).want(t, exitFailed); !strings.Contains(r.err, "give --state-dir") {
		t.Errorf("%q", r.err)
	}
}

// TestDoctorSeesASyncedStateDir, which other commands refuse.
func TestDoctorSeesASyncedStateDir(t *testing.T) {
	w := newWorld(t)
	if r := w.run("doctor", "--state-dir", filepath.Join(w.dir, "x")).want(t, 1); !strings.Contains(r.out, "lies in the store") {
		t.Errorf("%q, %q", r.out, r.err)
	}
}
