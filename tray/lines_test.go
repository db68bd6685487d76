package tray

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"lockbar/internal/config"
	"lockbar/internal/desktop"
	"lockbar/internal/login"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

func TestLines(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"one two", []string{"one two"}},
		{"1234567890 x", []string{"1234567890", "x"}},
		{"äöü äöüäöü xyz", []string{"äöü äöüäöü", "xyz"}},
		{"123456789abc x", []string{"1234…89abc", "x"}},
		{"do iai-mcp daemon stop", []string{"do", "iai-… stop"}},
	} {
		if got := lines(test.text, 10); !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
	for _, command := range []string{words.StopCommand, words.KillCommand(4194304)} {
		if got := lines("The daemon here (PID 4194304) still runs: stop it with "+command, 60); len(got) != 2 || got[1] != command {
			t.Errorf("%q", got)
		}
	}
}

func TestFlowCutsWhatHasNoRoom(t *testing.T) {
	items := flow("x", 2, strings.Repeat("a", 60), strings.Repeat("b", 50)+" "+strings.Repeat("c", 50))
	if got := items[1].Title; utf8.RuneCountInString(got) != 60 || !strings.HasSuffix(got, "c…") {
		t.Errorf("%q", got)
	}
	for _, item := range flow("y", 2) {
		if item.Visible {
			t.Errorf("%+v", item)
		}
	}
}

// longHost is as long as the first part of a name can be (RFC 1035), and shownHost matches its form in a menu.
var (
	longHost  = strings.Repeat("h", 63)
	shownHost = regexp.MustCompile(`\bh{9}…h{9}[hr]\b`)
)

// TestEveryLineFits checks that no menu line of any state is wider than 60 characters or cut, except for a host's name.
func TestEveryLineFits(t *testing.T) {
	check := func(what string, in input) {
		t.Helper()
		for _, looked := range []time.Time{{}, in.Now} {
			in.MenuOpened = looked
			for _, line := range shownLines(render(in).Menu) {
				if utf8.RuneCountInString(line) > 60 {
					t.Errorf("%s: %d runes in %q", what, utf8.RuneCountInString(line), line)
				}
				if strings.Contains(shownHost.ReplaceAllString(line, ""), "…") {
					t.Errorf("%s: cut: %q", what, line)
				}
			}
		}
	}
	for name, in := range views {
		if !strings.Contains(name, "hostile") && name != "stopping" { // the … of "stopping" is not a cut
			check(name, in)
		}
	}
	for what, s := range everyLook() {
		check(what, inputOf(storeView{Name: strings.Repeat("n", nameRunes), Short: "s", Snapshot: s}, storeView{Name: "b", Short: "b"}))
	}
	for what, text := range longNotices() {
		check(what, but(one(noLock(lockcore.Unlocked, "")), func(in *input) { in.Notice = lastClick{Text: "sixteen-letters-: " + text, At: noon} }))
	}
	for _, way := range []notify.Route{notify.DefaultRoute, notify.ScriptEditor, notify.OwnName, notify.SwitchedOff} {
		check(fmt.Sprintf("way %d", way), but(one(noLock(lockcore.Unlocked, "")), func(in *input) {
			in.Route, in.Delivery.Err, in.Settings.Login = way, "no", loginSwitchedOff
			in.Settings.PausedUntil = noon.AddDate(1, 0, 0)
		}))
	}
}

// TestOfSeveralStoresTitlesAreShort checks that a title has at most 40 runes, so that its submenu has room beside it, and that only the
// name of a holder elsewhere may be cut.
func TestOfSeveralStoresTitlesAreShort(t *testing.T) {
	for what, s := range everyLook() {
		title := sectionTitle(storeView{Short: strings.Repeat("s", shortRunes), Snapshot: s})
		if utf8.RuneCountInString(title) > 40 || strings.HasSuffix(title, "…") && s.State != lockcore.HeldElsewhere {
			t.Errorf("%s: %q", what, title)
		}
	}
}

