package tray

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/config"
	"lockbar/internal/service"
	"lockbar/internal/testfs"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	noon  = time.Date(2026, 11, 22, 12, 14, 30, 0, time.FixedZone("here", 3600))
	mini  = lockcore.Record{PID: 4242, Hostname: "mac-mini", StartedAt: "2026-11-22T08:14:00.817216+00:00", SchemaVersion: "1"}
	ours  = lockcore.Record{PID: 77, Hostname: "mac-a", StartedAt: "2026-11-22T08:14:00.817216+00:00", SchemaVersion: "1"}
	young = lockcore.Record{PID: 4242, Hostname: "mac-mini", StartedAt: "2026-11-22T11:00:00+00:00", SchemaVersion: "1"}
	ahead = lockcore.Record{PID: 4242, Hostname: "mac-mini", StartedAt: "2026-11-22T11:44:00+00:00", SchemaVersion: "1"}
	alive = lockcore.Process{PID: 77, Status: lockcore.Running, Kind: lockcore.Daemon, Command: "python3 -m iai_mcp.daemon"}
)

// lock returns a look at a store with a lock.
func lock(state lockcore.State, why lockcore.Reason, r lockcore.Record) lockcore.Snapshot {
	return lockcore.Snapshot{Store: testfs.Abs("/home/me/.iai-mcp"), Lock: testfs.Abs("/home/me/.iai-mcp/.locked"), State: state, Reason: why,
		Record: r, Token: lockcore.Token("sha256:" + r.Hostname), Host: "mac-a"}
}

func with(s lockcore.Snapshot, change func(*lockcore.Snapshot)) lockcore.Snapshot {
	change(&s)
	return s
}

// peerOf returns the machine whose daemon took a lock.
func peerOf(r lockcore.Record) lockcore.Peer {
	p := lockcore.Peer{Heard: noon, Since: noon, Alive: true}
	p.Machine, p.Host, p.Watching, p.At = "bbbbbbbbbbbbbbbb", r.Hostname, true, noon
	p.Daemon = lockcore.DaemonID{PID: r.PID, StartedAt: r.StartedAt}
	return p
}

// besidePeer returns a snapshot in which our daemon holds the store and another machine's daemon runs too.
func besidePeer(r lockcore.Record) lockcore.Snapshot {
	return with(lock(lockcore.Contested, lockcore.OtherDaemonAlive, ours), func(s *lockcore.Snapshot) {
		s.Holder, s.LocalDaemon, s.Peers = alive, alive, lockcore.NewPeers([]lockcore.Peer{peerOf(r)})
	})
}

func noLock(state lockcore.State, why lockcore.Reason) lockcore.Snapshot {
	return with(lock(state, why, lockcore.Record{}), func(s *lockcore.Snapshot) { s.Token = "" })
}

func one(s lockcore.Snapshot) input {
	return inputOf(storeView{Name: "~/.iai-mcp", Short: "iai-mcp", Snapshot: s})
}

// ofService returns an input with one store, whose daemon a service starts.
func ofService(s lockcore.Snapshot) input {
	return but(one(s), func(in *input) { in.Stores[0].Served = true })
}

func inputOf(s ...storeView) input {
	return input{Now: noon, Stores: s, Settings: choices{Notify: config.Default().Notify, Talk: true, Login: loginDisabled}, Version: "v1.2.3", Commit: "0123abc"}
}

func but(in input, change func(*input)) input {
	change(&in)
	return in
}

// earlier returns n events, three hours apart, for Recent Activity.
func earlier(n int) []past {
	var list []past
	for i := range n {
		list = append(list, past{noon.Add(time.Duration(i-n) * 3 * time.Hour), testfs.Abs("/home/me/.iai-mcp"), "mac-mini took over from this Mac"})
	}
	return list
}

