package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/internal/report"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// A neighbour is one of two machines that share a home directory.
type neighbour struct {
	*world
	host string
}

func (w *world) neighbour(host, id string) neighbour {
	its := *w
	its.extra = []string{"LOCKBAR_STATE_DIR=", "LOCKBAR_MACHINE_ID=" + id, "LOCKBAR_HOSTNAME=" + host}
	return neighbour{&its, host}
}

// wantState checks the state that this machine reports, and that the machine does not take the other's host name for a former one of its
// own.
func (n neighbour) wantState(when string, want lockcore.State) {
	n.t.Helper()
	s := decode[report.Status](n.t, n.here("status", "--json").want(n.t, 0).out)
	if s.State != want || strings.Contains(s.Detail, "once had") {
		n.t.Errorf("%s: %s reports %s (%s): %s; want %s", when, n.host, s.State, s.Reason, s.Detail, want)
	}
}

// TestTwoMachinesInOneHome plays a day of two machines that share a home directory, and the store in it.
func TestTwoMachinesInOneHome(t *testing.T) {
	w := newWorld(t)
	a, b := w.neighbour("mac-a", idA), w.neighbour("mac-b", idB)

	first := holder(t) // not a daemon, which both neighbours would find, since both run on this system
	w.writeLock(record(a.host, first.Process.Pid))
	a.wantState("morning", lockcore.HeldHere)
	b.wantState("morning", lockcore.HeldElsewhere)

	_ = first.Process.Kill()
	_ = first.Wait()
	a.wantState("after a crash", lockcore.Stale)
	b.wantState("after a crash", lockcore.HeldElsewhere)
	a.here("unlock", "--yes").want(t, 0)
	b.here("restore").want(t, exitRefused)
	b.here("unlock", "--yes").want(t, 0) // there is no lock

	w.writeLock(record(b.host, deadPID(t)))
	a.wantState("noon", lockcore.HeldElsewhere)
	b.wantState("noon", lockcore.Stale)
	b.here("unlock", "--yes").want(t, 0)
	a.here("restore").want(t, 0) // a's own backup, not b's
	a.wantState("evening", lockcore.Stale)
	b.here("restore").want(t, exitRefused)

	wantHistory(t, a, "The lock of "+words.Machine()+" was removed", "The lock of "+words.Machine()+" was put back")
	wantHistory(t, b, "The lock of "+words.Machine()+" was removed")
	wantNotMixed(t, filepath.Join(w.root, ".local", "state", "lockbar"))
}

func wantHistory(t *testing.T, n neighbour, events ...string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(n.here("history").want(t, 0).out), "\n")
	if len(lines) != len(events) {
		t.Fatalf("%s printed %q, want %q", n.host, lines, events)
	}
	for i, line := range lines {
		if !strings.HasSuffix(line, events[i]) {
			t.Errorf("%s printed %q, want %q", n.host, line, events[i])
		}
	}
}

// wantNotMixed checks that the shared directory has the files of the first machine and a directory of the second.
func wantNotMixed(t *testing.T, shared string) {
	t.Helper()
	entries, err := os.ReadDir(shared)
	if err != nil {
		t.Skip("this system keeps state elsewhere:", err)
	}
	for _, name := range []string{"machine", "history.jsonl", "backups", "machine-" + idB} {
		if _, err := os.Stat(filepath.Join(shared, name)); err != nil {
			t.Errorf("%v; the directory has %v", err, entries)
		}
	}
}
