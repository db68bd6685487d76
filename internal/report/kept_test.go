package report_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// hostile returns a look at a store that somebody filled with long texts and many copies on purpose.
func hostile(token lockcore.Token) lockcore.Snapshot {
	long := strings.Repeat("\u202eé\x01", 10<<10)
	r := lockcore.Record{PID: 7, Hostname: long, StartedAt: long, SchemaVersion: json.Number(strings.Repeat("9", 60<<10))}
	other := lockcore.Record{PID: 8, Hostname: strings.Repeat("é", 128), StartedAt: "x", SchemaVersion: "1"}
	var copies []lockcore.Conflict
	for i := range 64 {
		copies = append(copies, lockcore.Conflict{Path: fmt.Sprintf("/s/.locked %02d%s", i, strings.Repeat("x", 200)), Record: other, Superseded: i < 60})
	}
	return lockcore.Snapshot{Store: "/s", Lock: "/s/.locked", State: lockcore.Contested, Record: r, Token: token, Host: long,
		Holder: lockcore.Process{PID: 7, Status: lockcore.Running, Command: long}, Conflicts: lockcore.NewConflicts(copies), MoreCopies: 5}
}

func TestKeptIsBounded(t *testing.T) {
	kept := report.Bounded(hostile("sha256:a"))
	if n := len(kept.Record.Hostname) + len(kept.Record.StartedAt) + len(kept.Record.SchemaVersion); n > 3*256 {
		t.Errorf("the record has %d bytes", n)
	}
	list := kept.Conflicts.List()
	if len(list) != report.KeptCopies || kept.MoreCopies != 5+64-report.KeptCopies || kept.Token != "sha256:a" {
		t.Errorf("%d copies and %d more, token %q", len(list), kept.MoreCopies, kept.Token)
	}
	for i, c := range list {
		if i > 0 && c.Path <= list[i-1].Path {
			t.Errorf("%s after %s", c.Path, list[i-1].Path)
		}
	}
	if last := list[len(list)-1]; last.Superseded || !strings.Contains(last.Path, " 63") {
		t.Errorf("the copies that contradict the lock are not all kept: the last one is %s", last.Path)
	}
	if report.Bounded(kept) != kept {
		t.Error("a bounded look is cut again")
	}
}

// TestKeptIsAnyBytes checks that a long command line is cut even if none of its bytes begins a character.
func TestKeptIsAnyBytes(t *testing.T) {
	s := held("mac-a")
	s.State, s.Holder = lockcore.HeldHere, lockcore.Process{PID: 4242, Status: lockcore.Running, Command: strings.Repeat("\x80", 2000)}
	c := report.NewEntry(watch.Acquired, nil, report.NewStatus(s, time.Now())).Kept(1)
	if n := len(c.To.Process.Command); n > 1<<10 {
		t.Errorf("the command has %d bytes", n)
	}
}

func TestKeptEventIsTheSame(t *testing.T) {
	look := func(token lockcore.Token) *report.Status { return report.NewStatus(hostile(token), time.Now()) }
	c := report.NewEntry(watch.LockChanged, look("sha256:a"), look("sha256:b"))
	for _, copies := range []int{report.KeptCopies, 1, 0} {
		kept := c.Kept(copies)
		if !kept.SameEvent(c) || len(kept.To.Conflicts) != copies || kept.To.MoreConflicts != 69-copies {
			t.Errorf("%d copies, %d more, the same %t", len(kept.To.Conflicts), kept.To.MoreConflicts, kept.SameEvent(c))
		}
	}
	if len(c.To.Conflicts) != 64 || len(c.To.Record.Hostname) < 1<<10 {
		t.Error("the event itself was cut")
	}
}
