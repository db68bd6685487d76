package watch

import (
	"crypto/sha256"
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

const us, them, third = "mac-a", "mac-b", "mac-c"

func record(host string, pid int) lockcore.Record {
	return lockcore.Record{PID: pid, Hostname: host, StartedAt: "2026-11-22T19:51:51.817216+00:00", SchemaVersion: "1"}
}

// tokenOf returns the token of some bytes, as lockcore does.
func tokenOf(data []byte) lockcore.Token {
	return lockcore.Token(fmt.Sprintf("sha256:%x", sha256.Sum256(data)))
}

func snap(state lockcore.State, reason lockcore.Reason, r lockcore.Record) lockcore.Snapshot {
	s := lockcore.Snapshot{Store: "/s", Lock: "/s/.locked", Host: us, State: state, Reason: reason, Record: r}
	if !r.IsZero() {
		s.Token = tokenOf(r.Encode())
	}
	if state == lockcore.Corrupt {
		s.Token = tokenOf([]byte("corrupt"))
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
var now = time.Date(2026, 11, 22, 20, 51, 51, 0, time.UTC)

func last(r lockcore.Record) facts { return facts{LastLock: r, Now: now} }

// did returns the facts for our own change to the lock of a snapshot, made that long before the later look.
func did(kind lockcore.BackupKind, s lockcore.Snapshot, ago time.Duration) facts {
	return facts{Backup: lockcore.Backup{Kind: kind, Token: s.Token, At: now.Add(-ago)}, Now: now}
}

// justNow marks the change as made between the two looks.
func justNow(c facts) facts {
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
	c         facts
	want      Event
}{
	{"first look", lockcore.Snapshot{}, held, last(none), Initial},
	{"the same", held, held, last(mine), NoEvent},
	{"the same but for details", held, hostNow(held, "MAC-A"), last(mine), NoEvent},

	{"daemon starts", unlocked, held, last(none), Acquired},
	{"their daemon starts", unlocked, elsewhere, last(none), Acquired},
	{"daemon starts again", held, heldNew, last(mine), Acquired},
	{"daemon starts over a stale lock", stale, heldNew, last(mine), Acquired},
	{"ours takes over", elsewhere, heldNew, last(theirs), Acquired},
	{"ours starts over a corrupt lock", corrupt, heldNew, last(mine), Acquired},
	{"an old lock where there was none", unlocked, stale, last(none), Acquired},
	{"a store appears with a lock", missing, held, last(none), Cleared},

	{"orderly end", held, unlocked, last(mine), Released},
	{"a stale lock is cleared by hand", stale, unlocked, last(mine), Released},
	{"gone while it could not be read", timeout, unlocked, last(mine), Released},

	{"takeover", held, elsewhere, last(mine), TakenOver},
	{"takeover while ours runs", held, both, last(mine), TakenOver},
	{"takeover from a third machine", elsewhere, snap(lockcore.HeldElsewhere, "", thirds), last(theirs), TakenOver},
	{"takeover while it could not be read", timeout, elsewhere, last(mine), TakenOver},
	{"takeover after corruption", corrupt, elsewhere, last(mine), TakenOver},
	{"takeover soon after our lock disappeared", unlocked, both, last(mine), TakenOver},

	{"crash", held, stale, last(mine), WentStale},
	{"crash while it could not be read", timeout, stale, last(mine), WentStale},
	{"crash under the old name", renamedNow, snap(lockcore.Stale, lockcore.ProcessGone, renamedNow.Record), last(renamedNow.Record), WentStale},
	{"another proof", stale, snap(lockcore.Stale, lockcore.BeforeBoot, mine), last(mine), LockChanged},

	{"the lock vanishes", held, vanished, last(mine), BecameTwo},
	{"a conflict copy", held, copied, last(mine), BecameTwo},
	{"our daemon is found", elsewhere, both, last(theirs), BecameTwo},
	{"our daemon is found with a first lock", unlocked, both, last(none), BecameTwo},
	{"another reason for two claims", copied, snap(lockcore.Contested, lockcore.LocalDaemonAlive, mine), last(mine), LockChanged},
	{"their new lock while ours runs", elsewhere, snap(lockcore.Contested, lockcore.LocalDaemonAlive, theirsNew), last(theirs), BecameTwo},

	{"corrupted", held, corrupt, last(mine), Corrupted},
	{"corrupt where there was nothing", unlocked, corrupt, last(none), Corrupted},
	{"corrupt in another way", corrupt, snap(lockcore.Corrupt, lockcore.BadField, none), last(none), LockChanged},
	{"the store disappears", held, missing, last(mine), Unreadable},
	{"unreadable in another way", missing, timeout, last(none), LockChanged},

	{"readable again", timeout, held, last(mine), Cleared},
	{"store comes back empty", missing, unlocked, last(none), Cleared},
	{"the old daemon ends", both, elsewhere, last(theirs), Cleared},
	{"the copy is set aside", copied, held, last(mine), Cleared},
	{"the vanished lock is back", vanished, held, last(mine), Cleared},
	{"the holder of a vanished lock ends", vanished, unlocked, last(mine), Cleared},
	{"a corrupt lock becomes whole", corrupt, held, last(mine), Cleared},

	{"force unlock", stale, unlocked, did(lockcore.BackupUnlock, stale, 0), WasRemoved},
	{"force unlock of a corrupt lock", corrupt, unlocked, did(lockcore.BackupUnlock, corrupt, 0), WasRemoved},
	{"force unlock of a live holder", held, vanished, did(lockcore.BackupUnlock, held, 0), WasRemoved},
	{"release after the force unlock of another lock", heldNew, unlocked, did(lockcore.BackupUnlock, stale, time.Second), Released},
	{"restore", unlocked, stale, did(lockcore.BackupRestore, stale, 0), WasRestored},
	{"restore after a lock that came and went unseen", held, elsewhere, justNow(did(lockcore.BackupRestore, elsewhere, 0)), WasRestored},
	{"a lock that was restored once takes over", held, elsewhere, did(lockcore.BackupRestore, elsewhere, 0), TakenOver},
	{"restore of a corrupt lock", unlocked, corrupt, did(lockcore.BackupRestore, corrupt, 0), WasRestored},
	{"resurrection", unlocked, stale, did(lockcore.BackupUnlock, stale, ResurrectionTime), Resurrected},
	{"resurrection of a corrupt lock", unlocked, corrupt, did(lockcore.BackupUnlock, corrupt, time.Second), Resurrected},
	{"the same bytes much later", unlocked, stale, did(lockcore.BackupUnlock, stale, ResurrectionTime+1), Acquired},
	{"other bytes after a force unlock", unlocked, heldNew, did(lockcore.BackupUnlock, stale, time.Second), Acquired},
	{"our takeover does not count as a return", unlocked, held, did(lockcore.BackupTakeover, held, time.Second), Acquired},

	{"old name of this host", held, renamedNow, last(mine), Renamed},
	{"new name of this host", renamedNow, held, last(renamedNow.Record), Renamed},
	{"this host got another name", held, hostNow(snap(lockcore.HeldHere, lockcore.RenamedHost, mine), "mac-a.lan"), last(mine), Renamed},
	{"this host got the lock's name", snap(lockcore.HeldElsewhere, "", mine), held, last(mine), Renamed},

	{"their daemon takes another lock", elsewhere, snap(lockcore.HeldElsewhere, "", theirsNew), last(theirs), LockChanged},
	{"a superseded copy", held, copies(held, lockcore.Conflict{Path: "/s/.locked 2", Superseded: true}), last(mine), LockChanged},
	{"a copy without a lock", unlocked, copies(unlocked, lockcore.Conflict{Path: "/s/.locked 2"}), last(none), LockChanged},
}

func TestDiff(t *testing.T) {
	for _, c := range diffRows {
		if got := diff(c.prev, c.cur, c.c); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestEveryEventHasARow(t *testing.T) {
	seen := map[Event]bool{}
	for _, c := range diffRows {
		seen[c.want] = true
	}
	for _, e := range Events() {
		if !seen[e] {
			t.Errorf("no row leads to %s", e)
		}
	}
}

// TestDiffAlwaysAnswers checks all pairs of looks: there is an event if and only if something differs, and a lock that becomes unreadable
// or corrupt gives the event of that name.
func TestDiffAlwaysAnswers(t *testing.T) {
	all := []lockcore.Snapshot{missing, timeout, unlocked, held, heldNew, renamedNow, elsewhere, stale, both, vanished, copied, corrupt}
	for _, prev := range all {
		for _, cur := range all {
			got := diff(prev, cur, last(prev.Record))
			if (got == NoEvent) != prev.Same(cur) {
				t.Errorf("%s/%s to %s/%s: %q", prev.State, prev.Reason, cur.State, cur.Reason, got)
			}
			if entered := prev.State != cur.State; entered && cur.State == lockcore.Unknown && got != Unreadable ||
				entered && cur.State == lockcore.Corrupt && got != Corrupted {
				t.Errorf("%s to %s: %q", prev.State, cur.State, got)
			}
		}
	}
}

// TestEventsAreComplete reads the source: an event missing from the list would be missing from every table too.
func TestEventsAreComplete(t *testing.T) {
	source, err := os.ReadFile("event.go")
	testfs.Check(t, err)
	declared := regexp.MustCompile(`(?m)^\t\w+ +Event = "(.+)"$`).FindAllSubmatch(source, -1)
	if len(declared) != len(Events()) {
		t.Errorf("%d events are declared, %d are listed", len(declared), len(Events()))
	}
	for _, d := range declared {
		if !slices.Contains(Events(), Event(d[1])) {
			t.Errorf("Events lacks %q", d[1])
		}
	}
}

// TestRestoreExplainsOneEvent checks that if a lock that we put back disappears, and another program brings it back later, that return is
// not attributed to us.
func TestRestoreExplainsOneEvent(t *testing.T) {
	own := did(lockcore.BackupRestore, stale, 0).Backup
	own.Path = "one"
	f := follower{shown: unlocked}
	for i, s := range []struct {
		snap lockcore.Snapshot
		at   time.Duration
		want Event
	}{
		{stale, 0, WasRestored},
		{unlocked, time.Minute, NoEvent}, // in doubt
		{unlocked, time.Minute + lockcore.SettleTime, Released},
		{stale, 2 * time.Minute, Acquired},
	} {
		if got := events(f.accept(look{snap: s.snap, asked: true, own: own}, now.Add(s.at))); got != string(s.want) {
			t.Errorf("step %d: %q, want %q", i, got, s.want)
		}
	}
}

// TestRemovalInTheFuture checks that a lock is shown although the backup of its removal, which no look saw, has a time in the far future:
// the clock was set back since.
func TestRemovalInTheFuture(t *testing.T) {
	own := did(lockcore.BackupUnlock, stale, -time.Hour).Backup
	f := follower{shown: unlocked}
	if got := events(f.accept(look{snap: stale, asked: true, own: own}, now)); got != string(Acquired) {
		t.Errorf("%q, want %q", got, Acquired)
	}
}