// TestHostileNamesFit checks that text from outside is cut to fit.
func TestHostileNamesFit(t *testing.T) {
	for what, s := range everyLook() {
		s.Record.Hostname = strings.Repeat("ä \x1b", 200)
		s.Problem.Err, s.LinkTarget = strings.Repeat("x", 300), strings.Repeat("/y", 300)
		in := but(one(s), func(in *input) {
			in.Recent = []past{{noon.AddDate(-1, 0, 0), s.Store, strings.Repeat("long ", 40)}}
			in.Stores[0].Health = watch.Health{Interval: time.Second, Problem: strings.Repeat("z ", 200)}
		})
		for _, line := range shownLines(render(in).Menu) {
			if utf8.RuneCountInString(line) > 60 {
				t.Errorf("%s: %d runes in %q", what, utf8.RuneCountInString(line), line)
			}
		}
	}
}

// TestHostsAreComparedWhole checks that names are compared before they are cut.
func TestHostsAreComparedWhole(t *testing.T) {
	const pro2, pro3 = "christophers-macbook-pro-2", "christophers-macbook-pro-3"
	for _, test := range []struct{ here, lock, rival, want string }{
		{"mini.local", "mini.local", "mac.local", "Two claims: this computer and mac"},
		{"mini.local", "mac.local", "MINI.local.", "Two claims: mac and this computer"},
		{"mini.local", "mac.local", "mini.lan", "Two claims: mac and mini.lan"},
		{"mac-a", pro2, pro3, "Two claims: christoph…book-pro-2 and christoph…book-pro-3"},
		{pro2, pro3, pro2, "Two claims: christoph…book-pro-3 and this computer"},
		{pro2, pro2, pro3, "Two claims: this computer and christoph…book-pro-3"},
	} {
		s := lock(lockcore.Contested, lockcore.ConflictCopy, mini)
		s.Host, s.Record.Hostname = test.here, test.lock
		s.Conflicts = lockcore.NewConflicts([]lockcore.Conflict{{Path: "/x/.locked 2",
			Record: lockcore.Record{PID: 5, Hostname: test.rival, StartedAt: mini.StartedAt, SchemaVersion: "1"}}})
		if got := unmac.Replace(shownLines(render(one(s)).Menu)[0]); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}

func shownLines(items []menuItem) (all []string) {
	for _, item := range items {
		if item.Visible && !item.Separator {
			all = append(append(all, item.Title), shownLines(item.Children)...)
		}
	}
	return all
}

// everyLook returns looks of each state and reason, with each detail that a look may show beside it.
func everyLook() map[string]lockcore.Snapshot {
	host := longHost
	record := lockcore.Record{PID: 4194304, Hostname: host, StartedAt: "2025-12-22T08:14:00+00:00", SchemaVersion: "1"}
	process := func(kind lockcore.ProcessKind) lockcore.Process {
		return lockcore.Process{PID: 4194303, Status: lockcore.Running, Kind: kind, Command: "vim notes"}
	}
	copies := lockcore.NewConflicts([]lockcore.Conflict{
		{Path: "/x/.locked 2", Record: with(lock(0, "", record), func(s *lockcore.Snapshot) { s.Record.Hostname = host[:62] + "r" }).Record},
		{Path: "/x/.locked 3"}})
	variants := map[string]func(*lockcore.Snapshot){
		"plain":    func(*lockcore.Snapshot) {},
		"ours":     func(s *lockcore.Snapshot) { s.Host = host },
		"no lock":  func(s *lockcore.Snapshot) { s.Record, s.Token = lockcore.Record{}, "" },
		"starting": func(s *lockcore.Snapshot) { s.Starting = process(lockcore.Daemon) },
		"long": func(s *lockcore.Snapshot) {
			s.Starting = process(lockcore.Daemon)
			s.Starting.Started = noon.AddDate(0, 0, -1)
		},
		"alias":  func(s *lockcore.Snapshot) { s.Alias, s.LinkTarget = true, "/Volumes/shared/lock" },
		"copies": func(s *lockcore.Snapshot) { s.Conflicts = copies },
		"elsewhere": func(s *lockcore.Snapshot) {
			other := peerOf(record)
			other.Machine, other.Host, other.Daemon.PID = "cccccccccccccccc", host[:62]+"r", 4194302
			s.Peers, s.HolderAlive = lockcore.NewPeers([]lockcore.Peer{peerOf(record), other}), true
		},
		"namesake": func(s *lockcore.Snapshot) { s.Host, s.Namesake = host, true },
	}
	for kind, name := range map[lockcore.ProcessKind]string{lockcore.Daemon: "daemon", lockcore.LockbarRun: "run", lockcore.OtherProgram: "program"} {
		variants[name+" holds it"] = func(s *lockcore.Snapshot) { s.Holder = process(kind) }
		variants[name+" beside it"] = func(s *lockcore.Snapshot) { s.LocalDaemon = process(kind) }
	}
	all := map[string]lockcore.Snapshot{}
	for _, state := range lockcore.States() {
		base := lock(state, "", record)
		for _, reason := range append(lockcore.Reasons(), "") {
			plain := lock(state, reason, record)
			if reason != "" && words.Title(plain) == words.Title(base) && words.Meaning(plain) == words.Meaning(base) {
				continue // a reason of another state, or without words of its own
			}
			for name, change := range variants {
				s := with(plain, change)
				s.Problem.Err = "permission denied"
				all[fmt.Sprintf("%v %s, %s", state, reason, name)] = s
			}
		}
	}
	return all
}

// longNotices returns texts of the results of clicks, with long names.
func longNotices() map[string]string {
	record := lockcore.Record{PID: 4194304, Hostname: longHost, StartedAt: "x", SchemaVersion: "1"}
	done := lockcore.Backup{Kind: lockcore.BackupUnlock, Record: record}
	now := lockcore.Snapshot{Record: record}
	all := map[string]string{
		"removed": unlocked(done, nil).Text, "nothing": unlocked(lockcore.Backup{}, nil).Text, "put back": restored(done, nil).Text,
		"aside": setAside([]lockcore.Backup{done}, nil).Text, "none": setAside(nil, nil).Text,
		"command": copied("iai-mcp daemon stop", nil).Text, "details": copied("details for a problem report", nil).Text,
		"no clipboard": copied("", desktop.ErrNoClipboard).Text, "not opened": opened("The history", fs.ErrPermission).Text,
		"resumed": settingsText(action{Do: doResume}), "login": loginIsOff, "off": login.ErrSwitchedOff.Error(), "test": testFailed,
		"seen": testSent(notify.DefaultRoute), "seen on a Mac": testSent(notify.OwnName),
		"settings": "Settings not saved: " + fault(&config.Error{Line: 3, Problem: `"takeover" must be true or false, not 1`}),
	}
	const unit = "iai-mcp-daemon-of-the-work-store.service"
	all["stopped"] = served("stopped", "The daemon was stopped (PID 4194304, "+unit+"). The assistant's next call may start it again", nil).Text
	all["not stopped"] = served("stopped", "", errors.New(unit+" runs PID 4194304, and it is not known whether that is, or started, a daemon of this store: "+
		"end it where it was started")).Text
	all["no manager"] = served("started", "", errors.New("systemctl failed: Failed to connect to bus: No medium found")).Text
	for _, err := range []error{lockcore.ErrAside, lockcore.ErrChanged, lockcore.ErrHeld, lockcore.ErrUnreadable, lockcore.ErrOccupied,
		lockcore.ErrSuperseded, lockcore.ErrNoBackup, lockcore.ErrGuardBusy, syscall.EACCES} {
		refusal := &lockcore.Error{Err: err, Now: now}
		if err == lockcore.ErrAside {
			refusal.Path = "/x/.locked.unlock-123456.tmp"
		}
		for name, failed := range map[string]result{
			"unlock": unlocked(lockcore.Backup{}, refusal), "undo": restored(lockcore.Backup{}, refusal),
			"copies": setAside([]lockcore.Backup{done}, refusal),
		} {
			all[name+": "+err.Error()] = failed.Text
		}
	}
	return all
}
