package cli

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// patience is how long a test waits for what should come at once: only a fault takes so long.
const patience = 20 * time.Second

// watcher is a watch under way.
type watcher struct {
	t     *testing.T
	cmd   *exec.Cmd
	out   io.Closer
	lines chan string
}

func (w *world) watch(args ...string) *watcher {
	w.t.Helper()
	cmd := w.command(append([]string{"watch"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	}()
	return &watcher{w.t, cmd, out, lines}
}

func (w *watcher) line() string {
	w.t.Helper()
	select {
	case line, ok := <-w.lines:
		if !ok {
			w.t.Fatal("the watch ended")
		}
		return line
	case <-time.After(patience):
		w.t.Fatal("no line came")
	}
	return ""
}

func (w *watcher) want(event watch.Event, state lockcore.State) report.Entry {
	w.t.Helper()
	o := decode[report.Entry](w.t, w.line())
	if o.Event != event || o.To.State != state {
		w.t.Fatalf("%s to %v (%s), want %s to %v", o.Event, o.To.State, o.To.Reason, event, state)
	}
	return o
}

func (w *watcher) wantExit(code int) {
	w.t.Helper()
	ended := make(chan struct{})
	go func() { _ = w.cmd.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(patience):
		w.t.Fatal("the watch does not end")
	}
	if got := w.cmd.ProcessState.ExitCode(); got != code {
		w.t.Errorf("exit code %d (%v), want %d", got, w.cmd.ProcessState, code)
	}
}

func TestWatchTellsAStory(t *testing.T) {
	w := newWorld(t)
	ours := holder(t, lockcore.DaemonModule)
	watching := w.watch("--json")
	first := watching.want(watch.Initial, lockcore.Unlocked)
	if first.From != nil {
		t.Errorf("from is %+v at first", first.From)
	}
	w.writeLock(record(ourHost, ours.Process.Pid))
	o := watching.want(watch.Acquired, lockcore.HeldHere)
	if !reflect.DeepEqual(o.From, first.To) || o.At != o.To.CheckedAt {
		t.Errorf("from is %+v, want what the line before had as to: %+v", o.From, first.To)
	}
	w.writeLock(foreign())
	watching.want(watch.TakenOver, lockcore.Contested)
	if err := ours.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	watching.want(watch.Cleared, lockcore.HeldElsewhere)
	w.run("unlock", "--yes").want(t, 0)
	watching.want(watch.WasRemoved, lockcore.Unlocked)
	w.run("restore").want(t, 0)
	watching.want(watch.WasRestored, lockcore.HeldElsewhere)
	w.write(".locked", []byte("garbage"))
	watching.want(watch.Corrupted, lockcore.Corrupt)
	interrupt(t, watching)
}

func interrupt(t *testing.T, w *watcher) {
	if runtime.GOOS == "windows" {
		_ = w.cmd.Process.Kill()
		return
	}
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	w.wantExit(0)
}

func TestWatchOfSeveralStoresNamesThem(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	other.writeLock(foreign())
	watching := w.watch("--store", w.dir, "--store", other.dir)
	first, second := watching.line(), watching.line()
	both := first + "\n" + second
	for _, part := range []string{w.dir + ": ", other.dir + ": ", "held-elsewhere", "unlocked", "initial", "mac-mini"} {
		if !strings.Contains(both, part) {
			t.Errorf("no %q in %q", part, both)
		}
	}
	interrupt(t, watching)
}

// TestWatchEndsWithItsReader: `lockbar watch | head -1` must not stay behind until the next event.
func TestWatchEndsWithItsReader(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a Windows pipe tells only the next writer")
	}
	w := newWorld(t)
	watching := w.watch()
	watching.line()
	watching.out.Close()
	watching.wantExit(0)
}
