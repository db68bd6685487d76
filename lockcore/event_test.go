package lockcore_test

import (
	"testing"
	"time"

	"lockbar/lockcore"
)

const us, them, third = "mac-a", "mac-b", "mac-c"

func record(host string, pid int) lockcore.Record {
	return lockcore.Record{PID: pid, Hostname: host, StartedAt: started, SchemaVersion: "1"}
}

func snap(state lockcore.State, reason lockcore.Reason, r lockcore.Record) lockcore.Snapshot {
	s := lockcore.Snapshot{Store: "/s", Lock: "/s/.locked", Host: us, State: state, Reason: reason, Record: r}
	if !r.IsZero() {
		s.Token = lockcore.TokenOf(r.Encode())
	}
	if state == lockcore.Corrupt {
		s.Token = lockcore.TokenOf([]byte("corrupt"))
	}
	return s
}

var (
	none       = lockcore.Record{}
	mine       = record(us, 7)
	mineNew    = lockcore.Record{PID: 8, Hostname: us, StartedAt: "2026-11-22T20:00:00+00:00", SchemaVersion: "1"}
	theirs     = record(them, 7)
	theirsNew  = record(them, 9)
	thirds     = record(third, 7)
	missing    = snap(lockcore.Unknown, lockcore.StoreMissing, none)
	timeout    = snap(lockcore.Unknown, lockcore.Timeout, none)
	unlocked   = snap(lockcore.Unlocked, "", none)
	held       = snap(lockcore.HeldHere, "", mine)
	heldNew    = snap(lockcore.HeldHere, "", mineNew)
	renamedNow = snap(lockcore.HeldHere, lockcore.RenamedHost, record("old-name", 7))
	elsewhere  = snap(lockcore.HeldElsewhere, "", theirs)
	stale      = snap(lockcore.Stale, lockcore.ProcessGone, mine)
	both       = snap(lockcore.Contested, lockcore.LocalDaemonAlive, theirs)
	vanished   = snap(lockcore.Contested, lockcore.LockMissing, none)
	copied     = snap(lockcore.Contested, lockcore.ConflictCopy, mine)
	corrupt    = snap(lockcore.Corrupt, lockcore.NotJSON, none)
)

// now is the time of the later look.
var now = taken.Add(time.Hour)

func last(r lockcore.Record) lockcore.Context { return lockcore.Context{LastLock: r, Now: now} }

// did is our own change to the lock of a snapshot, so long before the later look.
func did(kind lockcore.ChangeKind, s lockcore.Snapshot, ago time.Duration) lockcore.Context {
	return lockcore.Context{Change: lockcore.Change{Kind: kind, Token: s.Token, At: now.Add(-ago)}, Now: now}
}

// justNow says that the change was made between the two looks.
func justNow(c lockcore.Context) lockcore.Context {
	c.New = true
	return c
}

func hostNow(s lockcore.Snapshot, host string) lockcore.Snapshot {
	s.Host = host
	return s
}

func copies(s lockcore.Snapshot, list ...lockcore.Conflict) lockcore.Snapshot {
	s.Conflicts = lockcore.NewConflicts(list)
	return s
}

