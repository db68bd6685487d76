package words

import (
	"strings"
	"testing"
	"unicode"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

func seen(state lockcore.State, reason lockcore.Reason, host string) lockcore.Snapshot {
	s := lockcore.Snapshot{Store: "/s", State: state, Reason: reason, Host: "mac-a"}
	if host != "" {
		s.Record = lockcore.Record{PID: 7, Hostname: host, StartedAt: "2026-11-22T09:14:00+00:00", SchemaVersion: "1"}
	}
	return s
}

func TestHappened(t *testing.T) {
	here := Machine()
	Here := strings.ToUpper(here[:1]) + here[1:]
	free, ours := seen(lockcore.Unlocked, "", ""), seen(lockcore.HeldHere, "", "MAC-A.")
	mini, book := seen(lockcore.HeldElsewhere, "", "mac-mini"), seen(lockcore.HeldElsewhere, "", "mac-book")
	none, corrupt := lockcore.Snapshot{}, seen(lockcore.Corrupt, lockcore.NotJSON, "")
	twoDaemons := seen(lockcore.Contested, lockcore.LocalDaemonAlive, "mac-mini")
	twoPrograms, journal := twoDaemons, twoDaemons // a journal records the previous holder, but no process that ran here
	twoDaemons.LocalDaemon = lockcore.Process{PID: 9, Kind: lockcore.Daemon, Command: "python3 -m " + lockcore.DaemonModule}
	twoPrograms.LocalDaemon = lockcore.Process{PID: 9, Kind: lockcore.LockbarRun, Command: "lockbar " + lockcore.RunArgument + " /s run -- tar"}
	oursRun := ours
	oursRun.Holder = twoPrograms.LocalDaemon
	ours.Holder = twoDaemons.LocalDaemon
	left := seen(lockcore.Stale, lockcore.ProcessGone, "mac-a")
	renamedHere := seen(lockcore.HeldHere, lockcore.RenamedHost, "mac-a.lan")
	otherName := ours
	otherName.Host = "mac-a-2.local"
	again := mini
	again.Record.PID++
	withCopy := mini
	withCopy.Conflicts = lockcore.NewConflicts([]lockcore.Conflict{{Path: "/s/.locked 2"}})
	for _, test := range []struct {
		event    watch.Event
		from, to lockcore.Snapshot
		want     string
	}{
		{watch.Initial, none, free, "Lockbar started: nobody held the store"},
		{watch.Initial, none, ours, "Lockbar started: " + here + " held the store"},
		{watch.Initial, none, seen(lockcore.Unknown, lockcore.StoreMissing, ""), "Lockbar started: the store was not there"},
		{watch.Acquired, free, ours, Here + " took the store"},
		{watch.Acquired, free, mini, "mac-mini took the store"},
		{watch.Acquired, mini, ours, Here + " took over from mac-mini (PID 7)"},
		{watch.Acquired, mini, oursRun, "A lockbar run on " + here + " (PID 9) took over from mac-mini (PID 7)"},
		{watch.Acquired, left, oursRun, "A lockbar run on " + here + " (PID 9) took over a lock that " + here + " (PID 7) had left behind"},
		{watch.Acquired, corrupt, ours, Here + " took over a corrupt lock"},
		{watch.Acquired, free, left, "The lock of " + here + " appeared, and its holder is gone"},
		{watch.Acquired, mini, left, "The lock of " + here + " appeared, and its holder is gone"},
		{watch.Released, ours, free, Here + " no longer holds the store"},
		{watch.Released, mini, free, "mac-mini no longer holds the store"},
		{watch.Released, left, free, "The lock that " + here + " had left behind is gone"},
		{watch.Released, corrupt, free, "Nobody holds the store any more"},
		{watch.TakenOver, ours, mini, "mac-mini took over from " + here},
		{watch.TakenOver, mini, book, "mac-book took over from mac-mini"},
		{watch.TakenOver, seen(lockcore.HeldElsewhere, "", "mini"), seen(lockcore.HeldElsewhere, "", "mini.local"), "mini.local took over from mini"},
		{watch.TakenOver, ours, seen(lockcore.HeldElsewhere, "", "mac-a.local"), "mac-a.local took over from " + here},
		{watch.TakenOver, free, mini, "mac-mini took the store over"},
		{watch.TakenOver, ours, twoDaemons, "mac-mini took over from " + here + " while the daemon of " + here + " still ran"},
		{watch.TakenOver, ours, journal, "mac-mini took over from " + here + " while the daemon of " + here + " still ran"},
		{watch.TakenOver, oursRun, journal, "mac-mini took over from " + here + " while a lockbar run on " + here + " still ran"},
		{watch.TakenOver, free, twoPrograms, "mac-mini took the store over while a lockbar run on " + here + " still ran"},
		{watch.WentStale, ours, seen(lockcore.Stale, lockcore.ProcessGone, "mac-a"), Here + " left its lock behind"},
		{watch.BecameTwo, free, twoDaemons, "mac-mini and the daemon of " + here + " both claimed the store"},
		{watch.BecameTwo, ours, seen(lockcore.Contested, lockcore.LockMissing, ""), "The lock disappeared while the daemon of " + here + " still ran"},
		{watch.BecameTwo, mini, seen(lockcore.Contested, lockcore.ConflictCopy, "mac-mini"), "A conflict copy appeared beside the lock of mac-mini"},
		{watch.Corrupted, mini, corrupt, "The lock became corrupt"},
		{watch.Unreadable, mini, seen(lockcore.Unknown, lockcore.Timeout, ""), "The lock could not be read in time"},
		{watch.Unreadable, mini, seen(lockcore.Unknown, lockcore.IOError, ""), "The lock could not be read"},
		{watch.Cleared, twoDaemons, mini, "Conflict resolved: mac-mini held the store"},
		{watch.Cleared, seen(lockcore.Unknown, lockcore.Timeout, ""), free, "The lock could be read again: nobody held the store"},
		{watch.Cleared, seen(lockcore.Unknown, lockcore.StoreMissing, ""), mini, "The store appeared: mac-mini held the store"},
		{watch.Cleared, corrupt, ours, "The lock was sound again: " + here + " held the store"},
		{watch.WasRemoved, mini, free, "The lock of mac-mini was removed"},
		{watch.WasRemoved, corrupt, free, "A corrupt lock was removed"},
		{watch.WasRestored, free, mini, "The lock of mac-mini was put back"},
		{watch.Resurrected, free, mini, "The lock of mac-mini came back by itself"},
		{watch.Renamed, ours, otherName, Here + " was called mac-a-2.local from then on"},
		{watch.Renamed, ours, renamedHere, Here + " held the store under another name"},
		{watch.LockChanged, mini, again, "mac-mini took the store again"},
		{watch.LockChanged, mini, withCopy, "Conflict copies of the lock appeared or disappeared"},
		{watch.LockChanged, mini, seen(lockcore.Stale, lockcore.WitnessGone, "mac-mini"), "Details changed: mac-mini had left a lock behind"},
		{"from-the-future", ours, mini, "mac-mini took the store again"},
	} {
		if got := Happened(test.event, test.from, test.to); got != test.want {
			t.Errorf("%s: %q, want %q", test.event, got, test.want)
		}
	}
}

// TestHappenedIsSafe checks every event between every two states, with a host whose name looks like a field.
func TestHappenedIsSafe(t *testing.T) {
	for _, event := range watch.Events() {
		if happenings[event] == nil {
			t.Errorf("no words for %s", event)
		}
		for _, before := range lockcore.States() {
			for _, after := range lockcore.States() {
				text := Happened(event, seen(before, "", "{to}\x1b[2J\n"), seen(after, "", "{from-lock}\u202e"))
				if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) || text == "" {
					t.Errorf("%s from %v to %v: %q", event, before, after, text)
				}
				if strings.Count(text, "{from-lock}")+strings.Count(text, "{to} [2J") != strings.Count(text, "{") {
					t.Errorf("%s from %v to %v: a field was not filled, or a field in a name was: %q", event, before, after, text)
				}
			}
		}
	}
}
