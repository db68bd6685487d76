package tray

import (
	"testing"
	"time"

	"lockbar/lockcore"
)

var (
	seesStale     = subject{State: lockcore.Stale, Token: "a"}
	seesForeign   = subject{State: lockcore.HeldElsewhere, Token: "b"}
	seesHere      = subject{State: lockcore.HeldHere, Token: "c"}
	seesContested = subject{State: lockcore.Contested, Token: "b"}
	seesNothing   = subject{State: lockcore.Unlocked}
	seesCopy      = subject{State: lockcore.HeldHere, Token: "c", Conflicts: lockcore.NewConflicts([]lockcore.Conflict{{Path: "/s/.locked 2"}})}
	seesUndo      = subject{State: lockcore.Unlocked, Last: lockcore.Backup{Kind: lockcore.BackupUnlock, Token: "a"}}
)

func TestClickIsMeantForWhatWasSeen(t *testing.T) {
	start := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	after := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	type drawn struct {
		at    int
		shown subject
	}
	for _, test := range []struct {
		name  string
		drawn []drawn
		click int
		want  subject
	}{
		{"long ago", []drawn{{0, seesStale}}, 5000, seesStale},
		{"just changed", []drawn{{0, seesStale}, {5000, seesForeign}}, 5699, seesStale},
		{"changed a while ago", []drawn{{0, seesStale}, {5000, seesForeign}}, 5700, seesForeign},
		{"arrived before it was drawn", []drawn{{0, seesStale}, {5000, seesForeign}}, 4990, seesStale},
		{"twice within a reaction", []drawn{{0, seesStale}, {5000, seesForeign}, {5300, seesHere}}, 5800, seesStale},
		{"drawn again without a change", []drawn{{0, seesStale}, {5000, seesForeign}, {5600, seesForeign}}, 5700, seesForeign},
		{"and back", []drawn{{0, seesStale}, {5000, seesForeign}, {5300, seesStale}}, 5400, seesStale},
		{"only the state changed", []drawn{{0, seesForeign}, {5000, seesContested}}, 5100, seesForeign},
	} {
		var s sight
		for _, d := range test.drawn {
			s = s.now(d.shown, after(d.at))
		}
		if got := s.at(after(test.click)); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestRefuse(t *testing.T) {
	for _, test := range []struct {
		name         string
		do           Verb
		meant, shown subject
		want         string
	}{
		{"stale", Unlock, seesStale, seesStale, ""},
		{"elsewhere", Unlock, seesForeign, seesForeign, ""},
		{"lockcore compares tokens", Unlock, seesStale, seesForeign, ""},
		{"lockcore asks for force", Unlock, seesContested, seesContested, ""},
		{"confirmed", UnlockClaimed, seesContested, seesContested, ""},
		{"no lock", Unlock, seesNothing, seesNothing, noLockSeen},
		{"no lock when clicked", UnlockClaimed, seesNothing, seesHere, changedBefore},
		{"undo", Undo, seesUndo, seesUndo, ""},
		{"another undo than seen", Undo, seesUndo, seesNothing, changedBefore},
		{"a lock came", Undo, seesUndo, seesHere, changedBefore},
		{"copies", SetAside, seesCopy, seesCopy, ""},
		{"copies, and the lock changed", SetAside, seesCopy, subject{State: lockcore.Contested, Conflicts: seesCopy.Conflicts}, ""},
		{"a copy that nobody has seen", SetAside, seesNothing, seesCopy, copiesChanged},
		{"undo, and a copy came", Undo, seesUndo, subject{State: seesUndo.State, Last: seesUndo.Last, Conflicts: seesCopy.Conflicts}, ""},
	} {
		if got := refuse(test.do, test.meant, test.shown); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
