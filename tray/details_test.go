package tray

import (
	"strings"
	"testing"

	"lockbar/lockcore"
	"lockbar/notify"
)

func TestDetailsHoldWhatABugReportNeeds(t *testing.T) {
	s := with(lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini), func(s *lockcore.Snapshot) {
		s.LocalDaemon = alive
		s.Conflicts = lockcore.NewConflicts([]lockcore.Conflict{{Path: "/x/.locked 2", Record: ours}})
	})
	got := details(Config{Version: "1.2", StateDir: "/state"}, []Store{{Snapshot: s}}, notify.Status{Sent: 3, Err: "no service"}, noon)
	for _, part := range []string{"Lockbar 1.2", "/state", "3 shown", "no service", s.Store, "contested local-daemon-alive",
		"PID 4242 of mac-mini", mini.StartedAt, string(s.Token), "PID 77, alive true", "/x/.locked 2, PID 77 of mac-a", "Host: mac-a"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is missing in\n%s", part, got)
		}
	}
}

func TestDetailsAreClean(t *testing.T) {
	s := lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: 1, Hostname: "a\x1b[1m\u202e\nStore: /fake", StartedAt: "\x07", SchemaVersion: "1"})
	s.Token = "sha256:0"
	if got := storeDetails(s, noon); strings.ContainsAny(got, "\x1b\u202e\x07") || strings.Count(got, "\nStore:") != 0 {
		t.Errorf("%q", got)
	}
}
