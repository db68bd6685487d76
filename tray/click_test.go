package tray

import (
	"testing"
	"time"

	"lockbar/lockcore"
)

// TestItemsAreNamedByWhatTheyActOn: the names of two items are equal if lockcore would take what they act on for the same.
func TestItemsAreNamedByWhatTheyActOn(t *testing.T) {
	copies := func(c ...lockcore.Conflict) func(*lockcore.Snapshot) {
		return func(s *lockcore.Snapshot) { s.Conflicts = lockcore.NewConflicts(c) }
	}
	written := func(at time.Time) func(*lockcore.Snapshot) { return func(s *lockcore.Snapshot) { s.LockChanged = at } }
	elsewhere, corrupt := lock(lockcore.HeldElsewhere, "", mini), lock(lockcore.Corrupt, lockcore.NotJSON, lockcore.Record{})
	undo := func(backup string) Store {
		return Store{Snapshot: noLock(lockcore.Unlocked, ""), Last: lockcore.Backup{Kind: lockcore.BackupUnlock, Path: backup}}
	}
	for _, test := range []struct {
		name   string
		do     Verb
		before Store
		after  Store
		same   bool
	}{
		{"another holder", Unlock, Store{Snapshot: elsewhere}, Store{Snapshot: lock(lockcore.HeldElsewhere, "", ours)}, false},
		{"its holder died", Unlock, Store{Snapshot: elsewhere}, Store{Snapshot: lock(lockcore.Stale, lockcore.ProcessGone, mini)}, true},
		{"put back", Unlock, Store{Snapshot: elsewhere}, Store{Snapshot: with(elsewhere, written(noon))}, true},
		{"another empty one", Unlock, Store{Snapshot: corrupt}, Store{Snapshot: with(corrupt, written(noon))}, false},
		{"confirmed, another holder", UnlockClaimed, Store{Snapshot: lock(lockcore.HeldHere, "", ours)}, Store{Snapshot: lock(lockcore.HeldHere, "", mini)}, false},
		{"contested meanwhile", UnlockClaimed, Store{Snapshot: lock(lockcore.HeldHere, "", ours)},
			Store{Snapshot: lock(lockcore.Contested, lockcore.LocalDaemonAlive, ours)}, true},
		{"another backup", Undo, undo("1"), undo("2"), false},
		{"the same backup", Undo, undo("1"), undo("1"), true},
		{"one more copy", SetAside, Store{Snapshot: with(elsewhere, copies(lockcore.Conflict{Path: "a"}))},
			Store{Snapshot: with(elsewhere, copies(lockcore.Conflict{Path: "a"}, lockcore.Conflict{Path: "b"}))}, false},
		{"another claim in a copy", SetAside, Store{Snapshot: with(elsewhere, copies(lockcore.Conflict{Path: "a"}))},
			Store{Snapshot: with(elsewhere, copies(lockcore.Conflict{Path: "a", Record: mini}))}, false},
		{"a copy that claims nothing any more", SetAside, Store{Snapshot: with(elsewhere, copies(lockcore.Conflict{Path: "a"}))},
			Store{Snapshot: with(elsewhere, copies(lockcore.Conflict{Path: "a", Superseded: true}))}, true},
	} {
		before, after := itemOf(Render(inputOf(test.before)).Menu, test.do, 0).Action, itemOf(Render(inputOf(test.after)).Menu, test.do, 0).Action
		if same := before.Lock == after.Lock; same != test.same || before.Lock == "" {
			t.Errorf("%s: %q and %q", test.name, before.Lock, after.Lock)
		}
		if *after.Seen != test.after {
			t.Errorf("%s: a click brings %+v", test.name, after.Seen)
		}
	}
}

// itemOf finds the item of a verb, shown or not.
func itemOf(items []Item, do Verb, store int) Item {
	for _, item := range items {
		if item.Action.Do == do && item.Action.Store == store {
			return item
		}
		if below := itemOf(item.Children, do, store); below.Action.Do == do {
			return below
		}
	}
	return Item{}
}
