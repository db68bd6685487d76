package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/internal/config"
	"lockbar/internal/fsx"
	"lockbar/internal/login"
	"lockbar/internal/machine"
	"lockbar/internal/state"
	"lockbar/internal/testfs"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

var now = time.Date(2026, 11, 22, 14, 2, 0, 0, time.UTC)

var kebab = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// want compares a single check with a result and a part of its detail, and checks its form.
func want(t *testing.T, checks []Check, result Result, says string) {
	t.Helper()
	if len(checks) != 1 {
		t.Fatalf("%d checks: %+v", len(checks), checks)
	}
	c := checks[0]
	if c.Result != result || !strings.Contains(c.Detail, says) {
		t.Errorf("%+v, want %s and %q", c, result, says)
	}
	if !kebab.MatchString(c.Name) || !strings.HasSuffix(c.Detail, ".") || strings.HasSuffix(c.Detail, "..") || strings.Contains(c.Detail, "\n") {
		t.Errorf("bad form: %+v", c)
	}
}

func TestUser(t *testing.T) {
	want(t, checkUser(1000, ""), Pass, "uid 1000")
	want(t, checkUser(-1, ""), Pass, "no root user") // Windows
	want(t, checkUser(0, "ann\x1b"), Warn, "sudo for ann")
	want(t, checkUser(0, "root"), Warn, "This is root")
	want(t, checkUser(0, ""), Warn, "This is root")
}

func TestMachine(t *testing.T) {
	ours := state.Dir{Given: "/s", Path: "/s", Machine: "a", Owner: "a"}
	want(t, checkMachine(ours), Pass, "The id of this computer is a.")
	other := state.Dir{Given: "/s", Path: "/s/machine-a", Machine: "a", Owner: "b"}
	want(t, checkMachine(other), Pass, "belongs to the computer b, which shares it")
	other.Problem = errors.New("read /s/machine: a pipe")
	want(t, checkMachine(other), Warn, "/s/machine: a pipe")
}

func TestLocks(t *testing.T) {
	want(t, checkLocks("file-locks", "the store", nil), Pass, "can be locked")
	want(t, checkLocks("file-locks", "the store", fs.ErrNotExist), Warn, "Not checked: the store is not there yet")
	want(t, checkLocks("file-locks", "the store", fs.ErrPermission), Warn, "permission")
	want(t, checkLocks("file-locks", "the store", &fs.PathError{Op: "lock", Path: "/s", Err: fsx.ErrNoLocks}), Warn, "cannot keep two programs from changing a file")
}

func TestStateFiles(t *testing.T) {
	want(t, checkStateFiles([]error{nil, fs.ErrNotExist}), Pass, "can be read")
	want(t, checkStateFiles([]error{nil, errors.New("read /s/state.json: a pipe")}), Warn, "/s/state.json: a pipe")
	s := Subject{StateDir: t.TempDir()}
	want(t, s.stateFiles(t.Context()), Pass, "can be read")
	for _, name := range []string{"history.lock", "state.json.guard", "tray.lock", "state.json"} {
		path := filepath.Join(s.StateDir, name)
		testfs.Check(t, os.Mkdir(path, 0o700))
		want(t, s.stateFiles(t.Context()), Warn, path+": a directory")
		testfs.Check(t, os.Remove(path))
	}
	testfs.Check(t, state.Update(s.StateDir, func(saved *state.Saved) { saved.Told = json.RawMessage(`{"version":99}`) }))
	want(t, s.stateFiles(t.Context()), Warn, filepath.Join(s.StateDir, "state.json")+": ")
}

func TestProbe(t *testing.T) {
	self := machine.Process{Presence: machine.Running, Started: now, Args: []string{"lockbar"}}
	want(t, checkProbe(self, now), Pass, "can be seen")
	want(t, checkProbe(machine.Process{Presence: machine.Gone}, now), Fail, "sandbox")
	want(t, checkProbe(machine.Process{}, now), Warn, "no lock of this computer is ever called stale")
	want(t, checkProbe(self, time.Time{}), Warn, "does not show when")
	self.Args = nil
	want(t, checkProbe(self, now), Warn, "command line")
}

