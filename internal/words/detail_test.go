package words

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"lockbar/lockcore"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestDetailIsOneCleanSentence(t *testing.T) {
	for _, s := range judgements() {
		s.Record.Hostname = "evil\x1b[31m\n{pid}\u202e"
		s.Alias, s.LinkTarget, s.Holder.Command = true, "/tmp/\x07x", "python \x1b[31m"
		got := Detail(s, noon)
		if strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
			t.Errorf("%v %s: %q is not clean", s.State, s.Reason, got)
		}
		if !strings.HasSuffix(got, ".") || strings.Contains(got, ". ") || strings.Contains(got, "  ") {
			t.Errorf("%v %s: %q is not one sentence", s.State, s.Reason, got)
		}
		if strings.Contains(strings.ReplaceAll(got, "[31m {pid}", ""), "{") {
			t.Errorf("%v %s: %q has an unfilled field", s.State, s.Reason, got)
		}
		if !strings.Contains(got, "once had the name ") || !strings.Contains(got, "symbolic link to /tmp/ x") {
			t.Errorf("%v %s: %q leaves out the alias or the link", s.State, s.Reason, got)
		}
	}
}

func TestProblemKeepsItsEnd(t *testing.T) {
	long := "/" + strings.Repeat("long/", 40)
	s := lockcore.Snapshot{State: lockcore.Unknown, Reason: lockcore.Permission, Store: long, Lock: long + ".locked",
		Problem: lockcore.Problem{Op: "open", Path: long + ".locked", Err: "permission denied"}}
	if got := Detail(s, noon); !strings.Contains(got, "(open .locked: permission denied)") {
		t.Errorf("%q", got)
	}
}

// TestProblemElsewhere checks that only a path in the store is shortened.
func TestProblemElsewhere(t *testing.T) {
	for path, want := range map[string]string{"/s": "open the store: x", "/s/a": "open the store/a: x", "/s2/a": "open /s2/a: x"} {
		s := lockcore.Snapshot{Store: "/s", Lock: "/s/.locked", Problem: lockcore.Problem{Op: "open", Path: path, Err: "x"}}
		if got := problem(&s); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// TestRefusalNamesPrograms checks that a lockbar run is not called a daemon.
func TestRefusalNamesPrograms(t *testing.T) {
	for _, test := range []struct {
		here lockcore.Process
		want string
	}{{daemon, "two daemons use it"}, {run, "two programs use it"}} {
		s := example(lockcore.Contested, lockcore.OtherDaemonAlive)
		s.LocalDaemon = test.here
		if why, _ := Refusal(s, Commands{}); why != test.want {
			t.Errorf("%q, want %q", why, test.want)
		}
	}
}

// TestOpenStoreOfTwoDaemons checks that the words about a store that is held by an unnamed process do not hide that it is contested.
func TestOpenStoreOfTwoDaemons(t *testing.T) {
	// In place of this reason lockcore gives OtherDaemonAlive, and sets a field that only it can set.
	s := lockcore.Snapshot{State: lockcore.Contested, Reason: lockcore.StoreOpen}
	if s.NamesHolder() || heldByUnnamed(&s) {
		t.Errorf("names its holder: %t, its words are those of a held store: %t", s.NamesHolder(), heldByUnnamed(&s))
	}
}

// TestStopHere checks the command of each system. On Windows it names the process.
func TestStopHere(t *testing.T) {
	s := lockcore.Snapshot{State: lockcore.HeldHere, Holder: lockcore.Process{PID: 77, Status: lockcore.Running, Kind: lockcore.Daemon}}
	free := lockcore.Snapshot{State: lockcore.Unlocked}
	for _, test := range []struct {
		look       lockcore.Snapshot
		goos, want string
	}{
		{s, "linux", StopCommand}, {s, "darwin", StopCommand}, {s, "windows", "taskkill /F /T /PID 77"}, {free, "windows", StopCommand},
	} {
		if got := stopHere(test.look, test.goos); got != test.want {
			t.Errorf("%s: %q, want %q", test.goos, got, test.want)
		}
	}
}
