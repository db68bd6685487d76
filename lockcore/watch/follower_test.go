package watch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lockbar/lockcore"
)

// moment is the time at which these tests begin. Nothing in them reads a clock.
var moment = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return moment.Add(d) }

func TestDoubt(t *testing.T) {
	corruptAt := func(t time.Time) lockcore.Snapshot {
		s := corrupt
		s.LockChanged = t
		return s
	}
	ours := lockcore.Backup{Kind: lockcore.BackupUnlock, Token: held.Token, At: moment, Path: "b"}
	ago := func(d time.Duration) lockcore.Snapshot {
		return lockcore.Snapshot{State: lockcore.Unlocked, DirChanged: moment.Add(-d)}
	}
	cases := []struct {
		name   string
		shown  lockcore.Snapshot
		absent time.Time
		snap   lockcore.Snapshot
		own    lockcore.Backup
		want   bool
	}{
		{"gone", held, time.Time{}, unlocked, lockcore.Backup{}, true},
		{"still gone, too early", held, after(-lockcore.SettleTime + 1), unlocked, lockcore.Backup{}, true},
		{"still gone", held, after(-lockcore.SettleTime), unlocked, lockcore.Backup{}, false},
		{"gone by us", held, time.Time{}, unlocked, ours, false},
		{"gone, and we removed another", held, time.Time{}, unlocked, lockcore.Backup{Kind: ours.Kind, Token: "sha256:b", At: moment}, true},
		{"gone, and we removed it long ago", held, time.Time{}, unlocked, lockcore.Backup{Kind: ours.Kind, Token: ours.Token, At: after(-time.Hour)}, true},
		{"gone, and we restored", held, time.Time{}, unlocked, lockcore.Backup{Kind: lockcore.BackupRestore, Token: ours.Token, At: moment}, true},
		{"gone while its daemon runs", held, time.Time{}, vanished, lockcore.Backup{}, true},
		{"a lock appears", unlocked, time.Time{}, held, lockcore.Backup{}, false},
		{"unreadable", held, time.Time{}, missing, lockcore.Backup{}, false},
		{"empty store appears", missing, time.Time{}, unlocked, lockcore.Backup{}, true},
		{"still unlocked", unlocked, time.Time{}, unlocked, lockcore.Backup{}, false},
		{"first look, changed just now", lockcore.Snapshot{}, time.Time{}, ago(lockcore.SettleTime / 2), lockcore.Backup{}, true},
		{"first look, unchanged for long", lockcore.Snapshot{}, time.Time{}, ago(time.Hour), lockcore.Backup{}, false},
		{"corrupt", held, time.Time{}, corrupt, lockcore.Backup{}, true},
		{"still corrupt", held, after(-lockcore.SettleTime), corrupt, lockcore.Backup{}, false},
		{"corrupt by us", unlocked, time.Time{}, corrupt, lockcore.Backup{Kind: lockcore.BackupRestore, Token: corrupt.Token}, false},
		{"the same corrupt lock", corrupt, time.Time{}, corrupt, lockcore.Backup{}, false},
		{"corrupt with other bytes", lockcore.Snapshot{State: lockcore.Corrupt, Token: "sha256:d"}, time.Time{}, corrupt, lockcore.Backup{}, true},
		{"first look, corrupt just now", lockcore.Snapshot{}, time.Time{}, corruptAt(moment), lockcore.Backup{}, true},
		{"corrupt, then gone", corrupt, time.Time{}, unlocked, lockcore.Backup{}, true},
		{"first look, corrupt for long", lockcore.Snapshot{}, time.Time{}, corrupt, lockcore.Backup{}, false},
		{"first look, a clock far ahead", lockcore.Snapshot{}, time.Time{}, ago(-time.Hour), lockcore.Backup{}, true},
		{"first look, corrupt, a clock far ahead", lockcore.Snapshot{}, time.Time{}, corruptAt(after(time.Hour)), lockcore.Backup{}, true},
		{"another corrupt lock with the same bytes", corrupt, time.Time{}, corruptAt(moment), lockcore.Backup{}, true},
	}
	for _, c := range cases {
		f := follower{shown: c.shown, absent: c.absent}
		if c.snap.State == lockcore.Corrupt {
			f = follower{shown: c.shown, torn: c.absent, tornAs: c.snap}
		}
		if got := f.doubt(c.snap, c.own, moment); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestNextLook checks the time of the next look.
func TestNextLook(t *testing.T) {
	const look = time.Millisecond
	settled := after(look + lockcore.SettleTime)
	cases := []struct {
		name string
		do   func(f *follower)
		want time.Time
	}{
		{"nothing", func(f *follower) {}, time.Time{}},
		{"hint", func(f *follower) { f.hint(moment) }, moment},
		{"hint, looking", func(f *follower) { f.hint(moment); f.begin(moment) }, after(lockcore.ReadTimeout)},
		{"after a hinted look", func(f *follower) { f.looked(true, look) }, settled},
		{"hint while settling", func(f *follower) { f.looked(true, look); f.hint(after(2 * look)) }, settled},
		{"after a poll", func(f *follower) { f.looked(false, look) }, time.Time{}},
		{"hint after a poll", func(f *follower) { f.looked(false, look); f.hint(after(2 * look)) }, after(2 * look)},
		{"hint during a poll", func(f *follower) { f.begin(moment); f.hint(moment); f.end(after(look)); f.plan(false) }, after(look)},
		{"poll while looking", func(f *follower) { f.begin(moment); f.poll(moment) }, after(lockcore.ReadTimeout)},
		{"a new wait", func(f *follower) { f.begin(moment); f.end(after(look)); f.plan(true) }, after(look)},
		{"overdue", func(f *follower) { f.begin(moment); f.overdue = true }, time.Time{}},
		{"back from overdue", func(f *follower) { f.begin(moment); f.overdue = true; f.end(after(time.Hour)) }, after(time.Hour)},
		{"absent", func(f *follower) { f.absent = moment; f.looked(false, look) }, after(lockcore.SettleTime)},
		{"gone while the holder runs", func(f *follower) {
			f.shown.State, f.memory.GoneSince, f.memory.Holder.PID = lockcore.Unlocked, moment, 4242
			f.looked(false, look)
		}, after(lockcore.MissingAfter)},
		{"gone while no known process runs", func(f *follower) {
			f.shown.State, f.memory.GoneSince = lockcore.Unlocked, moment
			f.looked(false, look)
		}, time.Time{}},
		{"a directory became watched", func(f *follower) { f.looked(true, look); f.rush(after(look)) }, after(look)},
		{"a storm of such directories", func(f *follower) {
			for range maxRush + 1 {
				f.looked(true, look)
				f.rush(after(look))
			}
		}, settled},
	}
	for _, c := range cases {
		var f follower
		c.do(&f)
		if got := f.next(); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// looked simulates a whole look, which a hint caused if hinted is true.
func (f *follower) looked(hinted bool, took time.Duration) {
	f.hinted = hinted
	f.begin(moment)
	f.end(after(took))
	f.plan(false)
}

// TestAcceptRemovals checks that our removal explains only one disappearance, and that a lock that returned for a moment makes its next
// absence a new one.
func TestAcceptRemovals(t *testing.T) {
	own := lockcore.Backup{Kind: lockcore.BackupUnlock, Token: elsewhere.Token, At: moment, Path: "one"}
	f := follower{shown: elsewhere}
	steps := []struct {
		snap lockcore.Snapshot
		at   time.Duration
		want Event
	}{
		{unlocked, 0, WasRemoved},
		{elsewhere, time.Second, Resurrected},
		{unlocked, 2 * time.Second, NoEvent},                     // in doubt
		{unlocked, 2*time.Second + lockcore.SettleTime, NoEvent}, // the event waits
		{unlocked, 2*time.Second + lockcore.SettleTime + TakeoverTime, Released},
	}
	for i, s := range steps {
		if got := events(f.accept(look{snap: s.snap, asked: true, own: own}, after(s.at))); got != string(s.want) {
			t.Errorf("step %d: %q, want %q", i, got, s.want)
		}
	}
	f = follower{shown: elsewhere}
	f.accept(look{snap: unlocked, asked: true}, moment)
	f.appeared()
	if changes := f.accept(look{snap: unlocked, asked: true}, after(lockcore.SettleTime)); len(changes) > 0 {
		t.Error("two absences counted as one")
	}
}

// events returns the events of changes, in order. It skips changes without an event.
func events(changes []Change) string {
	var list []string
	for _, c := range changes {
		if c.Event != NoEvent {
			list = append(list, string(c.Event))
		}
	}
	return strings.Join(list, " ")
}

// TestLockThatWent checks how the event of a lock that disappeared waits. It makes each look believed; TestDoubt checks doubt.
func TestLockThatWent(t *testing.T) {
	const machine = "mac-a"
	here := func(pid int) lockcore.Process {
		return lockcore.Process{PID: pid, Status: lockcore.Running, StartID: uint64(pid)}
	}
	lock := func(state lockcore.State, host string, pid int) lockcore.Snapshot {
		s := lockcore.Snapshot{State: state, Host: machine, Record: lockcore.Record{PID: pid, Hostname: host, StartedAt: "then", SchemaVersion: "1"},
			Token: lockcore.Token(fmt.Sprint("sha256:", host, pid))}
		if host == machine {
			s.Holder = here(pid)
		}
		return s
	}
	ours, oursLater := lock(lockcore.HeldHere, machine, 1), lock(lockcore.HeldHere, machine, 2)
	left := lock(lockcore.Stale, machine, 1)
	mini, miniLater, air := lock(lockcore.HeldElsewhere, "mac-b", 3), lock(lockcore.HeldElsewhere, "mac-b", 4), lock(lockcore.HeldElsewhere, "mac-c", 5)
	both := lock(lockcore.Contested, "mac-b", 3)
	both.Reason, both.LocalDaemon = lockcore.LocalDaemonAlive, here(1)
	free := lockcore.Snapshot{State: lockcore.Unlocked, Host: machine}
	running := free // the lock is gone, its holder is not
	running.LocalDaemon = here(1)
	missing := running
	missing.State, missing.Reason = lockcore.Contested, lockcore.LockMissing
	starting := missing // the state file names another daemon
	starting.LocalDaemon = here(2)
	corrupt := lockcore.Snapshot{State: lockcore.Corrupt, Reason: lockcore.NotJSON, Host: machine, Token: "sha256:corrupt"}
	away := lockcore.Snapshot{State: lockcore.Unknown, Reason: lockcore.StoreMissing}
	copied := free
	copied.State, copied.Reason = lockcore.Contested, lockcore.ConflictCopy
	copied.Conflicts = lockcore.NewConflicts([]lockcore.Conflict{{Path: ".locked 2", Record: air.Record}})
	twoClaims := mini
	twoClaims.State, twoClaims.Reason, twoClaims.Conflicts = lockcore.Contested, lockcore.ConflictCopy, copied.Conflicts
	removed := func(s lockcore.Snapshot) lockcore.Backup {
		return lockcore.Backup{Kind: lockcore.BackupUnlock, Token: s.Token, At: moment, Path: "removed"}
	}
	restored := func(s lockcore.Snapshot) lockcore.Backup {
		return lockcore.Backup{Kind: lockcore.BackupRestore, Token: s.Token, At: moment, Path: "restored"}
	}

	type step struct {
		at   time.Duration
		snap lockcore.Snapshot
		own  lockcore.Backup
		want string // the events
	}
	const soon, late = 300 * time.Millisecond, TakeoverTime + time.Second
	none, nobody := lockcore.Backup{}, lockcore.Record{}
	cases := []struct {
		name  string
		first lockcore.Snapshot
		last  lockcore.Record // the last lock that an earlier look saw
		steps []step
	}{
		{"taken over from us while our daemon runs", ours, nobody, []step{{0, running, none, ""}, {soon, both, none, "taken-over"}}},
		{"taken over from a third machine", mini, nobody, []step{{0, free, none, ""}, {soon, air, none, "taken-over"}}},
		{"at the last moment", mini, nobody, []step{{0, free, none, ""}, {TakeoverTime - 1, free, none, ""}, {TakeoverTime - 1, air, none, "taken-over"}}},
		{"too late", mini, nobody, []step{{0, free, none, ""}, {TakeoverTime, free, none, "released"}, {late, air, none, "acquired"}}},
		{"we took it", mini, nobody, []step{{0, free, none, ""}, {soon, ours, none, "acquired"}}},
		{"the daemon there took another lock", mini, nobody, []step{{0, free, none, ""}, {soon, miniLater, none, "changed"}}},
		{"our daemon wrote another lock", ours, nobody, []step{{0, running, none, ""}, {soon, oursLater, none, "acquired"}}},
		{"the same lock comes back", mini, nobody, []step{{0, free, none, ""}, {soon, mini, none, ""}, {late, air, none, "taken-over"}}},
		{"back, and gone again: a new wait", mini, nobody, []step{{0, free, none, ""}, {soon, mini, none, ""}, {TakeoverTime, free, none, ""},
			{2 * TakeoverTime, free, none, "released"}}},
		{"nothing comes", mini, nobody, []step{{0, free, none, ""}, {late, free, none, "released"}, {2 * late, free, none, ""}}},

		{"an orderly end", ours, nobody, []step{{0, running, none, ""}, {soon, free, none, "released"}}},
		{"an orderly end, seen late", ours, nobody, []step{{0, free, none, "released"}}},
		{"our daemon runs on", ours, nobody, []step{{0, running, none, ""}, {late, running, none, "released"}, {2 * late, missing, none, "contested"}}},
		{"a lock that was left behind", left, nobody, []step{{0, free, none, "released"}}},
		{"the state file knows the daemon", ours, nobody, []step{{0, missing, none, ""}, {soon, both, none, "taken-over"}}},
		{"the state file knows it, and it ends", ours, nobody, []step{{0, missing, none, ""}, {soon, free, none, "released"}}},
		{"the state file knows it, and nothing comes", ours, nobody, []step{{0, missing, none, ""}, {late, missing, none, "contested"}}},
		{"contested when the wait ends", ours, nobody, []step{{0, running, none, ""}, {soon, missing, none, ""}, {late, missing, none, "contested"}}},
		{"their lock goes while our daemon runs", both, nobody, []step{{0, running, none, ""}, {soon, missing, none, ""}, {2 * soon, oursLater, none, "acquired"}}},
		{"our daemon starts again", ours, nobody, []step{{0, starting, none, ""}, {soon, oursLater, none, "acquired"}}},
		{"a lock that was left behind, and another daemon", left, nobody, []step{{0, starting, none, "contested"}}},

		{"unreadable meanwhile", mini, nobody, []step{{0, free, none, ""}, {soon, away, none, "unreadable"}, {2 * soon, air, none, "taken-over"}}},
		{"unreadable meanwhile, then free", mini, nobody, []step{{0, free, none, ""}, {soon, away, none, "unreadable"}, {2 * soon, free, none, ""},
			{late, free, none, "released"}}},
		{"unreadable meanwhile, then the same", mini, nobody, []step{{0, free, none, ""}, {soon, away, none, "unreadable"}, {2 * soon, mini, none, "cleared"}}},
		{"gone while it was unreadable", mini, nobody, []step{{0, away, none, "unreadable"}, {soon, free, none, ""}, {2 * soon, air, none, "taken-over"}}},
		{"unreadable again and again", mini, nobody, []step{{0, away, none, "unreadable"}, {soon, free, none, ""}, {2 * soon, away, none, ""},
			{late, free, none, ""}, {2 * late, free, none, "released"}}},
		{"corrupt meanwhile", mini, nobody, []step{{0, free, none, ""}, {soon, corrupt, none, "corrupted"}, {2 * soon, air, none, "taken-over"}}},
		{"a corrupt lock goes", corrupt, nobody, []step{{0, free, none, ""}, {soon, air, none, "acquired"}}},
		{"a corrupt lock goes for good", corrupt, nobody, []step{{0, free, none, ""}, {late, free, none, "released"}}},
		{"new evidence of two claims at the same look", mini, nobody, []step{{0, copied, none, "contested"}}},
		{"the same evidence of two claims as before", twoClaims, nobody, []step{{0, copied, none, ""}, {late, copied, none, "changed"}}},

		{"we removed it", mini, nobody, []step{{0, free, removed(mini), "removed"}, {soon, air, removed(mini), "acquired"}}},
		{"we removed it, and it comes back", mini, nobody, []step{{0, free, removed(mini), "removed"}, {soon, mini, removed(mini), "resurrected"}}},
		{"we removed it, which is known later", mini, nobody, []step{{0, free, none, ""}, {soon, free, removed(mini), "removed"}}},
		{"we removed it, and it comes back, goes and comes back", mini, nobody, []step{{0, free, removed(mini), "removed"},
			{soon, mini, removed(mini), "resurrected"}, {2 * soon, free, removed(mini), ""}, {3 * soon, mini, removed(mini), ""}}},
		{"we put the same lock back", mini, nobody, []step{{0, free, none, ""}, {soon, free, restored(mini), ""}, {2 * soon, mini, restored(mini), "released restored"}}},
		{"we put another lock back", mini, nobody, []step{{0, free, none, ""}, {soon, air, restored(air), "released restored"}}},
		{"a lock that we put back long ago comes and goes", mini, nobody, []step{{0, free, restored(mini), ""}, {soon, mini, restored(mini), ""}}},
		{"another lock that we removed comes back", mini, nobody, []step{{0, free, removed(air), ""}, {soon, air, removed(air), "released resurrected"}}},
		{"the first look", lockcore.Snapshot{}, mini.Record, []step{{0, free, none, "initial"}, {soon, air, none, "acquired"}}},
	}
	for _, c := range cases {
		f := follower{shown: c.first, memory: lockcore.Memory{LastLock: c.last}.Next(c.first, moment)}
		baseline := c.first
		for i, s := range c.steps {
			f.absent, f.torn, f.tornAs = moment.Add(-lockcore.SettleTime), moment.Add(-lockcore.SettleTime), s.snap // nothing is in doubt
			shown := f.shown
			changes := f.accept(look{snap: s.snap, asked: true, own: s.own, began: after(s.at)}, after(s.at))
			if got := events(changes); got != s.want {
				t.Errorf("%s: step %d: events %q, want %q", c.name, i, got, s.want)
			}
			for _, change := range changes {
				from := baseline
				if change.Event == NoEvent {
					from = shown
				} else {
					baseline = change.To
				}
				if change.From != from {
					t.Errorf("%s: step %d: %q from %+v, want %+v", c.name, i, change.Event, change.From, from)
				}
				if want := f.baseline() != f.shown; change.Waits() != want && change == changes[len(changes)-1] {
					t.Errorf("%s: step %d: %q waits: %v, want %v", c.name, i, change.Event, change.Waits(), want)
				}
			}
			if f.shown != s.snap {
				t.Errorf("%s: step %d: the state is not reported at once: %v", c.name, i, f.shown.State)
			}
			f.plan(false)
			if due := f.next(); f.baseline() != f.shown && !due.Equal(f.held.since.Add(TakeoverTime)) {
				t.Errorf("%s: step %d: the next look is at %v", c.name, i, due)
			}
		}
	}
}

// TestLearnsOfOwnChanges checks that our newest change is read again if the directory changed, and reported if it differs.
func TestLearnsOfOwnChanges(t *testing.T) {
	at := func(d time.Duration) lockcore.Snapshot {
		return lockcore.Snapshot{State: lockcore.Unlocked, DirChanged: after(d)}
	}
	held := at(0)
	held.Token = "sha256:a"
	one, two := lockcore.Backup{Kind: lockcore.BackupUnlock, Path: "one"}, lockcore.Backup{Kind: lockcore.BackupUnlock, Path: "two"}
	unknown := lockcore.Snapshot{State: lockcore.Unknown, Reason: lockcore.StoreMissing}
	f := follower{shown: at(0)}
	steps := []struct {
		name     string
		snap     lockcore.Snapshot
		own      lockcore.Backup
		began    time.Duration
		asks, ok bool
		last     lockcore.Backup
	}{
		{"first", at(0), one, time.Hour, true, true, one},
		{"poll", at(0), two, time.Hour, false, false, one},
		{"another lock", held, one, time.Hour, true, true, one},
		{"the directory changed", at(time.Hour), two, time.Hour + time.Second, true, true, two},
		{"it may change again at the same time", at(time.Hour), two, 2 * time.Hour, true, false, two},
		{"poll later", at(time.Hour), one, 3 * time.Hour, false, false, two},
		{"away", unknown, one, 4 * time.Hour, false, true, two},
		{"back, or another one", at(time.Hour), lockcore.Backup{}, 5 * time.Hour, true, true, lockcore.Backup{}},
	}
	for _, s := range steps {
		r := look{snap: s.snap, began: after(s.began), asked: mayHaveChanged(f.shown, s.snap, f.dirChanged)}
		if r.asked {
			r.own = s.own
		}
		f.absent = moment // no absence is in doubt
		changes := f.accept(r, after(s.began))
		if ok := len(changes) > 0; r.asked != s.asks || ok != s.ok || f.last != s.last || ok && changes[0].Newest != s.last {
			t.Errorf("%s: asks %v, reports %+v, %+v", s.name, r.asked, changes, f.last)
		}
	}
}

// TestAnotherCorruptLockIsReported checks that another corrupt lock with the same bytes is reported: a program that removes one must know
// which it is.
func TestAnotherCorruptLockIsReported(t *testing.T) {
	empty := lockcore.Snapshot{State: lockcore.Corrupt, Token: "sha256:e", LockChanged: moment}
	held := lockcore.Snapshot{State: lockcore.HeldElsewhere, Token: "sha256:a", LockChanged: moment, Record: lockcore.Record{PID: 1, Hostname: "b"}}
	for _, test := range []struct {
		shown lockcore.Snapshot
		want  bool
	}{{empty, true}, {held, false}} {
		now := test.shown
		now.LockChanged = after(time.Minute)
		f := follower{shown: test.shown, torn: after(time.Minute), tornAs: now} // an earlier look found it too
		if changes := f.accept(look{snap: now}, after(time.Hour)); len(changes) > 0 != test.want {
			t.Errorf("%v: reports %+v", now.State, changes)
		}
	}
}

// TestCause checks that each change of ours is reported with the one event that it led to.
func TestCause(t *testing.T) {
	own := func(kind lockcore.BackupKind, path string) lockcore.Backup {
		return lockcore.Backup{Kind: kind, Token: elsewhere.Token, Path: path, At: moment}
	}
	removal, restore, takeover := own(lockcore.BackupUnlock, "1"), own(lockcore.BackupRestore, "2"), own(lockcore.BackupTakeover, "3")
	f := follower{shown: elsewhere}
	for i, s := range []struct {
		snap  lockcore.Snapshot
		own   lockcore.Backup
		event Event
		want  lockcore.Backup
	}{
		{unlocked, removal, WasRemoved, removal},
		{elsewhere, restore, WasRestored, restore},
		{heldNew, takeover, Acquired, takeover},
		{elsewhere, takeover, TakenOver, lockcore.Backup{}}, // by itself
		{heldNew, takeover, Acquired, lockcore.Backup{}},    // by another of our daemons
	} {
		at := after(time.Duration(i) * time.Minute)
		f.absent = moment.Add(-lockcore.SettleTime) // nothing is in doubt
		if c := f.accept(look{snap: s.snap, asked: true, own: s.own, began: at}, at); len(c) != 1 || c[0].Event != s.event || c[0].Cause != s.want {
			t.Errorf("step %d: %+v", i, c)
		}
	}
}

// TestFirstLookAfterAnother checks that the first look is compared with the last look of the previous process, as Keep reduced it, and
// that the event of the first look does not wait.
func TestFirstLookAfterAnother(t *testing.T) {
	mini, air, free, away := elsewhere, snap(lockcore.HeldElsewhere, "", thirds), unlocked, missing
	conflict := lockcore.Conflict{Path: ".locked 2", Record: air.Record}
	copied := copies(snap(lockcore.Contested, lockcore.ConflictCopy, theirs), conflict)
	long := snap(lockcore.HeldElsewhere, "", record(strings.Repeat("x", 99), 1))
	keep := func(s lockcore.Snapshot) lockcore.Snapshot {
		s.Conflicts, s.Record.Hostname = lockcore.Conflicts{}, s.Record.Hostname[:min(len(s.Record.Hostname), 5)]
		return s
	}
	kept := func(s lockcore.Snapshot) lockcore.Snapshot {
		s = keep(s)
		s.Host = ""
		return s
	}
	own := func(kind lockcore.BackupKind, s lockcore.Snapshot) lockcore.Backup {
		return lockcore.Backup{Kind: kind, Token: s.Token, At: moment, Path: "backup"}
	}
	none := lockcore.Backup{}
	for _, c := range []struct {
		name  string
		last  lockcore.Snapshot
		lock  lockcore.Record // the last lock that the previous process saw
		own   lockcore.Backup
		looks []lockcore.Snapshot
		want  string          // the event of each look; "-" for none
		from  lockcore.Record // the lock in From of the last change
	}{
		{"nothing is kept", lockcore.Snapshot{}, lockcore.Record{}, none, []lockcore.Snapshot{mini}, "initial", lockcore.Record{}},
		{"the same", mini, mini.Record, none, []lockcore.Snapshot{mini}, "-", mini.Record},
		{"the same, not all of which is kept", long, keep(long).Record, none, []lockcore.Snapshot{long}, "-", keep(long).Record},
		{"copies that were not kept", copied, mini.Record, none, []lockcore.Snapshot{copied}, "-", mini.Record},
		{"released", mini, mini.Record, none, []lockcore.Snapshot{free}, "released", mini.Record},
		{"taken over", mini, mini.Record, none, []lockcore.Snapshot{air}, "taken-over", mini.Record},
		{"removed", mini, mini.Record, own(lockcore.BackupUnlock, mini), []lockcore.Snapshot{free}, "removed", mini.Record},
		{"put back", free, lockcore.Record{}, own(lockcore.BackupRestore, mini), []lockcore.Snapshot{mini}, "restored", lockcore.Record{}},
		{"came back", free, lockcore.Record{}, own(lockcore.BackupUnlock, mini), []lockcore.Snapshot{mini}, "resurrected", lockcore.Record{}},
		{"another lock than we put back once", mini, mini.Record, own(lockcore.BackupRestore, air), []lockcore.Snapshot{air}, "taken-over", mini.Record},
		{"unreadable", mini, mini.Record, none, []lockcore.Snapshot{away}, "unreadable", mini.Record},
		{"unreadable, and again", away, mini.Record, none, []lockcore.Snapshot{away}, "-", mini.Record},
		{"unreadable before, and taken over", away, mini.Record, none, []lockcore.Snapshot{air}, "taken-over", mini.Record},
		{"unreadable, then taken over", mini, mini.Record, none, []lockcore.Snapshot{away, air}, "unreadable taken-over", mini.Record},
		{"unreadable, then the same", mini, mini.Record, none, []lockcore.Snapshot{away, mini}, "unreadable cleared", mini.Record},
		{"unreadable, then the same, not all of which is kept", long, keep(long).Record, none, []lockcore.Snapshot{away, long}, "unreadable cleared", keep(long).Record},
		{"unreadable, then free", mini, mini.Record, none, []lockcore.Snapshot{away, free, free}, "unreadable - released", mini.Record},
		{"corrupt, and again", corrupt, lockcore.Record{}, none, []lockcore.Snapshot{corrupt}, "-", lockcore.Record{}},
		{"no lock, and again", copies(vanished, conflict), mini.Record, none, []lockcore.Snapshot{copies(vanished, conflict)}, "-", lockcore.Record{}},
		{"corrupt before, and taken", corrupt, mini.Record, none, []lockcore.Snapshot{air}, "taken-over", mini.Record},
		{"later looks are compared as usual", mini, mini.Record, none, []lockcore.Snapshot{air, away, mini}, "taken-over unreadable taken-over", lockcore.Record{}},
	} {
		f := follower{memory: lockcore.Memory{LastLock: c.lock}}
		last := c.last
		if last != (lockcore.Snapshot{}) {
			last = kept(last)
		}
		f.inherit(last, keep)
		var got []string
		var from lockcore.Record
		for i, snap := range c.looks {
			at := after(time.Duration(i) * TakeoverTime)
			f.absent, f.torn, f.tornAs = moment.Add(-lockcore.SettleTime), moment.Add(-lockcore.SettleTime), snap // nothing is in doubt
			changes := f.accept(look{snap: snap, asked: true, own: c.own, began: at}, at)
			if len(changes) != 1 {
				t.Fatalf("%s: look %d: %d changes", c.name, i, len(changes))
			}
			event := string(changes[0].Event)
			if event == "" {
				event = "-"
			}
			got, from = append(got, event), changes[0].From.Record
			if away := i == 0 && last != (lockcore.Snapshot{}); changes[0].Away != away {
				t.Errorf("%s: look %d: away %v", c.name, i, changes[0].Away)
			}
		}
		now := c.looks[len(c.looks)-1]
		at := after(time.Hour)
		f.absent, f.torn, f.tornAs = at.Add(-lockcore.SettleTime), at.Add(-lockcore.SettleTime), now
		if again := events(f.accept(look{snap: now, asked: true, own: c.own, began: at}, at)); again != "" {
			t.Errorf("%s: the same look again: %s", c.name, again)
		}
		if strings.Join(got, " ") != c.want || from != c.from {
			t.Errorf("%s: %v from %+v, want %s from %+v", c.name, got, from, c.want, c.from)
		}
	}
}

// TestUnlockedAgainAtOnce checks that a lock that was put back and is about to be removed again does not count as resurrected.
func TestUnlockedAgainAtOnce(t *testing.T) {
	unlock := func(path string, at time.Time) lockcore.Backup {
		return lockcore.Backup{Kind: lockcore.BackupUnlock, Token: elsewhere.Token, Path: path, At: at}
	}
	f := follower{shown: unlocked, last: unlock("first", moment)}
	second := unlock("second", after(time.Minute))
	for i, step := range []struct {
		snap lockcore.Snapshot
		at   time.Time
		want string
	}{
		{elsewhere, second.At, ""},
		{elsewhere, second.At.Add(lockcore.SettleTime), ""},
		{unlocked, second.At.Add(2 * lockcore.SettleTime), ""},
		{elsewhere, second.At.Add(3 * lockcore.SettleTime), "resurrected"}, // now it came back by itself
	} {
		got := ""
		f.looking = step.at
		f.end(step.at)
		for _, c := range f.accept(look{snap: step.snap, asked: true, own: second, began: step.at}, step.at) {
			got += string(c.Event)
		}
		if f.plan(false); got != step.want || i < 2 && !f.due.Equal(step.at.Add(lockcore.SettleTime)) {
			t.Errorf("step %d: %q, want %q; looks again at %v", i, got, step.want, f.due)
		}
	}
	late := follower{shown: unlocked, last: unlock("first", moment)} // the second removal was never completed
	if c := late.accept(look{snap: elsewhere, asked: true, own: second, began: second.At}, second.At.Add(ownChange)); len(c) != 1 || c[0].Event != Acquired {
		t.Errorf("%+v", c)
	}
}
