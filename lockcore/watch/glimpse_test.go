//go:build unix

package watch

import (
	"testing"
	"time"

	"lockbar/lockcore"
)

// TestShowsAhead checks that only a new lock is shown before its look is complete, and that this never ends a contested, stale or corrupt
// state.
func TestShowsAhead(t *testing.T) {
	now := time.Now()
	shown := func(state lockcore.State, token lockcore.Token) follower {
		return follower{shown: lockcore.Snapshot{State: state, Token: token}}
	}
	changed := shown(lockcore.Unlocked, "")
	changed.last = lockcore.Backup{Kind: lockcore.BackupUnlock, At: now.Add(-ownChange / 2)}
	inside := shown(lockcore.HeldHere, "a")
	inside.shown.Reason = lockcore.StoreOpen
	long := changed
	long.last.At = now.Add(-ownChange)
	for _, c := range []struct {
		name string
		follower
		state lockcore.State
		token lockcore.Token
		want  bool
	}{
		{"the first look", follower{}, lockcore.HeldElsewhere, "a", true},
		{"taken", shown(lockcore.Unlocked, ""), lockcore.HeldHere, "a", true},
		{"taken over", shown(lockcore.HeldHere, "a"), lockcore.HeldElsewhere, "b", true},
		{"taken over from a running holder", shown(lockcore.HeldHere, "a"), lockcore.Contested, "b", true},
		{"the same state", shown(lockcore.HeldElsewhere, "a"), lockcore.HeldElsewhere, "b", false},
		{"the same lock", shown(lockcore.HeldHere, "a"), lockcore.HeldElsewhere, "a", false},
		{"readable again", shown(lockcore.Unknown, ""), lockcore.HeldElsewhere, "a", true},
		{"two claims", shown(lockcore.Contested, "a"), lockcore.HeldElsewhere, "b", false},
		{"a stale lock", shown(lockcore.Stale, "a"), lockcore.HeldHere, "b", false},
		{"a corrupt lock", shown(lockcore.Corrupt, "a"), lockcore.HeldHere, "b", false},
		{"a holder here in a container", inside, lockcore.HeldElsewhere, "b", false},
		{"a holder here in a container, and then ours", inside, lockcore.Contested, "b", true},
		{"we changed it", changed, lockcore.HeldElsewhere, "a", false},
		{"we changed it long ago", long, lockcore.HeldElsewhere, "a", true},
	} {
		if got := c.showsAhead(glimpse{state: c.state, token: c.token}, now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// halting simulates a store whose looks, if they find a lock, block while the gate is shut. They have then read everything, but do not
// return.
type halting struct {
	*lockcore.Store
	gate chan bool
	look func(lockcore.Snapshot) lockcore.Snapshot // alters the result
}

func (h halting) Look(m lockcore.Memory, first func(lockcore.State, lockcore.Token)) lockcore.Snapshot {
	s := h.Store.Look(m, first)
	if s.HasLock() { // a look without a lock may have begun before the test wrote the lock
		h.gate <- true
		defer func() { <-h.gate }()
	}
	return h.look(s)
}

func unchanged(s lockcore.Snapshot) lockcore.Snapshot { return s }

// TestGlimpseComesFirst checks that the lock is shown while the rest of the look hangs, and that the look is then reported as overdue.
func TestGlimpseComesFirst(t *testing.T) {
	t.Parallel()
	h := halting{open(t, t.TempDir()), make(chan bool, 1), unchanged}
	s := watchStores(t, lossyPoll, nil, h)
	s.until(lockcore.Unlocked, "")
	s.health(seeing)
	h.gate <- true
	put(t, h.Dir(), 1, there)
	if state := <-s.glimpses; state != lockcore.HeldElsewhere {
		t.Errorf("glimpse of %s", state)
	}
	s.until(lockcore.Unknown, lockcore.Timeout)
	<-h.gate
	s.holder(1)
}

// TestGlimpseIsTakenBack checks that if a look leads to no change, the state that was shown before its glimpse is shown again.
func TestGlimpseIsTakenBack(t *testing.T) {
	t.Parallel()
	var before lockcore.Snapshot // looks do not overlap
	h := halting{open(t, t.TempDir()), make(chan bool, 1), nil}
	h.look = func(s lockcore.Snapshot) lockcore.Snapshot {
		if !s.HasLock() {
			before = s
		}
		return before
	}
	s := watchStores(t, lossyPoll, nil, h)
	s.until(lockcore.Unlocked, "")
	s.health(seeing)
	put(t, h.Dir(), 1, there)
	for _, want := range []lockcore.State{lockcore.HeldElsewhere, lockcore.Unlocked} {
		if state := <-s.glimpses; state != want {
			t.Errorf("glimpse of %s, want %s", state, want)
		}
	}
}