var diffRows = []struct {
	name      string
	prev, cur lockcore.Snapshot
	c         lockcore.Context
	want      lockcore.Event
}{
	{"first look", lockcore.Snapshot{}, held, last(none), lockcore.Initial},
	{"first look, nothing", lockcore.Snapshot{}, missing, last(none), lockcore.Initial},
	{"the same", held, held, last(mine), lockcore.NoEvent},
	{"the same but for details", held, hostNow(held, "MAC-A"), last(mine), lockcore.NoEvent},

	{"daemon starts", unlocked, held, last(none), lockcore.Acquired},
	{"their daemon starts", unlocked, elsewhere, last(none), lockcore.Acquired},
	{"daemon starts anew", held, heldNew, last(mine), lockcore.Acquired},
	{"daemon starts over a stale lock", stale, heldNew, last(mine), lockcore.Acquired},
	{"ours takes over", elsewhere, heldNew, last(theirs), lockcore.Acquired},
	{"ours again over a vanished lock", vanished, heldNew, last(mine), lockcore.Acquired},
	{"ours starts over a corrupt lock", corrupt, heldNew, last(mine), lockcore.Acquired},
	{"an old lock where there was none", unlocked, stale, last(none), lockcore.Acquired},
	{"a store appears with a lock", missing, held, last(none), lockcore.Cleared},

	{"orderly end", held, unlocked, last(mine), lockcore.Released},
	{"their orderly end", elsewhere, unlocked, last(theirs), lockcore.Released},
	{"a stale lock is cleared by hand", stale, unlocked, last(mine), lockcore.Released},
	{"contest ends with no lock", both, unlocked, last(theirs), lockcore.Released},
	{"went while nobody could look", timeout, unlocked, last(mine), lockcore.Released},

	{"takeover", held, elsewhere, last(mine), lockcore.TakenOver},
	{"takeover while ours runs", held, both, last(mine), lockcore.TakenOver},
	{"takeover from a third", elsewhere, snap(lockcore.HeldElsewhere, "", thirds), last(theirs), lockcore.TakenOver},
	{"takeover while nobody could look", timeout, elsewhere, last(mine), lockcore.TakenOver},
	{"takeover after corruption", corrupt, elsewhere, last(mine), lockcore.TakenOver},
	{"takeover in the grace of a release", unlocked, both, last(mine), lockcore.TakenOver},
	{"takeover of a vanished lock", vanished, both, last(mine), lockcore.TakenOver},
	{"takeover of a stale lock", stale, elsewhere, last(mine), lockcore.TakenOver},

	{"crash", held, stale, last(mine), lockcore.WentStale},
	{"crash while nobody could look", timeout, stale, last(mine), lockcore.WentStale},
	{"crash under the old name", renamedNow, snap(lockcore.Stale, lockcore.ProcessGone, renamedNow.Record), last(renamedNow.Record), lockcore.WentStale},
	{"another proof", stale, snap(lockcore.Stale, lockcore.BeforeBoot, mine), last(mine), lockcore.Changed},

	{"the lock vanishes", held, vanished, last(mine), lockcore.BecameTwo},
	{"a conflict copy", held, copied, last(mine), lockcore.BecameTwo},
	{"our daemon is found", elsewhere, both, last(theirs), lockcore.BecameTwo},
	{"our daemon is found with a first lock", unlocked, both, last(none), lockcore.BecameTwo},
	{"another contest", copied, snap(lockcore.Contested, lockcore.LocalDaemonAlive, mine), last(mine), lockcore.Changed},
	{"their new lock while ours runs", elsewhere, snap(lockcore.Contested, lockcore.LocalDaemonAlive, theirsNew), last(theirs), lockcore.BecameTwo},

	{"corrupted", held, corrupt, last(mine), lockcore.Corrupted},
	{"corrupt where there was nothing", unlocked, corrupt, last(none), lockcore.Corrupted},
	{"corrupt in another way", corrupt, snap(lockcore.Corrupt, lockcore.BadField, none), last(none), lockcore.Changed},
	{"store goes", held, missing, last(mine), lockcore.Unreadable},
	{"unreadable in another way", missing, timeout, last(none), lockcore.Changed},

	{"readable again", timeout, held, last(mine), lockcore.Cleared},
	{"store comes back empty", missing, unlocked, last(none), lockcore.Cleared},
	{"the old daemon ends", both, elsewhere, last(theirs), lockcore.Cleared},
	{"the copy is set aside", copied, held, last(mine), lockcore.Cleared},
	{"the vanished lock is back", vanished, held, last(mine), lockcore.Cleared},
	{"the holder of a vanished lock ends", vanished, unlocked, last(mine), lockcore.Cleared},
	{"a corrupt lock becomes whole", corrupt, held, last(mine), lockcore.Cleared},

	{"force unlock", stale, unlocked, did(lockcore.ChangeUnlock, stale, 0), lockcore.WasRemoved},
	{"force unlock of a corrupt lock", corrupt, unlocked, did(lockcore.ChangeUnlock, corrupt, 0), lockcore.WasRemoved},
	{"force unlock of a live holder", held, vanished, did(lockcore.ChangeUnlock, held, 0), lockcore.WasRemoved},
	{"release after the force unlock of another lock", heldNew, unlocked, did(lockcore.ChangeUnlock, stale, time.Second), lockcore.Released},
	{"restore", unlocked, stale, did(lockcore.ChangeRestore, stale, 0), lockcore.WasRestored},
	{"restore after a lock that came and went unseen", held, elsewhere, justNow(did(lockcore.ChangeRestore, elsewhere, 0)), lockcore.WasRestored},
	{"a lock that was restored once takes over", held, elsewhere, did(lockcore.ChangeRestore, elsewhere, 0), lockcore.TakenOver},
	{"restore of a corrupt lock", unlocked, corrupt, did(lockcore.ChangeRestore, corrupt, 0), lockcore.WasRestored},
	{"resurrection", unlocked, stale, did(lockcore.ChangeUnlock, stale, lockcore.ResurrectionTime), lockcore.Resurrected},
	{"resurrection of a corrupt lock", unlocked, corrupt, did(lockcore.ChangeUnlock, corrupt, time.Second), lockcore.Resurrected},
	{"the same bytes much later", unlocked, stale, did(lockcore.ChangeUnlock, stale, lockcore.ResurrectionTime+1), lockcore.Acquired},
	{"other bytes after a force unlock", unlocked, heldNew, did(lockcore.ChangeUnlock, stale, time.Second), lockcore.Acquired},
	{"takeover by us is no return", unlocked, held, did(lockcore.ChangeTakeover, held, time.Second), lockcore.Acquired},

	{"old name of this host", held, renamedNow, last(mine), lockcore.Renamed},
	{"new name of this host", renamedNow, held, last(renamedNow.Record), lockcore.Renamed},
	{"this host got another name", held, hostNow(snap(lockcore.HeldHere, lockcore.RenamedHost, mine), "mac-a.lan"), last(mine), lockcore.Renamed},
	{"this host got the lock's name", snap(lockcore.HeldElsewhere, "", mine), held, last(mine), lockcore.Renamed},

	{"their daemon starts anew", elsewhere, snap(lockcore.HeldElsewhere, "", theirsNew), last(theirs), lockcore.Changed},
	{"a superseded copy", held, copies(held, lockcore.Conflict{Path: "/s/.locked 2", Superseded: true}), last(mine), lockcore.Changed},
	{"a copy without a lock", unlocked, copies(unlocked, lockcore.Conflict{Path: "/s/.locked 2"}), last(none), lockcore.Changed},
}