func TestDatabaseLocks(t *testing.T) {
	want(t, checkDatabaseLocks("darwin", nil), Pass, "does not show")
	want(t, checkDatabaseLocks("linux", os.ErrPermission), Warn, "permission denied")
	want(t, checkDatabaseLocks("linux", nil), Pass, "is seen in /proc/locks")
}

func TestClock(t *testing.T) {
	boot := now.Add(-time.Hour)
	want(t, checkClock(now, boot, now.Add(-time.Second), ""), Pass, "2026-11-22")
	want(t, checkClock(now, boot, time.Time{}, ""), Pass, "2026-11-22")
	want(t, checkClock(time.Unix(0, 0), boot, now, ""), Warn, "1970-01-01")
	want(t, checkClock(now, now.Add(time.Hour), now, ""), Warn, "do not fit")
	want(t, checkClock(now, boot, now.Add(-time.Hour), ""), Warn, "do not fit")
	want(t, checkClock(now, boot, now, "mac-mini"), Warn, "mac-mini")
	ahead := lockcore.Record{PID: 1, StartedAt: "2026-11-22T14:04:00+00:00"}
	if !isAhead(ahead, now) || isAhead(ahead, now.Add(time.Hour)) || isAhead(lockcore.Record{StartedAt: "soon"}, now) {
		t.Error("isAhead is wrong")
	}
}

func TestStore(t *testing.T) {
	want(t, checkStore("/s", "--store", nil), Pass, "/s (found by --store)")
	want(t, checkStore("/s\x1b", "the default", fs.ErrNotExist), Warn, "not there yet")
	want(t, checkStore("/s", "x", fs.ErrPermission), Fail, "permission")
	file := filepath.Join(t.TempDir(), "file")
	testfs.Check(t, os.WriteFile(file, nil, 0o600))
	want(t, checkStore(file, "x", statStore(file)), Fail, "not a directory")
}

// TestDiscoveryAdvisesOnce checks that a doubt with an advice of its own gets no second one.
func TestDiscoveryAdvisesOnce(t *testing.T) {
	for doubt, says := range map[string]string{
		"/c.json, line 3: no": "/c.json, line 3: no; put it right, or name the store in the config file or by --store.",
		"/t.xml: how it starts the daemon is not understood: " + config.PutInConfig: config.PutInConfig + ".",
	} {
		checks := Subject{Stores: make([]*lockcore.Store, 1), Doubts: []string{doubt}}.discovery(t.Context())
		if want(t, checks, Warn, says); !strings.HasSuffix(checks[0].Detail, says) {
			t.Errorf("%+v", checks)
		}
	}
}

var commands = words.Commands{Unlock: "lockbar unlock --store /s", Copies: "lockbar unlock --copies --store /s"}

func TestLock(t *testing.T) {
	for _, test := range []struct {
		state  lockcore.State
		reason lockcore.Reason
		want   Result
		says   string
	}{
		{lockcore.Unlocked, "", Pass, "unlocked: Nobody"},
		{lockcore.HeldHere, "", Pass, "held-here"},
		{lockcore.HeldElsewhere, "", Pass, "another computer"},
		{lockcore.Stale, lockcore.ProcessGone, Warn, "stale (process-gone): "},
		{lockcore.Contested, lockcore.LockMissing, Warn, "The lock is gone"},
		{lockcore.Corrupt, lockcore.NotJSON, Warn, "What to do: lockbar unlock --store /s"},
		{lockcore.Unknown, lockcore.NotDownloaded, Warn, "cloud"},
		{lockcore.Unknown, lockcore.Permission, Fail, "cannot be read"},
		{lockcore.Unknown, lockcore.IOError, Fail, "check the disk"},
		{lockcore.Unknown, lockcore.Timeout, Fail, "in time"},
	} {
		want(t, checkLock(lockcore.Snapshot{State: test.state, Reason: test.reason, Host: "mac-a"}, commands, now), test.want, test.says)
	}
	want(t, checkCopies(nil, commands), Pass, "None")
	want(t, checkCopies([]lockcore.Conflict{{}, {}}, commands), Warn, "2 beside the lock; to move them to the backups: lockbar unlock --copies --store /s.")
}

