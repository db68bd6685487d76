package words

import (
	"maps"
	"strings"
	"testing"
	"time"
	"unicode"

	"lockbar/lockcore"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// judgements is every pair that lockcore.Classify gives, with what the sentence must say.
var judgements = map[judgement][]string{
	{lockcore.Unlocked, ""}:                         {"Nobody holds"},
	{lockcore.HeldHere, ""}:                         {"mac-a", "since 09:14", "process 4242"},
	{lockcore.HeldHere, lockcore.RenamedHost}:       {"mac-a", "earlier name"},
	{lockcore.HeldHere, lockcore.StoreOpen}:         {"mac-a", "database is open", "since 09:14", "4242"},
	{lockcore.HeldElsewhere, ""}:                    {"mac-a", "4242", "since 09:14 (2 h)", "cannot be verified"},
	{lockcore.Stale, lockcore.ProcessGone}:          {"mac-a", "4242", "since 09:14", "gone"},
	{lockcore.Stale, lockcore.ZombieProcess}:        {"mac-a", "4242", "ended"},
	{lockcore.Stale, lockcore.PIDRecycled}:          {"mac-a", "4242", "another program"},
	{lockcore.Stale, lockcore.OtherStore}:           {"mac-a", "4242", "another store"},
	{lockcore.Stale, lockcore.BeforeBoot}:           {"mac-a", "restarted"},
	{lockcore.Contested, lockcore.LocalDaemonAlive}: {"mac-a", "99", "two daemons may write"},
	{lockcore.Contested, lockcore.LockMissing}:      {"lock is gone", "99", "two daemons may write"},
	{lockcore.Contested, lockcore.ConflictCopy}:     {"mac-a", "mac-mini (process 7)", "two daemons may write"},
	{lockcore.Corrupt, lockcore.NotJSON}:            {"no daemon wrote", "it said so"},
	{lockcore.Corrupt, lockcore.BadField}:           {"no daemon wrote", "it said so"},
	{lockcore.Unknown, ""}:                          {"by hand"},
	{lockcore.Unknown, lockcore.StoreMissing}:       {"not there yet"},
	{lockcore.Unknown, lockcore.NotADirectory}:      {"A file stands where the store"},
	{lockcore.Unknown, lockcore.Permission}:         {"it said so", "check who owns"},
	{lockcore.Unknown, lockcore.IOError}:            {"it said so", "check the disk"},
	{lockcore.Unknown, lockcore.NotDownloaded}:      {"cloud", "download"},
	{lockcore.Unknown, lockcore.Timeout}:            {"in time", "check whether"},
	{lockcore.Unknown, lockcore.NotARegularFile}:    {"no regular file", "by hand"},
	{lockcore.Unknown, lockcore.TooLarge}:           {"64 KiB", "by hand"},
	{lockcore.Unknown, lockcore.TooManyFiles}:       {"nothing of the store", "ulimit -n"},
}

func example(j judgement, host string) lockcore.Snapshot {
	return lockcore.Snapshot{
		Store: "/store", Lock: "/store/.locked", State: j.state, Reason: j.reason, Problem: "it said so", Host: "mac-a",
		Record:      lockcore.Record{PID: 4242, Hostname: host, StartedAt: "2026-11-22T09:14:00+00:00", SchemaVersion: "1"},
		LocalDaemon: lockcore.Process{PID: 99, Status: lockcore.Running, Kind: lockcore.Daemon, Command: "python3 -m " + lockcore.DaemonModule},
		Conflicts: lockcore.NewConflicts([]lockcore.Conflict{
			{Path: "/store/.locked 3", Record: lockcore.Record{PID: 7, Hostname: "mac-mini", StartedAt: "x", SchemaVersion: "1"}},
		}),
	}
}

func TestDetailSaysWhatItIs(t *testing.T) {
	for j, parts := range judgements {
		got := Detail(example(j, "mac-a"), noon)
		for _, part := range parts {
			if !strings.Contains(got, part) {
				t.Errorf("%v %s: %q does not say %q", j.state, j.reason, got, part)
			}
		}
	}
}

// TestSentencesAreComplete: a new state or reason needs its row here and there, and an old row is no dead one.
func TestSentencesAreComplete(t *testing.T) {
	if !maps.EqualFunc(judgements, sentences, func([]string, string) bool { return true }) {
		t.Errorf("the table has %d rows, the test %d, or others", len(sentences), len(judgements))
	}
	for _, s := range lockcore.States() {
		found := false
		for j := range sentences {
			found = found || j.state == s
		}
		if !found {
			t.Errorf("%v has no sentence", s)
		}
	}
}

func TestDetailIsOneCleanSentence(t *testing.T) {
	for j := range sentences {
		s := example(j, "evil\x1b[31m\n{pid}\u202e")
		s.Alias, s.LinkTarget, s.Holder.Command = true, "/tmp/\x07x", "python \x1b[31m"
		got := Detail(s, noon)
		if strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
			t.Errorf("%v %s: %q is not clean", j.state, j.reason, got)
		}
		if !strings.HasSuffix(got, ".") || strings.Contains(got, ". ") || strings.Contains(got, "  ") {
			t.Errorf("%v %s: %q is not one sentence", j.state, j.reason, got)
		}
		if strings.Contains(strings.ReplaceAll(got, "[31m {pid}", ""), "{") {
			t.Errorf("%v %s: %q has an open place", j.state, j.reason, got)
		}
		if !strings.Contains(got, "once had that name") || !strings.Contains(got, "symbolic link to /tmp/ x") {
			t.Errorf("%v %s: %q leaves out the alias or the link", j.state, j.reason, got)
		}
	}
}