func TestDiff(t *testing.T) {
	for _, c := range diffRows {
		if got := lockcore.Diff(c.prev, c.cur, c.c); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestEveryEventHasARow(t *testing.T) {
	seen := map[lockcore.Event]bool{}
	for _, c := range diffRows {
		seen[c.want] = true
	}
	for _, e := range lockcore.Events() {
		if !seen[e] {
			t.Errorf("no row gives %s", e)
		}
	}
}

// TestDiffAlwaysAnswers walks all pairs of looks: an event where and only where something differs, and of the right kind.
func TestDiffAlwaysAnswers(t *testing.T) {
	all := []lockcore.Snapshot{missing, timeout, unlocked, held, heldNew, renamedNow, elsewhere, stale, both, vanished, copied, corrupt}
	for _, prev := range all {
		for _, cur := range all {
			got := lockcore.Diff(prev, cur, last(prev.Record))
			if (got == lockcore.NoEvent) != prev.Same(cur) {
				t.Errorf("%s/%s to %s/%s: %q", prev.State, prev.Reason, cur.State, cur.Reason, got)
			}
			if entered := prev.State != cur.State; entered && cur.State == lockcore.Unknown && got != lockcore.Unreadable ||
				entered && cur.State == lockcore.Corrupt && got != lockcore.Corrupted {
				t.Errorf("%s to %s: %q", prev.State, cur.State, got)
			}
		}
	}
}