func TestPermissions(t *testing.T) {
	want(t, checkPermissions(nil, 0), Pass, "writable")
	want(t, checkPermissions(nil, 0o600), Pass, "writable")
	want(t, checkPermissions(fs.ErrNotExist, 0), Warn, "not there yet")
	want(t, checkPermissions(fs.ErrPermission, 0), Warn, "no lock can be removed")
	if runtime.GOOS != "windows" {
		want(t, checkPermissions(nil, 0o644), Warn, "0644")
	}
	want(t, checkPermissions(nil, fs.ModeSymlink|0o777), Pass, "writable")
}

func TestEvents(t *testing.T) {
	want(t, checkEvents(watch.Health{Events: true, Interval: 30 * time.Second}), Pass, "at once")
	want(t, checkEvents(watch.Health{Events: true, Interval: 5 * time.Second, Problem: "/home is too busy"}), Warn, "checked every 5s: /home is too busy")
	want(t, checkEvents(watch.Health{Problem: "Path not found."}), Warn, "not found") // with a full stop, as Windows ends its texts
	want(t, checkEvents(watch.Health{Interval: 5 * time.Second, Problem: "NFS is so"}), Warn, "not seen at once, but by a check every 5s: NFS is so")
}

func TestSync(t *testing.T) {
	none := func(string) bool { return false }
	for dir, engine := range map[string]string{
		"/Users/u/Library/Mobile Documents/com~apple~CloudDocs/mem": "iCloud Drive",
		"/Users/u/Library/CloudStorage/OneDrive-Personal/mem":       "OneDrive",
		"/Users/u/Library/CloudStorage/Dropbox/mem":                 "Dropbox",
		"/home/u/Dropbox (Work)/mem":                                "Dropbox",
		"/home/u/Nextcloud/mem":                                     "Nextcloud",
		"/home/u/Google Drive/mem":                                  "Google Drive",
		"/home/u/Dropboxes/mem":                                     "",
		"/home/u/.iai-mcp":                                          "",
		"/":                                                         "",
	} {
		if got := syncEngine(dir, "/home/u", none); got != engine {
			t.Errorf("%s: %q, want %q", dir, got, engine)
		}
	}
	want(t, checkSync("Syncthing", "NFS"), Pass, "Syncthing carries")
	want(t, checkSync("", "NFS"), Pass, "on NFS")
	want(t, checkSync("", ""), Pass, "No sync program")
}

// TestSyncMarkers checks that markers are found in the store and above it, but not in the home directory, where Dropbox keeps its settings.
func TestSyncMarkers(t *testing.T) {
	home := t.TempDir()
	store := filepath.Join(home, "[shared]", "deep", "store") // [ is no pattern here
	testfs.Check(t, os.MkdirAll(store, 0o700))
	touch := func(parts ...string) string {
		t.Helper()
		path := filepath.Join(append([]string{home}, parts...)...)
		testfs.Check(t, os.WriteFile(path, nil, 0o600))
		return path
	}
	touch(".dropbox")
	if got := syncEngine(store, home, marked); got != "" {
		t.Errorf("~/.dropbox counts as %q, want none", got)
	}
	for _, test := range []struct{ dir, marker, engine string }{
		{filepath.Join("[shared]"), ".sync_1234.db", "Nextcloud"},
		{filepath.Join("[shared]", "deep", "store"), ".stignore", "Syncthing"},
	} {
		touch(test.dir, test.marker)
		if got := syncEngine(store, home, marked); got != test.engine {
			t.Errorf("%s: %q, want %q", test.marker, got, test.engine)
		}
	}
}