// views holds the situations that have a golden file each.
var views = map[string]input{
	"not-looked-yet": one(lockcore.Snapshot{}),
	"unlocked":       one(noLock(lockcore.Unlocked, "")),
	"unlocked-undo": but(inputOf(storeView{Name: "~/.iai-mcp", Short: "iai-mcp", Snapshot: noLock(lockcore.Unlocked, ""),
		Last: lockcore.Backup{Kind: lockcore.BackupUnlock, Token: "sha256:mac-mini", Record: mini}}),
		func(in *input) {
			in.Notice = lastClick{Text: unlocked(lockcore.Backup{Record: mini}, nil).Text, At: noon}
		}),
	"paused":      but(one(noLock(lockcore.Unlocked, "")), func(in *input) { in.Settings.PausedUntil = noon.Add(time.Hour) }),
	"paused-long": but(one(noLock(lockcore.Unlocked, "")), func(in *input) { in.Settings.PausedUntil = tomorrow(noon) }),
	"choices": but(one(noLock(lockcore.Unlocked, "")), func(in *input) {
		in.Settings.Notify.Takeover, in.Settings.Login = false, loginEnabled
	}),
	"settings-bad": but(one(noLock(lockcore.Unlocked, "")), func(in *input) {
		in.Settings.Problem = "Settings ignored, defaults used: line 3, \"stale\" must be true or false, not 1"
	}),
	"polling": inputOf(storeView{Name: "~/.iai-mcp", Short: "iai-mcp", Snapshot: lock(lockcore.HeldElsewhere, "", mini),
		Health: watch.Health{Interval: 5 * time.Second, Problem: "nfs"}}),
	"recent":       but(one(lock(lockcore.HeldElsewhere, "", mini)), func(in *input) { in.Recent = earlier(shownPast) }),
	"daemon-awake": inputOf(storeView{Name: "~/.iai-mcp", Short: "iai-mcp", Snapshot: lock(lockcore.HeldHere, "", ours), Life: lockcore.Lifecycle{State: lockcore.Awake, Since: noon.Add(-time.Hour)}}),
	"last-sign": inputOf(storeView{Name: "~/.iai-mcp", Short: "iai-mcp", Snapshot: lock(lockcore.HeldElsewhere, "", mini),
		Life: lockcore.Lifecycle{State: lockcore.Asleep, LastActivity: noon.Add(-80 * time.Hour)}}),
	"held-here":      one(with(lock(lockcore.HeldHere, "", ours), func(s *lockcore.Snapshot) { s.Holder = alive })),
	"held-here-open": one(with(lock(lockcore.HeldHere, lockcore.StoreOpen, ours), func(s *lockcore.Snapshot) { s.Holder = alive; s.Holder.PID = 78 })),
	"stale-starting": one(with(lock(lockcore.Stale, lockcore.ProcessGone, ours), func(s *lockcore.Snapshot) { s.Starting = alive })),
	"held-here-stranger": one(with(lock(lockcore.HeldHere, "", ours), func(s *lockcore.Snapshot) {
		s.Holder = lockcore.Process{PID: 77, Kind: lockcore.OtherProgram, Command: "vim notes"}
	})),
	"held-elsewhere-young":  one(lock(lockcore.HeldElsewhere, "", young)),
	"held-elsewhere-ahead":  one(lock(lockcore.HeldElsewhere, "", ahead)),
	"held-elsewhere-looked": but(one(lock(lockcore.HeldElsewhere, "", young)), func(in *input) { in.MenuOpened = noon }),
	"last-sign-looked": but(inputOf(storeView{Name: "~/.iai-mcp", Short: "iai-mcp", Snapshot: lock(lockcore.HeldElsewhere, "", mini),
		Life: lockcore.Lifecycle{State: lockcore.Awake, LastActivity: noon.Add(-24 * time.Minute)}}), func(in *input) { in.MenuOpened = noon }),
	"held-elsewhere":      one(lock(lockcore.HeldElsewhere, "", mini)),
	"held-elsewhere-link": one(with(lock(lockcore.HeldElsewhere, "", mini), func(s *lockcore.Snapshot) { s.LinkTarget = "/Volumes/shared/lock" })),
	"held-elsewhere-hostile": one(lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: 1, Hostname: "a_b&c<b>\x1b[31m\u202e\n" + strings.Repeat("x", 99),
		StartedAt: "no time", SchemaVersion: "1"})),
	"stale-gone":      one(lock(lockcore.Stale, lockcore.ProcessGone, ours)),
	"contested-alive": one(with(lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini), func(s *lockcore.Snapshot) { s.LocalDaemon = alive })),
	"contested-gone":  one(with(noLock(lockcore.Contested, lockcore.LockMissing), func(s *lockcore.Snapshot) { s.LocalDaemon = alive })),
	"contested-copy": one(with(lock(lockcore.Contested, lockcore.ConflictCopy, mini), func(s *lockcore.Snapshot) {
		s.Conflicts = lockcore.NewConflicts([]lockcore.Conflict{{Path: "/x/.locked 2"}, {Path: "/x/.locked 3"}, {Path: "/x/.locked 4"}, {Path: "/x/.locked 5"}})
	})),
	"corrupt-in-use":   one(with(lock(lockcore.Corrupt, lockcore.NotJSON, lockcore.Record{}), func(s *lockcore.Snapshot) { s.LocalDaemon = alive })),
	"held-here-served": ofService(with(lock(lockcore.HeldHere, "", ours), func(s *lockcore.Snapshot) { s.Holder = alive })),
	"contested-served": ofService(with(lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini), func(s *lockcore.Snapshot) { s.LocalDaemon = alive })),
	"two-machines":     but(ofService(besidePeer(mini)), func(in *input) { in.Stores[0].Asking.Can = true }),
	"two-machines-asked": but(one(besidePeer(mini)), func(in *input) {
		in.Stores[0].Asking = asking{Can: true, Ours: lockcore.Ask{Machine: "bbbbbbbbbbbbbbbb", At: noon}}
	}),
	"asked": but(ofService(besidePeer(mini)), func(in *input) {
		in.Stores[0].Asking = asking{Can: true, Asker: in.Stores[0].Snapshot.Peers.List()[0]}
	}),
	"unlocked-served": ofService(noLock(lockcore.Unlocked, "")),
	"stopping": but(ofService(with(lock(lockcore.HeldHere, "", ours), func(s *lockcore.Snapshot) { s.Holder = alive })),
		func(in *input) { in.Stores[0].Doing = doStopDaemon }),
	"corrupt":         one(with(lock(lockcore.Corrupt, lockcore.NotJSON, lockcore.Record{}), func(s *lockcore.Snapshot) { s.Problem.Err = "not JSON" })),
	"unknown-missing": one(noLock(lockcore.Unknown, lockcore.StoreMissing)),
	"notifications-mac": but(one(noLock(lockcore.Unlocked, "")), func(in *input) {
		in.Route, in.Settings.Login = notify.ScriptEditor, loginSwitchedOff
		in.Notice = lastClick{Text: testSent(notify.ScriptEditor), At: noon}
	}),
	"notifications-mac-own": but(one(noLock(lockcore.Unlocked, "")), func(in *input) {
		in.Route, in.Notice = notify.OwnName, lastClick{Text: testSent(notify.OwnName), At: noon}
	}),
	"notifications-mac-off": but(one(noLock(lockcore.Unlocked, "")), func(in *input) {
		in.Route, in.Notice = notify.SwitchedOff, lastClick{Text: testFailed, At: noon}
	}),
	"notifications-failed": but(one(noLock(lockcore.Unlocked, "")), func(in *input) {
		in.Delivery = notify.Delivery{Failed: 1, Err: "no answer"}
	}),
	"three-stores": but(inputOf(
		storeView{Name: "~/.iai-mcp", Short: "iai-mcp", Snapshot: lock(lockcore.HeldElsewhere, "", mini)},
		storeView{Name: "/mnt/b", Short: "b", Snapshot: with(lock(lockcore.Stale, lockcore.ProcessGone, ours), func(s *lockcore.Snapshot) { s.Store = "/mnt/b" })},
		storeView{Name: "/mnt/c", Short: "c"},
	), func(in *input) { in.Recent = earlier(2) }),
}

