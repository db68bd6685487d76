package page

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// TestPlaces checks the lane and the kind of each state.
func TestPlaces(t *testing.T) {
	taken := clock(9, 0)
	copied := lock(lockcore.Contested, lockcore.ConflictCopy, us, taken)
	copied.Conflicts = lockcore.NewConflicts([]lockcore.Conflict{{Path: "/s/.locked 2", Record: mini(taken).Record}})
	for _, test := range []struct {
		name  string
		sight sight
		look  lockcore.Snapshot
		want  []place
	}{
		{"nobody", seen, free(), nil},
		{"not watched", unwatched, here(taken), nil},
		{"here", seen, here(taken), []place{{hereLane, held}}},
		{"elsewhere", seen, mini(taken), []place{{hostLane, held}}},
		{"by the time in its lock", inferred, mini(taken), []place{{hostLane, notSeen}}},
		{"left behind", seen, lock(lockcore.Stale, lockcore.ProcessGone, us, taken), []place{{hereLane, left}}},
		{"two", seen, lock(lockcore.Contested, lockcore.LocalDaemonAlive, "mac-mini", taken), []place{{hostLane, two}, {hereLane, two}}},
		{"the lock is gone", seen, lock(lockcore.Contested, lockcore.LockMissing, "", taken), []place{{hereLane, two}}},
		{"a conflict copy", seen, copied, []place{{hereLane, two}, {hostLane, two}}},
		{"corrupt", seen, lock(lockcore.Corrupt, lockcore.NotJSON, "", taken), []place{{nobodyLane, corrupt}}},
		{"no store", seen, lock(lockcore.Unknown, lockcore.StoreMissing, "", taken), []place{{nobodyLane, missing}}},
		{"not readable", seen, lock(lockcore.Unknown, lockcore.Timeout, "", taken), []place{{nobodyLane, blind}}},
	} {
		var r roster
		if got := r.places(&span{look: &test.look, sight: test.sight}); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// TestEveryStateIsDrawn checks that only the unlocked state has no bar.
func TestEveryStateIsDrawn(t *testing.T) {
	for _, state := range lockcore.States() {
		var r roster
		look := lock(state, "", "mac-b", clock(9, 0))
		if got := r.places(&span{look: &look, sight: seen}); (len(got) == 0) != (state == lockcore.Unlocked) {
			t.Errorf("%v is drawn as %v", state, got)
		}
	}
}

func TestMachinesBeyondTheLastLaneShareOne(t *testing.T) {
	var r roster
	for i := range maxMachines + 3 {
		name := fmt.Sprintf("mac-%d", i)
		want := min(hostLane+i, hostLane+maxMachines)
		if i >= maxMachines {
			want = otherLane
		}
		if got := r.host(name); got != want || r.host(name+".") != got {
			t.Errorf("%s has lane %d, want %d", name, got, want)
		}
	}
}

// TestSigns checks which events have a mark: takeovers, alarms, acts of the user, and locks that came back.
func TestSigns(t *testing.T) {
	stale := lock(lockcore.Stale, lockcore.ProcessGone, us, clock(9, 0))
	two := lock(lockcore.Contested, lockcore.LocalDaemonAlive, "mac-mini", clock(9, 0))
	broken := lock(lockcore.Corrupt, lockcore.NotJSON, "", time.Time{})
	for _, test := range []struct {
		event    watch.Event
		from, to lockcore.Snapshot
		want     []sign
	}{
		{watch.Acquired, free(), here(clock(9, 0)), nil},
		{watch.Acquired, mini(clock(8, 0)), here(clock(9, 0)), []sign{takeover}},
		{watch.Released, here(clock(9, 0)), free(), nil},
		{watch.TakenOver, here(clock(8, 0)), mini(clock(9, 0)), []sign{takeover}},
		{watch.TakenOver, here(clock(8, 0)), two, []sign{takeover, alarm}},
		{watch.WentStale, here(clock(9, 0)), stale, []sign{alarm}},
		{watch.LockChanged, stale, stale, nil},
		{watch.BecameTwo, mini(clock(9, 0)), two, []sign{alarm}},
		{watch.Corrupted, free(), broken, []sign{alarm}},
		{watch.WasRemoved, stale, free(), []sign{unlock}},
		{watch.WasRestored, free(), mini(clock(9, 0)), []sign{restore}},
		{watch.Resurrected, free(), mini(clock(9, 0)), []sign{returned}},
		{watch.Cleared, two, mini(clock(9, 0)), nil},
	} {
		e := happened(test.event, test.from, clock(9, 0), test.to, clock(10, 0))
		if got := signsOf(eventsOf([]report.Line{e})[0]); !slices.Equal(got, test.want) {
			t.Errorf("%s from %v to %v: %v, want %v", test.event, test.from.State, test.to.State, got, test.want)
		}
	}
}