// TestSyncBelowALinkedHome checks that ~/.dropbox does not count if a link leads to the home directory.
func TestSyncBelowALinkedHome(t *testing.T) {
	dir := t.TempDir()
	testfs.Check(t, os.MkdirAll(filepath.Join(dir, "real", ".iai-mcp"), 0o700))
	testfs.Check(t, os.WriteFile(filepath.Join(dir, "real", ".dropbox"), nil, 0o600))
	home := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "real"), home); err != nil {
		t.Skip(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	if got := syncOf(filepath.Join(home, ".iai-mcp")); strings.Contains(got[0].Detail, "Dropbox") {
		t.Errorf("the settings of Dropbox count as a marker: %+v", got)
	}
}

func TestConfig(t *testing.T) {
	paused := config.Default()
	paused.PausedUntil = now.Add(time.Hour)
	want(t, checkConfig("/c.json", config.Default(), nil, now), Pass, "/c.json")
	want(t, checkConfig("/c.json", paused, nil, now), Warn, "paused until 15:02, by /c.json")
	want(t, checkConfig("/c.json", config.Config{Unknown: []string{"notify.stael", "\x1b"}}, nil, now), Warn, "notify.stael")
	want(t, checkConfig("/c.json", config.Default(), &config.Error{Path: "/c.json", Line: 3, Problem: "no"}, now), Warn, "line 3: no")
}

func TestStateDir(t *testing.T) {
	want(t, checkStateDir("/s", 0o700, 0, false), Pass, "writable")
	want(t, checkStateDir("/s", 0o700, spare, true), Pass, "writable")
	want(t, checkStateDir("/s", 0o700, 3<<20, true), Warn, "3 MB left")
	if runtime.GOOS != "windows" {
		want(t, checkStateDir("/s", 0o755, spare, true), Warn, "0755")
	}
	want(t, checkNewStateDir("/s", nil), Pass, "when it is first needed")
	want(t, checkNewStateDir("/s", fs.ErrPermission), Fail, "cannot be made")
	want(t, Subject{}.stateDir(t.Context()), Fail, "--state-dir")
}

func TestStateDirIsLeftAsItWas(t *testing.T) {
	dir := t.TempDir()
	testfs.Check(t, os.Chmod(dir, 0o700))
	want(t, Subject{StateDir: dir}.stateDir(t.Context()), Pass, "writable")
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v (%v)", entries, err)
	}
	missing := filepath.Join(dir, "a", "b")
	want(t, Subject{StateDir: missing}.stateDir(t.Context()), Pass, "first needed")
	if _, err := os.Stat(filepath.Join(dir, "a")); err == nil {
		t.Error("the state directory was made")
	}
	file := filepath.Join(dir, "file")
	testfs.Check(t, os.WriteFile(file, nil, 0o600))
	want(t, Subject{StateDir: file}.stateDir(t.Context()), Fail, "is not a directory")
}

func TestInstance(t *testing.T) {
	dir := t.TempDir()
	s := Subject{StateDir: dir}
	want(t, s.instance(t.Context()), checkInstance(nil, sessionOf(os.Getenv).mayShow(runtime.GOOS))[0].Result, "does not run")
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("the check made %v", entries)
	}
	f, err := os.Create(filepath.Join(dir, "tray.lock"))
	testfs.Check(t, err)
	defer f.Close()
	want(t, s.instance(t.Context()), checkInstance(nil, sessionOf(os.Getenv).mayShow(runtime.GOOS))[0].Result, "does not run")
	if err := fsx.TryLock(f); err != nil {
		t.Fatal("the check kept the lock:", err)
	}
	want(t, s.instance(t.Context()), Pass, "The tray app runs")
}

// TestInstanceIsMissed checks that a missing app is a warning only if it could show its icon.
func TestInstanceIsMissed(t *testing.T) {
	want(t, checkInstance(nil, true), Warn, "to start it: lockbar")
	want(t, checkInstance(nil, false), Pass, "no desktop")
	want(t, checkInstance(fsx.ErrLocked, true), Pass, "runs")
	for goos, may := range map[string]bool{"linux": false, "darwin": true, "windows": true} {
		if (session{}).mayShow(goos) != may || (session{ssh: true, display: true}).mayShow(goos) || !(session{display: true}).mayShow(goos) {
			t.Errorf("%s: mayShow is wrong", goos)
		}
	}
}