func TestViewsAreAsTheyWere(t *testing.T) {
	for name, in := range views {
		path := filepath.Join("testdata", name+".golden")
		got := regexp.MustCompile(`taskkill /F /T /PID \d+`).ReplaceAllString(printed(render(in)), words.StopCommand) // on Windows
		if *update {
			testfs.Check(t, os.WriteFile(path, []byte(got), 0o644))
		}
		want, err := os.ReadFile(path)
		testfs.Check(t, err)
		if !service.CanStop && strings.Contains(string(want), "Stop the Daemon Here") {
			continue
		}
		if want := strings.ReplaceAll(string(want), "\r\n", "\n"); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
		}
	}
}

// printed returns a view as a person sees it, without invisible items. Items that cannot be clicked are in parentheses.
func printed(v view) string {
	return unmac.Replace(fmt.Sprintf("icon    %s\ntooltip %s\n\n%s", v.Icon, v.Tooltip, printMenu(v.Menu, "")))
}

// unmac replaces the words of a Mac with those of other systems.
var unmac = strings.NewReplacer("this Mac", "this computer")

func printMenu(items []menuItem, indent string) string {
	var b strings.Builder
	for _, item := range items {
		switch {
		case item.Separator:
			b.WriteString(indent + "---\n")
		case !item.Visible:
		case item.Checkable:
			b.WriteString(indent + map[bool]string{true: "[x] ", false: "[ ] "}[item.Checked] + item.Title + "\n")
		case item.Enabled:
			b.WriteString(indent + item.Title + "\n" + printMenu(item.Children, indent+"    "))
		default:
			b.WriteString(indent + "(" + item.Title + ")\n")
		}
	}
	return b.String()
}

