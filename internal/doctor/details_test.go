package doctor

import (
	"strings"
	"testing"
	"time"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

var noon = time.Date(2026, 11, 22, 12, 14, 30, 0, time.UTC)

func record(pid int, host string) lockcore.Record {
	return lockcore.Record{PID: pid, Hostname: host, StartedAt: "2026-11-22T08:14:00.817216+00:00", SchemaVersion: "1"}
}

func TestWhatABugReportNeeds(t *testing.T) {
	s := lockcore.Snapshot{
		Store: "/x", Lock: "/x/.locked", Token: "sha256:9", Host: "mac-a", Record: record(4242, "mac-mini"),
		State: lockcore.Contested, Reason: lockcore.LocalDaemonAlive,
		LocalDaemon: lockcore.Process{PID: 77, Status: lockcore.Running, Kind: lockcore.Daemon, Command: "python3 -m iai_mcp.daemon"},
		Conflicts:   lockcore.NewConflicts([]lockcore.Conflict{{Path: "/x/.locked 2", Record: record(78, "mac-b")}}),
	}
	got := ProgramDetails("1.2", "0123abc", "/state", noon) + NotificationDetails(notify.Delivery{Sent: 3, Err: "no service"}) +
		StoreDetails(s, watch.Health{Interval: 5 * time.Second, Problem: "NFS"}, noon)
	for _, part := range []string{"Lockbar 1.2 (commit 0123abc)", "/state", "3 shown", "no service", "Store: /x", "contested local-daemon-alive",
		"PID 4242 of mac-mini", s.Record.StartedAt, "sha256:9", "PID 77, alive true", "/x/.locked 2, PID 78 of mac-b", "Host: mac-a",
		"checked every 5s: NFS"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is missing in\n%s", part, got)
		}
	}
	if got := StoreDetails(s, watch.Health{Events: true, Interval: 30 * time.Second}, noon); !strings.Contains(got, "seen at once") {
		t.Errorf("seen at once:\n%s", got)
	}
	late := watch.Health{Events: true, Interval: 30 * time.Second, Problem: "/home\x1b is too busy"}
	if got := StoreDetails(s, late, noon); !strings.Contains(got, "seen at once") || !strings.Contains(got, "but /home is too busy") {
		t.Error("seen late:\n" + got)
	}
	if got := StoreDetails(s, watch.Health{}, noon); !strings.Contains(got, "\nChanges: not known\n") {
		t.Errorf("health not known:\n%s", got)
	}
}

func TestDetailsAreClean(t *testing.T) {
	s := lockcore.Snapshot{State: lockcore.HeldElsewhere, Token: "sha256:0",
		Record: lockcore.Record{PID: 1, Hostname: "a\x1b[1m\u202e\nStore: /fake", StartedAt: "\x07", SchemaVersion: "1"}}
	if got := StoreDetails(s, watch.Health{}, noon); strings.ContainsAny(got, "\x1b\u202e\x07") || strings.Count(got, "\nStore:") != 0 {
		t.Errorf("not clean: %q", got)
	}
}