func TestLogin(t *testing.T) {
	place := &login.PlaceError{Problem: "install it first"}
	want(t, checkLogin(login.Setting{}, nil, nil), Pass, "if you want that: lockbar login enable")
	want(t, checkLogin(login.Setting{}, nil, place), Pass, "and this copy cannot: install it first")
	want(t, checkLogin(login.Setting{Enabled: true, Entry: "/e"}, nil, place), Pass, "/e")
	want(t, checkLogin(login.Setting{Enabled: true, Entry: "/e", Problem: "It is odd; run: lockbar login enable"}, nil, nil), Warn, "odd")
	want(t, checkLogin(login.Setting{}, fs.ErrPermission, nil), Warn, "is not known")
}

func TestSession(t *testing.T) {
	env := func(v ...string) session {
		return sessionOf(func(name string) string {
			if slices.Contains(v, name) {
				return "x:GNOME\x1b"
			}
			return ""
		})
	}
	want(t, checkSession(env("SSH_CONNECTION", "DISPLAY")), Warn, "ssh session")
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return
	}
	want(t, checkSession(env()), Warn, "no desktop session")
	want(t, checkSession(env("DISPLAY")), Pass, "X11")
	want(t, checkSession(env("WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP")), Pass, "x:GNOME on Wayland")
}

// TestAHangingCheckIsLeftBehind checks that wait returns a ready result after the deadline, and warns about a stuck check. naming adds the
// path of its store.
func TestAHangingCheckIsLeftBehind(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	never := make(chan []Check)
	done := make(chan []Check, 1)
	done <- one("quick", Pass, "It is well")
	cancel()
	want(t, probe{name: "quick"}.wait(ctx, done), Pass, "well")
	want(t, probe{name: "stuck"}.wait(ctx, never), Warn, "hangs")
	stuck := probe{name: "store", store: "/s"}
	want(t, stuck.naming(stuck.wait(ctx, never)), Warn, "/s: This check did not end")
	want(t, stuck.naming(checkStore("/s", "--store", nil)), Pass, "/s (found by --store)")
}

func TestRunOfSeveralStores(t *testing.T) {
	var stores []*lockcore.Store
	for _, name := range []string{"one", "two"} {
		store, err := lockcore.Open(filepath.Join(t.TempDir(), name), lockcore.Options{})
		testfs.Check(t, err)
		stores = append(stores, store)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	checks := Run(t.Context(), Subject{Commands: func(string) words.Commands { return commands }, Stores: stores, StateDir: t.TempDir(), Doubts: []string{"a doubt"}})
	count := map[string]int{}
	for _, c := range checks {
		want(t, []Check{c}, c.Result, "")
		count[c.Name]++
		if c.Name == "lock" && !strings.HasPrefix(c.Detail, stores[count["lock"]-1].Dir()+": ") {
			t.Errorf("no store is named: %+v", c)
		}
		if c.Name == "discovery" {
			want(t, []Check{c}, Warn, "a doubt")
		}
	}
	if count["lock"] != 2 || count["store"] != 2 || count["tray-host"] != 1 || count["notifications"] != 1 {
		t.Errorf("wrong numbers of checks: %v", count)
	}
}

func TestFailed(t *testing.T) {
	if Failed([]Check{{Result: Pass}, {Result: Warn}}) || !Failed([]Check{{Result: Fail}, {Result: Pass}}) {
		t.Error("Failed is wrong")
	}
}

func TestMacNotifications(t *testing.T) {
	want(t, checkMacNotifications(notify.ScriptEditor), Warn, "display notification")
	want(t, checkMacNotifications(notify.OwnName), Pass, "Notifications > Lockbar")
	want(t, checkMacNotifications(notify.SwitchedOff), Warn, "switched off for Lockbar")
}