// TestMenuHasOneShape checks that the slots depend only on the number of stores, not on what is shown: draw pairs items and slots by
// position.
func TestMenuHasOneShape(t *testing.T) {
	shapes := map[int]string{}
	for name, in := range views {
		got := shape(render(in).Menu)
		if want, ok := shapes[len(in.Stores)]; ok && got != want {
			t.Errorf("%s: %s, others %s", name, got, want)
		}
		shapes[len(in.Stores)] = got
	}
}

func shape(items []menuItem) string {
	var b strings.Builder
	for _, item := range items {
		fmt.Fprintf(&b, "%s %v %v [%s] ", item.ID, item.Action.Do, item.Action.Store, shape(item.Children))
	}
	return b.String()
}

func TestIDsAreUnique(t *testing.T) {
	seen := map[string]bool{}
	var walk func([]menuItem)
	walk = func(items []menuItem) {
		for _, item := range items {
			if seen[item.ID] {
				t.Errorf("two items %q", item.ID)
			}
			seen[item.ID] = true
			walk(item.Children)
		}
	}
	walk(render(views["three-stores"]).Menu)
}

func TestWorstStoreGivesTheIcon(t *testing.T) {
	in := views["three-stores"]
	in.Stores = slices.Clone(in.Stores)
	for range in.Stores {
		if got := render(in).Icon; got != icons.Stale {
			t.Errorf("the icon is %v", got)
		}
		in.Stores = append(in.Stores[1:], in.Stores[0])
	}
}

func TestNextIsWhenTheMenuChanges(t *testing.T) {
	at := func(age time.Duration) input {
		in := one(lock(lockcore.HeldElsewhere, "", mini))
		taken, _ := mini.Started()
		in.Now = taken.Add(age)
		return in
	}
	starting := func(age time.Duration) input {
		return one(with(noLock(lockcore.Unlocked, ""), func(s *lockcore.Snapshot) {
			s.Starting = alive
			s.Starting.Started = noon.Add(-age)
		}))
	}
	for _, test := range []struct {
		name string
		in   input
		want time.Duration
	}{
		{"young", at(12 * time.Second), slowAge},
		{"up to the hour", at(59 * time.Minute), time.Minute},
		{"hours", at(3*time.Hour + 58*time.Minute), 2 * time.Minute},
		{"days", at(50*time.Hour + 59*time.Minute), time.Minute},
		{"another clock is ahead", at(-90 * time.Second), slowAge},
		{"notice", views["unlocked-undo"], noticeTime},
		{"a daemon starts", starting(time.Minute), lockcore.MaxStartup - time.Minute + 1},
		{"a daemon has started late", but(starting(lockcore.MaxStartup+1), func(in *input) { in.MenuOpened = in.Now }), exactTime},
	} {
		if got := render(test.in).Next.Sub(test.in.Now); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	if next := render(one(noLock(lockcore.Unlocked, ""))).Next; !next.IsZero() {
		t.Errorf("nothing changes, but %v", next)
	}
}

func TestNoticeGoes(t *testing.T) {
	in := views["unlocked-undo"]
	in.Now = in.Now.Add(noticeTime)
	if got := printed(render(in)); strings.Contains(got, "removed") {
		t.Errorf("after %v:\n%s", noticeTime, got)
	}
}

func TestShortPath(t *testing.T) {
	for _, test := range []struct{ path, want string }{
		{filepath.Join("/home/me", ".iai-mcp"), filepath.Join("~", ".iai-mcp")},
		{filepath.Join("/home/meyer", "x"), filepath.Join("/home/meyer", "x")},
		{filepath.FromSlash("/" + strings.Repeat("a", 100) + "/b"), filepath.FromSlash("/" + strings.Repeat("a", 46) + "…/b")},
		{"/a/" + strings.Repeat("b", 100), "/a/" + strings.Repeat("b", 21) + "…" + strings.Repeat("b", 25)},
		{"/a\nb", "/a b"},
	} {
		if got := shortPath(test.path, filepath.FromSlash("/home/me")); got != test.want {
			t.Errorf("%s: %q, want %q", test.path, got, test.want)
		}
	}
}
