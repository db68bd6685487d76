package cli

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

func (w *world) writeDaemonState(pid int) {
	data, err := json.Marshal(map[string]any{"daemon_pid": pid, "other": "x"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(".daemon-state.json", data)
}

// TestWorstOfSeveral checks that the exit code is that of the worst state. order begins with the worst.
func TestWorstOfSeveral(t *testing.T) {
	order := []lockcore.State{lockcore.Contested, lockcore.Corrupt, lockcore.Stale, lockcore.Unknown, lockcore.HeldElsewhere,
		lockcore.HeldHere, lockcore.Unlocked}
	codes := []int{13, 14, 12, 15, 11, 10, 0}
	if len(order) != len(lockcore.States()) {
		t.Fatal("order lacks a state")
	}
	for i, worst := range order {
		looks := []look{}
		for _, s := range order[i:] {
			looks = append([]look{{Snapshot: lockcore.Snapshot{State: s}}}, looks...)
		}
		if got := worstExitCode(looks); got != codes[i] {
			t.Errorf("%v and better ones: %d, want %d", worst, got, codes[i])
		}
	}
}

func TestColumnsAreWideEnough(t *testing.T) {
	for _, s := range lockcore.States() {
		if len(s.String()) > stateWidth {
			t.Errorf("%v is wider than its column", s)
		}
	}
	for _, e := range watch.Events() {
		if len(e) > eventWidth {
			t.Errorf("%v is wider than its column", e)
		}
	}
}

// TestPrintedCopiesAreNotBroken checks that a terminal's width breaks sentences, and no path of a conflict copy: users copy paths.
func TestPrintedCopiesAreNotBroken(t *testing.T) {
	const second = "/a store/with a long name/.locked (conflicted copy of the other computer 2026-11-28)"
	var out strings.Builder
	printRows(&out, palette{width: 50}, slices.Concat(
		[]row{{"state", "contested"}, {"", "This sentence is so long that it does not fit into one line of the terminal."}},
		listed(labelCopies, []string{"/one", second}), listed("hosts", []string{"a", "The report of this computer is so long that it does not fit."})))
	if got := out.String(); !strings.Contains(got, second+"\n") || !strings.Contains(got, "\n        fit into one") || !strings.Contains(got, "\n        that it does") {
		t.Errorf("printed:\n%s", got)
	}
}

// TestIsOutputClosed checks that a closed pipe is told from another failure of a write.
func TestIsOutputClosed(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	if _, err := writer.WriteString("x"); !isOutputClosed(err) {
		t.Errorf("%v does not count as a closed output", err)
	}
	writer.Close()
	if _, err := writer.WriteString("x"); isOutputClosed(err) {
		t.Errorf("%v counts as an output that its reader closed", err)
	}
}
