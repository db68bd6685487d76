package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// announced returns a look at a store whose holder, on mac-mini, is announced by that machine.
func announced() lockcore.Snapshot {
	s := held("mac-mini")
	s.Peers = lockcore.NewPeers([]lockcore.Peer{
		{ThisMachine: true, Announcement: lockcore.Announcement{Machine: "aaaaaaaaaaaaaaaa", Host: "mac-a", Version: "1", At: at}, Heard: at},
		{Alive: true, Announcement: lockcore.Announcement{Machine: "bbbbbbbbbbbbbbbb", Host: "mac-mini", Version: "1", At: at, Watching: true,
			Daemon: lockcore.DaemonID{PID: 4242, StartedAt: "x"}, Gone: [lockcore.MaxGone]lockcore.Token{"sha256:1", "sha256:2"}}, Heard: at},
	})
	s.HolderAlive = true
	return s
}

func encode(t *testing.T, v any) string {
	t.Helper()
	line, err := report.Encode(v)
	testfs.Check(t, err)
	return string(line)
}

func TestHosts(t *testing.T) {
	s := announced()
	got := encode(t, report.NewHosts(s.Store, s.Peers, true, at))
	list := `"hosts":[{"machine":"aaaaaaaaaaaaaaaa","host":"mac-a","lockbar":"1","at":"2026-11-22T14:02:00.005Z","heard":"2026-11-22T14:02:00.005Z",` +
		`"watching":false,"daemon":null,"alive":false,"this_machine":true,"silent":false,"gone":[],"ask":null},` +
		`{"machine":"bbbbbbbbbbbbbbbb","host":"mac-mini","lockbar":"1","at":"2026-11-22T14:02:00.005Z","heard":"2026-11-22T14:02:00.005Z",` +
		`"watching":true,"daemon":{"pid":4242,"started_at":"x"},"alive":true,"this_machine":false,"silent":false,"gone":["sha256:1","sha256:2"],"ask":null}],` +
		`"checked_at":"2026-11-22T14:02:00.005Z"}`
	if want := `{"store":"/s",` + list; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := encode(t, report.NewStatus(s, at).SetHosts(s.Peers)); !strings.HasSuffix(got, list) {
		t.Errorf("the status has other hosts: %s", got)
	}
	if got := encode(t, report.NewHosts("/s", lockcore.Peers{}, true, at)); !strings.Contains(got, `"hosts":[]`) {
		t.Errorf("without hosts: %s", got)
	}
	if got := encode(t, report.NewHosts("/s", s.Peers, false, at)); !strings.Contains(got, `"hosts":null`) {
		t.Errorf("not known: %s", got)
	}
	if got := encode(t, report.NewStatus(free(), at).SetHosts(lockcore.Peers{})); strings.Contains(got, "hosts") {
		t.Errorf("a status without hosts: %s", got)
	}
}

// TestHostsAreNotKept checks that neither the history nor the state file keeps the announcements of machines, and that looks that differ
// only in the announcements, and in what follows from them, are kept as equal ones.
func TestHostsAreNotKept(t *testing.T) {
	with, without := announced(), held("mac-mini")
	if report.Kept(with) != report.Kept(without) {
		t.Errorf("%+v\nis not %+v", report.Kept(with), report.Kept(without))
	}
	status := report.NewStatus(report.Bounded(with), at)
	line := encode(t, status)
	if strings.Contains(line, "hosts") || strings.Contains(line, "bbbbbbbb") {
		t.Errorf("kept: %s", line)
	}
	var back report.Status
	if err := json.Unmarshal([]byte(line), &back); err != nil || back.Snapshot() != report.Kept(with) {
		t.Errorf("%v, read back as %+v", err, back.Snapshot())
	}
	entry := report.NewEntry(watch.LockChanged, status.SetHosts(with.Peers), report.NewStatus(with, at.Add(time.Second)).SetHosts(with.Peers))
	if line := encode(t, entry.Kept(report.KeptCopies)); strings.Contains(line, "bbbbbbbb") {
		t.Errorf("in the history: %s", line)
	}
}

// TestNamesakeIsReadBack checks that the lock of another machine with our name is not read back as ours.
func TestNamesakeIsReadBack(t *testing.T) {
	s := held("mac-a")
	s.Namesake = true
	both := s
	both.State, both.Reason = lockcore.Contested, lockcore.LocalDaemonAlive
	for _, s := range []lockcore.Snapshot{s, both} {
		if got := report.NewStatus(s, at).Snapshot(); got != s || got.OnThisHost() {
			t.Errorf("%+v, want %+v", got, s)
		}
	}
}
