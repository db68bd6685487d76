package lockcore_test

import (
	"testing"
	"time"

	"lockbar/lockcore"
)

func TestSameHost(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"mac-a", "mac-a", true},
		{"mac-a", "MAC-A", true},
		{"Bücher", "bÜCHER", true},
		{"mac-a.local", "Mac-A.local.", true},
		{"mac-a.", "mac-a", true},
		{"mac-a..", "mac-a", false},
		{"mac-a", "mac-a.local", false},
		{"mac-a.local", "mac-a.lan", false},
		{"mac-a", "mac-a-2", false},
		{"mac-a", " mac-a", false},
		{"mac-a", "", false},
		{"mac-\xff", "mac-\ufffd", true}, // a reader replaces a byte that is not UTF-8
	} {
		if lockcore.SameHost(c.a, c.b) != c.want || lockcore.SameHost(c.b, c.a) != c.want {
			t.Errorf("SameHost(%q, %q) is not %v both ways", c.a, c.b, c.want)
		}
	}
}

func TestValidHostname(t *testing.T) {
	for name, want := range map[string]bool{
		"mac-a.local": true, "Bücher Mac": true, "": false, "a\nb": false, "a\x00": false, "a\x7f": false, "a\u0085": false, "\xff": false,
	} {
		if lockcore.ValidHostname(name) != want {
			t.Errorf("ValidHostname(%q) is not %v", name, want)
		}
		if _, err := lockcore.Open("/s", lockcore.Options{Hostname: name}); (err == nil) != (want || name == "") {
			t.Errorf("Open with host %q: %v", name, err)
		}
	}
}

// copyNames maps names of files, such as sync engines give or might give, to whether a record in that file is a conflict copy.
var copyNames = map[string]bool{
	".locked 2":            true,
	".locked-mac-a-2":      true,
	".locked (1)":          true,
	"Copy of .locked":      true,
	"von mac-b .locked":    true,
	".locked~":             true,
	".locked.json":         true,
	".locked.guard-MAC":    true,
	".locked.abc.tmp 2":    true,
	".locked \xff":         true,
	".locked\n2":           true,
	".locked (\u202eypoc)": true,
	".locked (conflicted copy 2026-11-22 195151)":   true,
	".locked (Jo's MacBook's conflicted copy)":      true,
	".locked (Copie en conflit de mac-b)":           true,
	".locked (копия)":                               true,
	".locked （競合コピー）":                               true,
	".sync-conflict-20261122-195151-ABCDEF2.locked": true,
	".locked.sync-conflict-20261122-195151-ABCDEF2": true,
	".locked.guard":             false,
	".locked 2.tmp":             false,
	".locked.123.tmp":           false,
	".locked.unlock-ABCDEF.tmp": false,
	".syncthing..locked.tmp":    false,
	".syncthing..sync-conflict-20261122-195151-ABCDEF2.locked.tmp": false,
	".daemon-state.sync-conflict-20261122-195151-ABCDEF2.json":     false,
	".lock-MAC": false,
	".LOCKED 2": false,
	"locked 2":  false,
}

// TestConcerns checks that a conflict copy may have any name that contains the lock's, except those of our own and temporary files.
func TestConcerns(t *testing.T) {
	for name, want := range copyNames {
		if got := lockcore.Concerns(name); got != want {
			t.Errorf("Concerns(%q) = %v", name, got)
		}
	}
	for name, want := range map[string]bool{".locked": true, "..locked.icloud": true, ".daemon-state.json": true, ".lockbar": true, "lifecycle_state.json": false} {
		if got := lockcore.Concerns(name); got != want {
			t.Errorf("Concerns(%q) = %v", name, got)
		}
	}
}

func TestConflictsKeepTheirBytes(t *testing.T) {
	list := []lockcore.Conflict{{Path: "/s/.locked 2", Superseded: true}, {Path: "/s/.locked-\xff<&>\u2028", Record: theirs}}
	back := lockcore.NewConflicts(list).List()
	if len(back) != 2 || back[0] != list[0] || back[1] != list[1] {
		t.Errorf("got %+v, want %+v", back, list)
	}
	if lockcore.NewConflicts(nil) != (lockcore.Conflicts{}) || lockcore.NewConflicts(nil).List() != nil {
		t.Error("an empty list is not the zero value")
	}
	if lockcore.NewConflicts(list) != lockcore.NewConflicts(back) {
		t.Error("equal lists do not compare equal")
	}
}

func TestSuperseded(t *testing.T) {
	for _, c := range []struct {
		name     string
		appeared time.Duration // ctime of the copy, before the lock was taken
		written  time.Duration // ctime of the lock's file, after the lock was taken
		record   lockcore.Record
		want     bool
	}{
		{"taken later", justBeyond, 0, okRecord, true},
		{"taken later, by a clock that is ahead", justBeyond, -justBeyond, okRecord, false},
		{"taken later, by a clock at the tolerance", justBeyond, -justWithin, okRecord, true},
		{"taken later, and synced long after", justBeyond, time.Hour, okRecord, true},
		{"taken at the tolerance", justWithin, 0, okRecord, false},
		{"taken before", -time.Hour, 0, okRecord, false},
		{"no time", time.Hour, 0, with(okRecord, func(r *lockcore.Record) { r.StartedAt = "?" }), false},
		{"no lock", time.Hour, 0, none, false},
	} {
		if got := lockcore.Superseded(c.record, taken.Add(c.written), taken.Add(-c.appeared)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
