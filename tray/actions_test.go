package tray

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/desktop"
	"lockbar/internal/service"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// TestItemsAreNamedByWhatTheyActOn checks that the Locks of two actions are equal if and only if they act on the same object, and that a
// click carries the newest look.
func TestItemsAreNamedByWhatTheyActOn(t *testing.T) {
	copies := func(c ...lockcore.Conflict) func(*lockcore.Snapshot) {
		return func(s *lockcore.Snapshot) { s.Conflicts = lockcore.NewConflicts(c) }
	}
	written := func(at time.Time) func(*lockcore.Snapshot) { return func(s *lockcore.Snapshot) { s.LockChanged = at } }
	elsewhere, corrupt := lock(lockcore.HeldElsewhere, "", mini), lock(lockcore.Corrupt, lockcore.NotJSON, lockcore.Record{})
	undo := func(backup string) storeView {
		return storeView{Snapshot: noLock(lockcore.Unlocked, ""), Last: lockcore.Backup{Kind: lockcore.BackupUnlock, Path: backup}}
	}
	for _, test := range []struct {
		name   string
		do     actionKind
		before storeView
		after  storeView
		same   bool
	}{
		{"another daemon", doStopDaemon, daemonOf(7, 1), daemonOf(8, 1), false},
		{"another daemon with the same PID", doStopDaemon, daemonOf(7, 1), daemonOf(7, 2), false},
		{"the same daemon", doStopDaemon, daemonOf(7, 1), daemonOf(7, 1), true},
		{"another holder", doUnlock, storeView{Snapshot: elsewhere}, storeView{Snapshot: lock(lockcore.HeldElsewhere, "", ours)}, false},
		{"its holder died", doUnlock, storeView{Snapshot: elsewhere}, storeView{Snapshot: lock(lockcore.Stale, lockcore.ProcessGone, mini)}, true},
		{"put back", doUnlock, storeView{Snapshot: elsewhere}, storeView{Snapshot: with(elsewhere, written(noon))}, true},
		{"another empty one", doUnlock, storeView{Snapshot: corrupt}, storeView{Snapshot: with(corrupt, written(noon))}, false},
		{"confirmed, another holder", doUnlockClaimed, storeView{Snapshot: lock(lockcore.HeldHere, "", ours)}, storeView{Snapshot: lock(lockcore.HeldHere, "", mini)}, false},
		{"contested meanwhile", doUnlockClaimed, storeView{Snapshot: lock(lockcore.HeldHere, "", ours)},
			storeView{Snapshot: lock(lockcore.Contested, lockcore.LocalDaemonAlive, ours)}, true},
		{"another backup", doUndo, undo("1"), undo("2"), false},
		{"the same backup", doUndo, undo("1"), undo("1"), true},
		{"one more copy", doSetAside, storeView{Snapshot: with(elsewhere, copies(lockcore.Conflict{Path: "a"}))},
			storeView{Snapshot: with(elsewhere, copies(lockcore.Conflict{Path: "a"}, lockcore.Conflict{Path: "b"}))}, false},
		{"another claim in a copy", doSetAside, storeView{Snapshot: with(elsewhere, copies(lockcore.Conflict{Path: "a"}))},
			storeView{Snapshot: with(elsewhere, copies(lockcore.Conflict{Path: "a", Record: mini}))}, false},
		{"a superseded copy", doSetAside, storeView{Snapshot: with(elsewhere, copies(lockcore.Conflict{Path: "a"}))},
			storeView{Snapshot: with(elsewhere, copies(lockcore.Conflict{Path: "a", Superseded: true}))}, true},
	} {
		if test.do == doStopDaemon && !service.CanStop {
			continue
		}
		before, after := itemOf(render(inputOf(test.before)).Menu, test.do, 0).Action, itemOf(render(inputOf(test.after)).Menu, test.do, 0).Action
		if same := before.Lock == after.Lock; same != test.same || before.Lock == "" {
			t.Errorf("%s: %q and %q", test.name, before.Lock, after.Lock)
		}
		if *after.Seen != test.after {
			t.Errorf("%s: a click carries %+v", test.name, after.Seen)
		}
	}
}

// daemonOf returns a store held by a daemon here that a service started.
func daemonOf(pid int, startID uint64) storeView {
	s := lock(lockcore.HeldHere, "", ours)
	s.Holder = lockcore.Process{PID: pid, StartID: startID, Status: lockcore.Running, Kind: lockcore.Daemon}
	return storeView{Snapshot: s, Served: true}
}

// itemOf returns the item that does an action to a store, visible or not.
func itemOf(items []menuItem, do actionKind, store int) menuItem {
	for _, item := range items {
		if item.Action.Do == do && item.Action.Store == store {
			return item
		}
		if below := itemOf(item.Children, do, store); below.Action.Do == do {
			return below
		}
	}
	return menuItem{}
}

