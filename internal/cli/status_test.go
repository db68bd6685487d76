package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

func TestStatusOfEveryState(t *testing.T) {
	for _, test := range []struct {
		name   string
		put    func(*world)
		state  lockcore.State
		reason lockcore.Reason
		code   int
	}{
		{"unlocked", func(*world) {}, lockcore.Unlocked, "", 0},
		{"held here", func(w *world) { w.writeLock(record("MAC-A.", daemon(w.t, w.dir))) }, lockcore.HeldHere, "", 10},
		{"held elsewhere", func(w *world) { w.writeLock(foreign()) }, lockcore.HeldElsewhere, "", 11},
		{"process gone", func(w *world) { w.writeLock(record(ourHost, deadPID(w.t))) }, lockcore.Stale, lockcore.ProcessGone, 12},
		{"before boot", func(w *world) {
			r := record(ourHost, holder(w.t).Process.Pid)
			r.StartedAt = "2001-01-01T00:00:00+00:00"
			w.writeLock(r)
		}, lockcore.Stale, lockcore.BeforeBoot, 12},
		{"our daemon lives", func(w *world) {
			w.writeLock(foreign())
			w.writeDaemonState(daemon(w.t, w.dir))
		}, lockcore.Contested, lockcore.LocalDaemonAlive, 13},
		{"lock missing", func(w *world) { w.writeDaemonState(daemon(w.t, w.dir)) }, lockcore.Contested, lockcore.LockMissing, 13},
		{"conflict copy", func(w *world) {
			w.writeLock(foreign())
			w.write(".locked 2", record("mac-b", 7).Encode())
		}, lockcore.Contested, lockcore.ConflictCopy, 13},
		{"no JSON", func(w *world) { w.write(".locked", []byte("{")) }, lockcore.Corrupt, lockcore.NotJSON, 14},
		{"a field is wrong", func(w *world) { w.write(".locked", []byte(`{"pid":"1"}`)) }, lockcore.Corrupt, lockcore.BadField, 14},
		{"a directory", func(w *world) { w.mkdir(".locked") }, lockcore.Unknown, lockcore.NotARegularFile, 15},
		{"too large", func(w *world) { w.write(".locked", make([]byte, lockcore.MaxSize+1)) }, lockcore.Unknown, lockcore.TooLarge, 15},
		{"in the cloud", func(w *world) { w.write("..locked.icloud", nil) }, lockcore.Unknown, lockcore.NotDownloaded, 15},
		{"no store", func(w *world) { os.RemoveAll(w.dir) }, lockcore.Unknown, lockcore.StoreMissing, 15},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			test.put(w)
			s := decode[report.Status](t, w.run("status", "--json").want(t, 0).out)
			if s.State != test.state || s.Reason != test.reason {
				t.Errorf("%v (%s), want %v (%s)", s.State, s.Reason, test.state, test.reason)
			}
			checkStatusText(t, w.run("status", "--exit-code").want(t, test.code).out, s)
			checkVerboseText(t, w.run("status", "-v").want(t, 0).out, s)
			w.mustBeGone(w.state)
		})
	}
}

// checkVerboseText wants no label twice, and the holder wherever the lock has one.
func checkVerboseText(t *testing.T, out string, s report.Status) {
	t.Helper()
	count := map[string]int{}
	for line := range strings.Lines(out) {
		if label, _, _ := strings.Cut(line, " "); label != "" {
			count[label]++
		}
	}
	for label, n := range count {
		if n > 1 {
			t.Errorf("%s is there %d times:\n%s", label, n, out)
		}
	}
	if s.Record != nil && (count["holder"] != 1 || !strings.Contains(out, "PID "+strconv.Itoa(s.Record.PID)+"\n")) {
		t.Errorf("no holder in\n%s", out)
	}
}

// checkStatusText wants the sentence to say whose lock it is and since when, and no other line to say it again.
func checkStatusText(t *testing.T, out string, s report.Status) {
	t.Helper()
	lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
	if len(lines) < 3 || !strings.HasPrefix(lines[0], "store") || !strings.HasPrefix(lines[1], "state") || !strings.Contains(lines[2], s.Detail) {
		t.Fatalf("%s", out)
	}
	if s.Record == nil {
		return
	}
	since, _, _ := strings.Cut(words.Since(*s.Record, time.Now()), ",")
	for _, part := range []string{words.Host(*s.Record), since} {
		if !strings.Contains(s.Detail, part) {
			t.Errorf("%q does not say %q", s.Detail, part)
		}
	}
	pid := regexp.MustCompile(`\bPID ` + strconv.Itoa(s.Record.PID) + `\b`)
	above, _, _ := strings.Cut(out, "\nnext ")
	if n := len(pid.FindAllString(above, -1)); n > 1 || n == 0 && s.Reason != lockcore.BeforeBoot {
		t.Errorf("PID %d is named %d times:\n%s", s.Record.PID, n, out)
	}
}

