package report_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

var at = time.Date(2026, 11, 22, 14, 2, 0, 5e6, time.UTC)

func held(host string) lockcore.Snapshot {
	return lockcore.Snapshot{
		Store: "/s", Lock: "/s/.locked", State: lockcore.HeldElsewhere, Token: lockcore.Token("sha256:" + host), Host: "mac-a",
		Record:    lockcore.Record{PID: 4242, Hostname: host, StartedAt: "2026-11-22T09:14:00+00:00", SchemaVersion: "1"},
		Conflicts: lockcore.NewConflicts([]lockcore.Conflict{{Path: "/s/.locked 2"}}),
	}
}

func free() lockcore.Snapshot {
	return lockcore.Snapshot{Store: "/s", Lock: "/s/.locked", State: lockcore.Unlocked, Host: "mac-a"}
}

func TestEntryIsReadBack(t *testing.T) {
	c := report.NewEntry(watch.Acquired, report.NewStatus(free(), at.Add(-time.Hour)), report.NewStatus(held("mac-mini"), at))
	line, err := json.Marshal(c)
	testfs.Check(t, err)
	if !strings.HasPrefix(string(line), `{"at":"2026-11-22T14:02:00.005Z","event":"acquired","from":{"store":"/s","lock":"/s/.locked","state":"unlocked"`) {
		t.Errorf("line %s", line)
	}
	back, err := report.ParseEntry(line)
	if err != nil || !reflect.DeepEqual(back, c) || !back.Time().Equal(at) {
		t.Errorf("%+v, %v, want %+v", back, err, c)
	}
	if got := back.To.Snapshot(); got != held("mac-mini") {
		t.Errorf("the snapshot is %+v, want %+v", got, held("mac-mini"))
	}
	if got, want := back.Sentence(), "mac-mini took the store"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFirstLookHasNoFrom(t *testing.T) {
	c := report.NewEntry(watch.Initial, nil, report.NewStatus(free(), at))
	if c.From != nil || c.Sentence() != "Lockbar started: nobody held the store" {
		t.Errorf("%+v: %s", c, c.Sentence())
	}
}

func TestParseRefusesOtherLines(t *testing.T) {
	for _, line := range []string{`{}`, `{"event":"acquired"}`, `{"event":"acquired","to":null,"at":"2026-11-22T14:02:00Z"}`,
		`{"event":"acquired","to":{},"at":"now"}`, `{"event":"acquired","to":{"state":"odd"},"at":"2026-11-22T14:02:00Z"}`, `7`} {
		if c, err := report.ParseEntry([]byte(line)); err == nil {
			t.Errorf("%s is %+v", line, c)
		}
	}
}

func TestSameEvent(t *testing.T) {
	change := func(from lockcore.Snapshot, seen time.Duration, to lockcore.Snapshot, backup string) report.Entry {
		c := report.NewEntry(watch.LockChanged, report.NewStatus(from, at.Add(seen)), report.NewStatus(to, at.Add(time.Hour)))
		c.Backup = backup
		return c
	}
	other, stale := free(), held("mac-mini")
	other.Store, stale.State = "/o", lockcore.Stale
	mini := held("mac-mini")
	both, copied := held("mac-mini"), held("mac-mini")
	both.State, both.Reason = lockcore.Contested, lockcore.LocalDaemonAlive
	copied.State, copied.Reason = lockcore.Contested, lockcore.ConflictCopy
	called := change(mini, 0, free(), "")
	called.Event = watch.Released
	for _, test := range []struct {
		name string
		c, o report.Entry
		want bool
	}{
		{"of one backup", change(mini, 0, free(), "1"), change(mini, time.Second, free(), "1"), true},
		{"of one backup, from different locks", change(free(), 0, mini, "1"), change(held("mac-b"), 1, mini, "1"), true},
		{"of two backups", change(mini, 0, free(), "1"), change(mini, 0, free(), "2"), false},
		{"of one look", change(mini, 0, free(), ""), change(mini, 0, free(), ""), true},
		{"of one look, one with the backup", change(mini, 0, free(), ""), change(mini, 0, free(), "1"), true},
		{"of two looks", change(mini, 0, free(), ""), change(mini, time.Second, free(), ""), false},
		{"to another lock", change(free(), 0, mini, ""), change(free(), 0, held("mac-b"), ""), false},
		{"to another state", change(free(), 0, mini, ""), change(free(), 0, stale, ""), false},
		{"for another reason", change(mini, 0, both, ""), change(mini, 0, copied, ""), false},
		{"by another name", change(mini, 0, free(), ""), called, false},
		{"by another name, one with the backup", called, change(mini, 0, free(), "1"), true},
		{"of another store", change(mini, 0, free(), "1"), change(mini, 0, other, "1"), false},
		{"of no look", change(lockcore.Snapshot{}, 0, free(), ""), change(lockcore.Snapshot{}, 0, free(), ""), false},
	} {
		line, err := report.Encode(test.o)
		testfs.Check(t, err)
		if got := test.c.SameEvent(test.o); got != test.want || got && !test.c.MayBeIn(line) {
			t.Errorf("%s: %v, in the line %v", test.name, got, test.c.MayBeIn(line))
		}
	}
}