func TestEveryRefusalHasItsSentence(t *testing.T) {
	other := lockcore.Record{PID: 9, Hostname: "mac-b\x1b[1m", StartedAt: "x", SchemaVersion: "1"}
	for _, test := range []struct {
		err  error
		want string
	}{
		{&lockcore.Error{Err: lockcore.ErrChanged, Now: lockcore.Snapshot{Record: other}}, "it changed meanwhile (mac-b [1m, PID 9, holds it now)"},
		{&lockcore.Error{Err: lockcore.ErrChanged, Now: lockcore.Snapshot{State: lockcore.Stale, Record: other}},
			"it changed meanwhile (mac-b [1m, PID 9, left it behind)"},
		{&lockcore.Error{Err: lockcore.ErrChanged}, "removed: it changed meanwhile"},
		{&lockcore.Error{Err: lockcore.ErrAside, Path: "whole as .locked.unlock-1.tmp"}, "whole as .locked.unlock-1.tmp"},
		{&lockcore.Error{Err: lockcore.ErrHeld, Now: lockcore.Snapshot{Record: other}}, "it is in use by mac-b [1m (PID 9)"},
		{&lockcore.Error{Err: lockcore.ErrHeld, Now: lockcore.Snapshot{State: lockcore.Stale, Record: other, Starting: lockcore.Process{PID: 8}}},
			"removed: a daemon is starting (PID 8)"},
		{&lockcore.Error{Err: lockcore.ErrUnreadable}, "cannot be read"},
		{&lockcore.Error{Err: lockcore.ErrOccupied, Now: lockcore.Snapshot{Record: other}}, "there is a new lock (mac-b"},
		{&lockcore.Error{Err: lockcore.ErrSuperseded}, "another lock was removed since"},
		{lockcore.ErrNoBackup, "no backup"},
		{lockcore.ErrGuardBusy, "another program"},
		{&fs.PathError{Op: "rename", Path: "/s/.locked", Err: errors.New("read-only file system")}, "read-only file system"},
	} {
		r := unlocked(lockcore.Backup{}, test.err)
		if !strings.Contains(r.Text, test.want) || r.Title+": "+lowered(r.Said) != r.Text || r.Err != test.err {
			t.Errorf("%v: %+v, want %q", test.err, r, test.want)
		}
	}
}

// TestMessageOfAFailedClickHasThePath checks that only a menu line leaves out the path of a system's error.
func TestMessageOfAFailedClickHasThePath(t *testing.T) {
	r := unlocked(lockcore.Backup{}, &fs.PathError{Op: "open", Path: "/s/.locked", Err: syscall.EACCES})
	if strings.Contains(r.Text, "/s/") || !strings.HasPrefix(r.Said, "/s/.locked: ") {
		t.Errorf("%+v", r)
	}
}

// lowered returns a sentence as it appears after a colon.
func lowered(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// TestWhatWasDoneIsSaid checks the line in the menu, and the message below its title.
func TestWhatWasDoneIsSaid(t *testing.T) {
	c, link := lockcore.Backup{Kind: lockcore.BackupUnlock, Record: mini}, lockcore.Backup{Kind: lockcore.BackupRestore, Link: "/x/lock"}
	busy := "another program was changing the lock; try again in a minute"
	for _, test := range []struct {
		got        result
		text, said string
	}{
		{unlocked(c, nil), "Lock of mac-mini removed; a backup is kept", "Lockbar removed the lock of mac-mini; a backup is kept"},
		{unlocked(lockcore.Backup{Kind: lockcore.BackupUnlock}, nil), "Lock removed; a backup is kept", "Lockbar removed a corrupt lock; a backup is kept"},
		{unlocked(lockcore.Backup{}, nil), "There was no lock to remove", ""},
		{restored(c, nil), "Lock of mac-mini put back", "Lockbar put back the lock of mac-mini"},
		{restored(link, nil), "Lock put back", "Lockbar put back the lock, a symbolic link to /x/lock"},
		{setAside([]lockcore.Backup{c, c}, nil), "Conflict copies moved to the backups: 2", ""},
		{setAside([]lockcore.Backup{c}, lockcore.ErrGuardBusy), "Some conflict copies are still there: " + busy, "Moved to the backups: 1. A" + busy[1:]},
		{setAside(nil, nil), "The conflict copies were not moved: they changed meanwhile", "They changed or disappeared meanwhile"},
		{setAside(nil, lockcore.ErrGuardBusy), "The conflict copies were not moved: " + busy, "A" + busy[1:]},
		{copied("details for a problem report", nil), "Copied: details for a problem report", ""},
		{copied("Details", desktop.ErrNoClipboard), "Nothing was copied: " + desktop.ErrNoClipboard.Error(), ""},
	} {
		if test.got.Text != test.text || test.got.Said != test.said {
			t.Errorf("%q and %q, want %q and %q", test.got.Text, test.got.Said, test.text, test.said)
		}
	}
}

// TestLockPutBackHasItsIcon checks that the answer to Undo shows the state of the restored lock, here a stale one.
func TestLockPutBackHasItsIcon(t *testing.T) {
	s := newStores(t, 1, lockcore.Options{Hostname: "mac-a", StateDir: t.TempDir()})[0]
	lock := lockcore.NewRecord(lockcore.MaxPID, "mac-a", time.Now()).Encode()
	testfs.Check(t, os.WriteFile(filepath.Join(s.Dir(), lockcore.LockName), lock, 0o600))
	removed, err := s.ForceUnlock(t.Context(), s.Inspect(t.Context(), lockcore.Memory{}), lockcore.Memory{}, false)
	testfs.Check(t, err)
	r := change(t.Context(), s, action{Do: doUndo, Seen: &storeView{Last: removed}}, lockcore.Memory{})
	if r.Err != nil || r.Icon != icons.Stale {
		t.Errorf("%+v", r)
	}
}

func TestRemovalStopsNothing(t *testing.T) {
	for _, state := range lockcore.States() {
		said := unlocked(lockcore.Backup{Path: "/b", Record: mini}, nil).stopsNothing(state).Said
		held := state == lockcore.HeldHere || state == lockcore.HeldElsewhere || state == lockcore.Contested
		if strings.Contains(said, "keeps writing") != held {
			t.Errorf("%v: %q", state, said)
		}
	}
	if said := unlocked(lockcore.Backup{}, nil).stopsNothing(lockcore.HeldHere).Said; said != "" {
		t.Errorf("nothing was removed: %q", said)
	}
}
