package report_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
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

func TestChangeIsReadBack(t *testing.T) {
	c := report.NewChange(watch.Acquired, report.Look{Snapshot: free(), At: at.Add(-time.Hour)}, report.Look{Snapshot: held("mac-mini"), At: at})
	line, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(line), `{"at":"2026-11-22T14:02:00.005Z","event":"acquired","from":{"store":"/s","lock":"/s/.locked","state":"unlocked"`) {
		t.Errorf("line %s", line)
	}
	back, err := report.ParseChange(line)
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
	c := report.NewChange(watch.Initial, report.Look{}, report.Look{Snapshot: free(), At: at})
	if c.From != nil || c.Sentence() != "Lockbar started: nobody held the store" {
		t.Errorf("%+v: %s", c, c.Sentence())
	}
}

func TestParseRefusesWhatIsNoEvent(t *testing.T) {
	for _, line := range []string{`{}`, `{"event":"acquired"}`, `{"event":"acquired","to":null,"at":"2026-11-22T14:02:00Z"}`,
		`{"event":"acquired","to":{},"at":"now"}`, `{"event":"acquired","to":{"state":"odd"},"at":"2026-11-22T14:02:00Z"}`, `7`} {
		if c, err := report.ParseChange([]byte(line)); err == nil {
			t.Errorf("%s is %+v", line, c)
		}
	}
}

func TestEqual(t *testing.T) {
	change := func(e watch.Event, from, to lockcore.Snapshot, later time.Duration) report.Change {
		return report.NewChange(e, report.Look{Snapshot: from, At: at}, report.Look{Snapshot: to, At: at.Add(later)})
	}
	other := free()
	other.Store = "/o"
	removed := change(watch.WasRemoved, held("mac-mini"), free(), 0)
	restored := change(watch.WasRestored, free(), held("mac-mini"), 0)
	for _, test := range []struct {
		name string
		c, o report.Change
		want bool
	}{
		{"later", removed, change(watch.WasRemoved, held("mac-mini"), free(), time.Second), true},
		{"another event", removed, change(watch.Released, held("mac-mini"), free(), 0), false},
		{"another lock", removed, change(watch.WasRemoved, held("mac-b"), free(), 0), false},
		{"another store", removed, change(watch.WasRemoved, held("mac-mini"), other, 0), false},
		{"no from", removed, change(watch.WasRemoved, lockcore.Snapshot{}, free(), 0), false},
		{"a lock before it went unseen", restored, change(watch.WasRestored, held("mac-b"), held("mac-mini"), 0), true},
		{"another lock is back", restored, change(watch.WasRestored, free(), held("mac-b"), 0), false},
	} {
		if got := test.c.Equal(test.o); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
