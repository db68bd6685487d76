package tray

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// TestUnreadableStateIsLogged checks that the log names a state file that cannot be read.
func TestUnreadableStateIsLogged(t *testing.T) {
	dir := t.TempDir()
	testfs.Check(t, os.WriteFile(filepath.Join(dir, "state.json"), []byte("{,"), 0o600))
	var logged strings.Builder
	if _, _, readable := readSaved(dir, newLogs(&logged, false)); readable || !strings.Contains(logged.String(), "state.json") {
		t.Errorf("readable: %t, logged %q", readable, logged.String())
	}
}

// TestNewerSavingReplacesTheOlder checks that of two savings that the keeper has not begun it gets the newer one.
func TestNewerSavingReplacesTheOlder(t *testing.T) {
	l := newLoop(Config{}, newLogs(io.Discard, false))
	for _, host := range []string{"older", "newer"} {
		l.pending.saving = &saving{host: host}
		l.handOver()
	}
	if j := <-l.jobs; j.saving.host != "newer" {
		t.Errorf("the %s saving is left", j.saving.host)
	}
}

// lockState takes the lock of the state file, as another writer does, until the returned function is called.
func lockState(t *testing.T, dir string) (unlock func()) {
	t.Helper()
	lock, err := fsx.OpenLock(filepath.Join(dir, "state.json.guard"))
	testfs.Check(t, err)
	t.Cleanup(func() { lock.Close() })
	if err := fsx.TryLock(lock); errors.Is(err, fsx.ErrNoLocks) {
		t.Skip(err)
	}
	return func() { lock.Close() }
}

// TestLettersGoAlthoughAWriterHangs checks that letters are sent, and that the state is saved when the other writer is done.
func TestLettersGoAlthoughAWriterHangs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unlock := lockState(t, dir)
	sent := 0
	k := newKeeper(dir, newLogs(io.Discard, false), func(notify.Letter) error { sent++; return nil })
	k.do(job{saving: &saving{host: "mac-a"}, letters: []notify.Letter{{}}})
	if sent != 1 {
		t.Errorf("%d sent while the other writer hangs", sent)
	}
	k.plan()
	if k.retry == nil || k.pause != firstPause {
		t.Errorf("the first retry is after %v", k.pause)
	}
	k.plan()
	if k.pause != 2*firstPause {
		t.Errorf("the second retry is after %v", k.pause)
	}
	unlock()
	k.do(job{})
	k.plan()
	if s, err := state.Read(dir); err != nil || len(s.Names) != 1 || k.retry != nil || sent != 1 {
		t.Errorf("%+v, %v; %d sent", s, err, sent)
	}
}

// TestHistoryThatCannotBeWrittenWaits checks that unwritten lines wait in their order, up to a limit.
func TestHistoryThatCannotBeWrittenWaits(t *testing.T) {
	dir := t.TempDir()
	journal := filepath.Join(dir, "history.jsonl")
	testfs.Check(t, os.MkdirAll(filepath.Join(journal, "in the way"), 0o700))
	k := newKeeper(dir, newLogs(io.Discard, false), nil)
	for i := range maxUnwritten + 10 {
		k.do(job{lines: []historyLine{historyLineOf(i)}})
	}
	testfs.Check(t, os.RemoveAll(journal))
	k.do(job{})
	data, err := os.ReadFile(journal)
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if err != nil || len(lines) != maxUnwritten || !strings.Contains(lines[0], `"sha256:10"`) ||
		!strings.Contains(lines[maxUnwritten-1], fmt.Sprintf(`"sha256:%d"`, maxUnwritten+9)) || !k.unwritten.empty() {
		t.Errorf("%d lines, %v, the first is %s", len(lines), err, lines[0])
	}
}

// historyLineOf returns the line of the event with that number.
func historyLineOf(i int) historyLine {
	at := time.Date(2026, 11, 22, 14, 0, i, 0, time.UTC)
	seen := lockcore.Snapshot{Store: "/store", State: lockcore.HeldElsewhere, Token: lockcore.Token(fmt.Sprint("sha256:", i))}
	return historyLine{entry: report.NewEntry(watch.Acquired, report.NewStatus(seen, at), report.NewStatus(seen, at))}
}

// TestPastNamesBothMachines checks that a takeover between two long names shows both.
func TestPastNamesBothMachines(t *testing.T) {
	from, to := lock(lockcore.HeldElsewhere, "", mini), lock(lockcore.HeldElsewhere, "", mini)
	from.Record.Hostname, to.Record.Hostname = "christophers-macbook-pro-2.local", "christophers-macbook-pro-3.local"
	p := pastOf(report.NewEntry(watch.TakenOver, report.NewStatus(from, noon), report.NewStatus(to, noon)))
	if want := "christoph…book-pro-3 took over from christoph…book-pro-2"; p.Sentence != want {
		t.Errorf("%q, want %q", p.Sentence, want)
	}
}
