package tray

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/internal/state"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// blockedDisplay is a display whose Show waits, as on macOS, for the main thread, which is busy ending the app.
type blockedDisplay struct {
	fakeDisplay
	once sync.Once
	busy chan struct{} // closed when Show waits
	free chan struct{}
}

func (d *blockedDisplay) Show(v view) error {
	if strings.Contains(printed(v), "Recent Activity") {
		d.once.Do(func() { close(d.busy) })
		<-d.free
	}
	return nil
}

// TestEndWhileDrawing checks that the state is on disk although the loop waits for the thread that ends the app.
func TestEndWhileDrawing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		signaled bool
	}{{"quit by the system", false}, {"SIGTERM", true}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stateDir := t.TempDir()
			store := newStores(t, 1, lockcore.Options{Hostname: "mac-a", StateDir: stateDir})[0]
			l := newLoop(Config{Stores: []*lockcore.Store{store}, StateDir: stateDir}, newLogs(io.Discard, true))
			l.screenAsleep = func() bool { return true } // so that the letter waits
			parent, signal := context.WithCancel(t.Context())
			defer signal()
			ctx, cancel := context.WithCancelCause(parent)
			l.begin()
			a := startApp(ctx, cancel, l, func() {})
			l.firstLooks(ctx)
			l.handOver()
			d := &blockedDisplay{busy: make(chan struct{}), free: make(chan struct{})}
			a.displays <- d

			to := lock(lockcore.HeldElsewhere, "", mini)
			to.Store = store.Dir()
			l.changes <- sighting{Change: watch.Change{At: time.Now(), Event: watch.TakenOver, From: noLock(lockcore.Unlocked, ""), To: to}}
			<-d.busy
			if test.signaled {
				signal()
			}
			a.end() // TestEndIsBounded checks how long it takes
			if lines, err := state.OpenJournal(stateDir).Last(0); err != nil || len(lines) != 1 || !strings.Contains(string(lines[0]), "mac-mini") {
				t.Errorf("%v, history: %s", err, lines)
			}
			saved, err := state.Read(stateDir)
			testfs.Check(t, err)
			messages, err := notify.DecodeSaved(saved.Told)
			_, letters := messages.Outbox.Take(time.Now().Add(time.Hour), false)
			letters = slices.DeleteFunc(letters, func(l notify.Letter) bool { return l.Slot == notify.GreetingSlot }) // there may be one
			if err != nil || len(letters) != 1 {
				t.Errorf("%v, letters for the next process: %v", err, letters)
			}
			a.end()
			close(d.free)
			a.loop.Wait()
		})
	}
}

// TestEndIsBounded checks that the end is quick even if everything hangs.
func TestEndIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		a := &app{cancel: func(error) {}, stopped: make(chan struct{})}
		a.loop.Go(func() { <-never })
		a.helpers.Go(func() { <-never })
		start := time.Now()
		a.stop()
		if took := time.Since(start); took != endTime || took >= time.Second {
			t.Errorf("it took %v", took)
		}
		close(never)
	})
}

// TestSaveBeforeTheEnd checks that save retries a failed write, and does not stop the app: after Windows asks whether the session may end,
// the session may go on.
func TestSaveBeforeTheEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unlock := lockState(t, dir)
	l := newLoop(Config{StateDir: dir}, newLogs(io.Discard, false))
	a := startApp(t.Context(), func(error) {}, l, func() {})
	defer a.end()
	l.jobs <- job{saving: &saving{host: "mac-a"}}
	a.save() // the keeper takes the job, but another writer has the file
	if saved, err := state.Read(dir); err != nil || len(saved.Names) != 0 {
		t.Fatalf("%v, %v", saved.Names, err)
	}
	unlock()
	a.save()
	if saved, err := state.Read(dir); err != nil || len(saved.Names) != 1 {
		t.Errorf("%v, %v", saved.Names, err)
	}
}

// TestSaveIsBounded checks that save is quick even if the keeper hangs.
func TestSaveIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &app{saves: make(chan chan<- struct{})}
		start := time.Now()
		a.save()
		if took := time.Since(start); took != endTime {
			t.Errorf("it took %v", took)
		}
	})
}
