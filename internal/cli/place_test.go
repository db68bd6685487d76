package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const idA, idB = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"

// as runs a command as one of two machines that share the state directory.
func (w *world) as(machine string, args ...string) result {
	w.t.Helper()
	cmd := w.command(args...)
	cmd.Env = append(cmd.Env, "LOCKBAR_MACHINE_ID="+machine)
	return finish(w.t, cmd)
}

// TestMachinesThatShareAStateDirectory: neither sees nor undoes what the other did.
func TestMachinesThatShareAStateDirectory(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	w.as(idA, "unlock", "--yes").want(t, 0)
	w.as(idB, "restore").want(t, exitRefused)
	if r := w.as(idB, "history").want(t, 0); !strings.Contains(r.out, "Nothing is in the history") {
		t.Errorf("the second machine has the history of the first: %q", r.out)
	}
	w.as(idA, "restore").want(t, 0)
	w.as(idB, "unlock", "--yes").want(t, 0)
	own := filepath.Join(w.state, "machine-"+idB)
	if _, err := os.Stat(filepath.Join(own, "history.jsonl")); err != nil {
		t.Error(err)
	}
	if r := w.as(idB, "doctor"); !strings.Contains(r.out, idB) || !strings.Contains(r.out, "belongs to the machine "+idA) || !strings.Contains(r.out, own) {
		t.Errorf("doctor: %q", r.out)
	}
}

// TestFilesOfTheVersionBefore are those of the machine that writes first.
func TestFilesOfTheVersionBefore(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	w.as(idA, "unlock", "--yes").want(t, 0)
	if err := os.Remove(filepath.Join(w.state, "machine")); err != nil { // that version knew no owner
		t.Fatal(err)
	}
	w.as(idA, "restore").want(t, 0)
	w.as(idB, "unlock", "--yes").want(t, 0)
	if entries, err := os.ReadDir(filepath.Join(w.state, "machine-"+idB)); err != nil || len(entries) == 0 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestWhoLooksClaimsNothing: neither does who is told that the state directory lies in the store.
func TestWhoLooksClaimsNothing(t *testing.T) {
	w := newWorld(t)
	for _, args := range [][]string{{"status"}, {"history"}, {"doctor"}, {"details"}, {"version"}, {"login", "status"}} {
		w.as(idA, args...)
		if _, err := os.Lstat(w.state); err == nil {
			t.Fatalf("%v made the state directory", args)
		}
	}
	inside := filepath.Join(w.dir, "state")
	w.as(idA, "unlock", "--yes", "--state-dir", inside).want(t, exitUsage)
	if _, err := os.Lstat(inside); err == nil {
		t.Error("a state directory was made in the store")
	}
}
