package cli

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// TestStoreOfTheConfigFile: what is said with -v is where it was found; what cannot be read is told, and the default used.
func TestStoreOfTheConfigFile(t *testing.T) {
	w := newWorld(t)
	settings := filepath.Join(w.root, "settings.json")
	status := func(text string, args ...string) result {
		t.Helper()
		if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := w.command(append([]string{"status"}, args...)...)
		cmd.Env = append(cmd.Env, "IAI_MCP_STORE=", "LOCKBAR_CONFIG="+settings)
		return finish(t, cmd).want(t, 0)
	}
	r := status(`{"stores": ["~/one", "~/two", "~/one/."]}`, "-v")
	for _, part := range []string{filepath.Join(w.root, "one"), filepath.Join(w.root, "two"), settings} {
		if !strings.Contains(r.out, part) {
			t.Errorf("no %s in %q", part, r.out)
		}
	}
	if strings.Count(r.out, "state ") != 2 || r.err != "" {
		t.Errorf("%q, %q", r.out, r.err)
	}
	r = status("{\n,", "--json")
	if s := decode[report.Status](t, r.out); s.Store != filepath.Join(w.root, ".iai-mcp") {
		t.Errorf("%+v", s)
	}
	if !strings.HasPrefix(r.err, "lockbar: warning: "+settings+", line 2: ") || strings.Count(r.err, "\n") != 1 {
		t.Errorf("stderr %q", r.err)
	}
}

// TestMemoryOfAnotherName: who was seen to hold the store by one path is known by the other.
func TestMemoryOfAnotherName(t *testing.T) {
	w := newWorld(t)
	link := filepath.Join(w.root, "link")
	if err := os.Symlink(w.dir, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	w.writeLock(record(ourHost, holder(t).Process.Pid)) // no daemon: nothing else than memory could know it
	watching := w.watch("--json", "--store", link)
	watching.want(watch.Initial, lockcore.HeldHere)
	w.writeLock(foreign())
	watching.want(watch.TakenOver, lockcore.Contested)
	for _, path := range []string{link, w.dir} {
		if s := decode[report.Status](t, w.run("status", "--json", "--store", path).out); s.State != lockcore.Contested {
			t.Errorf("%s: %s (%s)", path, s.State, s.Detail)
		}
	}
	interrupt(t, watching)
}

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
		r := w.run(args...).want(t, exitUsage)
		if !strings.HasPrefix(r.err, "lockbar: ") || strings.Count(r.err, "\n") != 1 || r.out != "" || strings.Contains(r.err, "strconv") {
			t.Errorf("%q: stdout %q, stderr %q", args, r.out, r.err)
		}
	}
}