// TestDetailNamesWhoRunsBeside: what runs beside the lock, or has the database open, is part of the sentence.
func TestDetailNamesWhoRunsBeside(t *testing.T) {
	process := func(pid int, kind lockcore.ProcessKind, command string) lockcore.Process {
		return lockcore.Process{PID: pid, Status: lockcore.Running, Kind: kind, Command: command}
	}
	for want, change := range map[string]func(*lockcore.Snapshot){
		"; a daemon has been running for long without the lock (PID 6)": func(s *lockcore.Snapshot) {
			s.Starting = process(6, lockcore.Daemon, "")
			s.Starting.Started = noon.Add(-time.Hour)
		},
		"; a daemon is starting (PID 7)": func(s *lockcore.Snapshot) { s.Starting = process(7, lockcore.Daemon, "") },
		"; a program that is no daemon has its database open (process 8: sqlite3 [31m)": func(s *lockcore.Snapshot) {
			s.OpenedBy = process(8, lockcore.OtherProgram, "sqlite3 \x1b[31m")
		},
		"; 9 more files may be conflict copies and were not read": func(s *lockcore.Snapshot) { s.MoreCopies = 9 },
		"; by the clock it started after it took the lock": func(s *lockcore.Snapshot) {
			s.State, s.Reason, s.Holder = lockcore.HeldHere, "", process(4242, lockcore.Daemon, "")
			s.Holder.Started = noon
		},
		"; the daemon of " + Machine() + " (process 99) still runs": func(s *lockcore.Snapshot) {
			s.State, s.Reason, s.Record, s.LocalDaemon = lockcore.Unlocked, "", lockcore.Record{}, process(99, lockcore.Daemon, "")
		},
	} {
		s := example(judgement{lockcore.Stale, lockcore.ProcessGone}, "mac-a")
		s.LocalDaemon = lockcore.Process{}
		if got := Detail(s, noon); strings.Contains(got, want) {
			t.Errorf("%q without a cause", got)
		}
		change(&s)
		if got := Detail(s, noon); !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
}

func TestHolder(t *testing.T) {
	for _, test := range []struct{ name, command, want string }{
		{"daemon", "python3 -m iai_mcp.daemon", "the iai-mcp daemon, process 4242"},
		{"not known", "", "process 4242"},
		{"a stranger", "vim \x1b[1m", "process 4242, which is no iai-mcp daemon: vim [1m"},
		{"lockbar run", "lockbar --as=iai_mcp.daemon /s run -- tar -c .",
			"lockbar run (process 4242), which is no daemon: tar -c ."},
	} {
		s := example(judgement{lockcore.HeldHere, ""}, "mac-a")
		s.Holder = lockcore.Process{PID: 4242, Status: lockcore.Running, Kind: lockcore.KindOf(test.command), Command: test.command}
		if got := Holder(s); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestProblemKeepsItsEnd(t *testing.T) {
	long := "/" + strings.Repeat("long/", 40)
	s := lockcore.Snapshot{State: lockcore.Unknown, Reason: lockcore.Permission, Store: long, Lock: long + ".locked",
		Problem: "open " + long + ".locked: permission denied"}
	if got := Detail(s, noon); !strings.Contains(got, "(open .locked: permission denied)") {
		t.Errorf("%q", got)
	}
}