func (w *world) writeDaemonState(pid int) {
	data, err := json.Marshal(map[string]any{"daemon_pid": pid, "other": "x"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(".daemon-state.json", data)
}

func (w *world) mkdir(name string) {
	if err := os.Mkdir(filepath.Join(w.dir, name), 0o700); err != nil {
		w.t.Fatal(err)
	}
}

// TestStatusJSON holds the names and their order still: other people's scripts read them.
func TestStatusJSON(t *testing.T) {
	w := newWorld(t)
	w.write(".locked", []byte(`{"pid":4242,"hostname":"<mac>\u001b[31m\u009b\u202e","started_at":"2026-11-22T09:14:00+00:00","schema_version":1}`))
	w.write(".locked 2", []byte("no record"))
	w.write(".locked 3", []byte(`{"pid":4242,"hostname":"<mac>\u001b[31m\u009b\u202e","started_at":"x","schema_version":1}`))
	out := w.run("status", "--json").want(t, 0).out
	s := decode[report.Status](t, out)
	want := `{"store":"` + w.dir + `","lock":"` + w.lock() + `","state":"held-elsewhere","reason":"","detail":"` + s.Detail +
		`","record":{"pid":4242,"hostname":"<mac>\u001b[31m\u009b\u202e","started_at":"2026-11-22T09:14:00+00:00","schema_version":1},"token":"` +
		string(s.Token) + `","host":"mac-a","process":null,"conflicts":[{"path":"` + w.lock() + ` 3","record":{"pid":4242,"hostname":"<mac>\u001b[31m\u009b\u202e","started_at":"x","schema_version":1}}],"checked_at":"` +
		s.CheckedAt + `"}` + "\n"
	if filepath.Separator == '/' && out != want {
		t.Errorf("got  %swant %s", out, want)
	}
	if s.Record.Hostname != "<mac>\x1b[31m\u009b\u202e" {
		t.Errorf("hostname %q is not the file's own text", s.Record.Hostname)
	}
	if !strings.Contains(s.Detail, "<mac> [31m") {
		t.Errorf("detail %q does not name the host, cleaned", s.Detail)
	}
	at, err := time.Parse(time.RFC3339, s.CheckedAt)
	if err != nil || at.Location() != time.UTC || time.Since(at).Abs() > time.Hour {
		t.Errorf("checked_at %s: %v", s.CheckedAt, err)
	}
}

func TestStatusTellsTheProcess(t *testing.T) {
	w := newWorld(t)
	w.writeLock(record(ourHost, daemon(t, w.dir)))
	s := decode[report.Status](t, w.run("status", "--json").want(t, 0).out)
	if s.Process == nil || !s.Process.Alive || s.Process.StartedAt == nil || !strings.Contains(s.Process.Command, lockcore.DaemonModule) {
		t.Fatalf("process %+v", s.Process)
	}
	if _, err := time.Parse(time.RFC3339, *s.Process.StartedAt); err != nil {
		t.Error(err)
	}
	if out := w.run("status", "--json").out; !strings.Contains(out, `"conflicts":[]`) {
		t.Errorf("no empty list of conflicts in %s", out)
	}
}

func TestStatusWithoutALockHasNulls(t *testing.T) {
	w := newWorld(t)
	out := w.run("status", "--json").want(t, 0).out
	for _, part := range []string{`"record":null`, `"token":""`, `"process":null`, `"conflicts":[]`} {
		if !strings.Contains(out, part) {
			t.Errorf("no %s in %s", part, out)
		}
	}
}

func TestStatusOfSeveralStores(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	w.writeLock(foreign())
	args := []string{"--store", w.dir, "status", "--store", other.dir, "--store", w.dir + "/.", "--json", "--exit-code"}
	lines := strings.Split(strings.TrimSpace(w.run(args...).want(t, 11).out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines, want 2: %q", len(lines), lines)
	}
	for i, want := range []string{w.dir, other.dir} {
		if s := decode[report.Status](t, lines[i]); s.Store != want {
			t.Errorf("line %d is of %s, want %s", i, s.Store, want)
		}
	}
}

func TestStatusTextIsSafeAndPlain(t *testing.T) {
	w := newWorld(t)
	w.write(".locked", []byte(`{"pid":4242,"hostname":"evil\u001b]0;x\u0007\u202e\nlock","started_at":"\u001b[2J","schema_version":1}`))
	for _, args := range [][]string{{"status"}, {"status", "-v"}, {"unlock", "--yes"}} {
		if out := w.run(args...).want(t, 0).out; strings.ContainsAny(out, "\x1b\x07\u202e") || !strings.Contains(out, "evil") {
			t.Errorf("%v: %q", args, out)
		}
	}
}

// TestWorstOfSeveral: each state wins over all that stand after it in the order of the exit codes.
func TestWorstOfSeveral(t *testing.T) {
	order := []lockcore.State{lockcore.Contested, lockcore.Corrupt, lockcore.Stale, lockcore.Unknown, lockcore.HeldElsewhere,
		lockcore.HeldHere, lockcore.Unlocked}
	codes := []int{13, 14, 12, 15, 11, 10, 0}
	if len(order) != len(lockcore.States()) {
		t.Fatal("a state has no place in the order")
	}
	for i, worst := range order {
		looks := []seen{}
		for _, s := range order[i:] {
			looks = append([]seen{{Snapshot: lockcore.Snapshot{State: s}}}, looks...)
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