// TestStateDirBehindALinkIsSeen: a state directory must not be synced by a detour either.
func TestStateDirBehindALinkIsSeen(t *testing.T) {
	w := newWorld(t)
	link := filepath.Join(w.root, "link")
	if err := os.Symlink(w.dir, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	w.run("status", "--state-dir", filepath.Join(link, "state")).want(t, exitUsage)
	if err := errors.Join(os.Mkdir(w.state, 0o700), os.Symlink(w.dir, filepath.Join(w.state, "backups"))); err != nil {
		t.Fatal(err)
	}
	if r := w.run("status").want(t, exitUsage); !strings.Contains(r.err, filepath.Join(w.state, "backups")) {
		t.Errorf("stderr %q", r.err)
	}
}

// TestStateDirInAnotherStore: there it would be synced as well.
func TestStateDirInAnotherStore(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	other.writeLock(foreign())
	inside := filepath.Join(other.dir, "state")
	w.writeLock(foreign())
	if r := w.run("unlock", "--yes", "--state-dir", inside).want(t, exitUsage); !strings.Contains(r.err, other.dir) {
		t.Errorf("stderr %q", r.err)
	}
	other.mustBeGone(inside)

	w.run("unlock", "--yes").want(t, 0)
	backups, err := filepath.Glob(filepath.Join(w.state, "backups", "*"))
	if err != nil || len(backups) != 1 {
		t.Fatal(backups, err)
	}
	if err := errors.Join(os.RemoveAll(backups[0]), os.Symlink(other.dir, backups[0])); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	w.writeLock(foreign())
	if r := w.run("unlock", "--yes").want(t, exitFailed); !strings.Contains(r.err, other.dir) {
		t.Errorf("stderr %q", r.err)
	}
	if entries, err := os.ReadDir(other.dir); err != nil || len(entries) != 1 {
		t.Errorf("the other store has %v, %v", entries, err)
	}
}

// TestRunThroughALink: the lock is given back where it was taken, wherever the link leads by then.
func TestRunThroughALink(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	link := filepath.Join(w.root, "link")
	if err := os.Symlink(w.dir, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if runtime.GOOS == "windows" {
		t.Skip("no program turns a link there; an ln of another system's tools makes a copy")
	}
	if r := w.run("--store", link, "run", "--", "ln", "-sfn", other.dir, link).want(t, 0); r.err != "" {
		t.Errorf("stderr %q", r.err)
	}
	w.mustBeGone(w.lock())
}

// TestOneStoreOfTwoNames: a store is one store, whatever path leads to it.
func TestOneStoreOfTwoNames(t *testing.T) {
	w := newWorld(t)
	link := filepath.Join(w.root, "link")
	if err := os.Symlink(w.dir, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	w.writeLock(foreign())
	if r := w.run("status", "--json", "--store", link, "--store", w.dir).want(t, 0); decode[report.Status](t, r.out).Store != link {
		t.Errorf("the first path is not the one: %q", r.out)
	}
	w.run("unlock", "--yes", "--store", link, "--store", w.dir).want(t, 0)
	w.run("restore", "--store", w.dir).want(t, 0)
	for _, path := range []string{link, w.dir} {
		if r := w.run("history", "--store", path).want(t, 0); strings.Count(r.out, "\n") != 2 {
			t.Errorf("the history of %s: %q", path, r.out)
		}
	}
}

func TestEnvironment(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	cmd := w.command("status", "--json")
	cmd.Env = append(cmd.Env, "LOCKBAR_HOSTNAME=mac\nmini")
	finish(t, cmd).want(t, exitUsage)

	r := w.run("status", "--json", "--hostname", "MAC-MINI")
	if s := decode[report.Status](t, r.out); s.Host != "MAC-MINI" || s.State.String() == "held-elsewhere" {
		t.Errorf("--hostname does not go before the environment: %+v", s)
	}
}

func TestVersionAndHelp(t *testing.T) {
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

// TestMachinesThatShareAStateDirectory: neither sees nor undoes what the other did.
func TestMachinesThatShareAStateDirectory(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	w.as(idA, "unlock", "--yes").want(t, 0)
	w.as(idB, "restore").want(t, exitRefused)
	if r := w.as(idB, "history").want(t, 0); !strings.Contains(r.out, "Nothing is in the history") {
		t.Errorf("the second machine has the history of the first: %q", r.out)
	}
	w.as(idA, "restore").want(t, 0)
	w.as(idB, "unlock", "--yes").want(t, 0)
	own := filepath.Join(w.state, "machine-"+idB)
	if _, err := os.Stat(filepath.Join(own, "history.jsonl")); err != nil {
		t.Error(err)
	}
	if r := w.as(idB, "doctor"); !strings.Contains(r.out, idB) || !strings.Contains(r.out, "shared with the computer "+idA) || !strings.Contains(r.out, own) {
		t.Errorf("doctor: %q", r.out)
	}
}

// TestFilesOfTheVersionBefore are those of the machine that writes first.
func TestFilesOfTheVersionBefore(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	w.as(idA, "unlock", "--yes").want(t, 0)
	if err := os.Remove(filepath.Join(w.state, "machine")); err != nil { // that version knew no owner
		t.Fatal(err)
	}
	w.as(idA, "restore").want(t, 0)
	w.as(idB, "unlock", "--yes").want(t, 0)
	if entries, err := os.ReadDir(filepath.Join(w.state, "machine-"+idB)); err != nil || len(entries) == 0 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestWhoLooksClaimsNothing: neither does who is told that the state directory lies in the store.
func TestWhoLooksClaimsNothing(t *testing.T) {
	w := newWorld(t)
	for _, args := range [][]string{{"status"}, {"history"}, {"doctor"}, {"details"}, {"version"}, {"login", "status"}} {
		w.as(idA, args...)
		if _, err := os.Lstat(w.state); err == nil {
			t.Fatalf("%v made the state directory", args)
		}
	}
	inside := filepath.Join(w.dir, "state")
	w.as(idA, "unlock", "--yes", "--state-dir", inside).want(t, exitUsage)
	if _, err := os.Lstat(inside); err == nil {
		t.Error("a state directory was made in the store")
	}
}

// TestTroubleOfTheStateDirectory is told as that: the store is none the worse for it.
func TestTroubleOfTheStateDirectory(t *testing.T) {
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
