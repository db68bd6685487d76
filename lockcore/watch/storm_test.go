//go:build unix

package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// TestStormOnTheLock checks that a storm on the lock costs at most 20 looks a second, and that the last state is seen.
func TestStormOnTheLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := &counting{Store: open(t, dir)}
	s := watchStores(t, lossyPoll, nil, store)
	s.until(lockcore.Unlocked, "")
	looks, began, last := store.looks.Load(), time.Now(), 0
	for ; time.Since(began) < time.Duration(testfs.Rounds(1, 2))*time.Second; last++ {
		put(t, dir, 1000+last, there)
		if last%7 == 0 {
			ok(t, os.Remove(filepath.Join(dir, lockcore.LockName)))
		}
	}
	put(t, dir, 999, there)
	s.holder(999)
	looks, took := store.looks.Load()-looks, time.Since(began)
	if most := 20 * took.Seconds(); float64(looks) > most {
		t.Errorf("%d looks in %v, want at most %.0f", looks, took, most)
	}
	t.Logf("%d changes, %d looks in %v", last, looks, took)
}

// TestStormOfOtherFiles checks that a storm of other files in the store and its .lockbar costs no look at all.
func TestStormOfOtherFiles(t *testing.T) {
	t.Parallel()
	for name, change := range everyWay {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			put(t, dir, sleeper(t).Process.Pid, here) // plainly ours, so that the daemon's state does not matter
			state, peers := filepath.Join(dir, daemonState), mkdir(t, dir, lockcore.PeersName)
			mini := filepath.Join(peers, "mini-00000001.json")
			replace(t, mini, []byte("hello"))
			l := listen(t, dir, change)
			before := l.looks.Load()
			for i := range testfs.Rounds(100, 1000) {
				for _, noise := range []string{filepath.Join(dir, fmt.Sprint("records.", i%10, ".db")), filepath.Join(peers, ".mini.json"),
					filepath.Join(peers, ".syncthing.mini-00000001.json.tmp"), filepath.Join(peers, "mini.json~"), filepath.Join(peers, fmt.Sprint("file", i))} {
					replace(t, noise, []byte("x"))
					ok(t, os.Remove(noise))
				}
				replace(t, state, []byte("{}"))
				ok(t, os.Chmod(state, 0o600))
				ok(t, os.Chmod(mini, 0o600))
			}
			quiet(t, l.counting) // so that the last events of the storm have been handled
			if n := l.looks.Load() - before; n != 0 {
				t.Errorf("%d looks, want none", n)
			}
			replace(t, mini, []byte("again"))
			l.until(t, "again")
		})
	}
}

// quiet waits until no look has happened for 4 * SettleTime.
func quiet(t *testing.T, store *counting) {
	t.Helper()
	for end := time.Now().Add(patience); ; {
		before := store.looks.Load()
		time.Sleep(4 * lockcore.SettleTime) // the absence of an event cannot be waited for otherwise
		if store.looks.Load() == before {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the looks do not end")
		}
	}
}

// TestManyStores checks that a hundred stores share one Watcher, so one inotify instance, and that a store that hangs for good delays
// neither the others nor the end of the watch.
func TestManyStores(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	hung := hangingAt(t, mkdir(t, base, "hung"))
	hung.gate <- true
	list := []store{hung}
	for i := range 100 {
		list = append(list, open(t, mkdir(t, base, fmt.Sprint(i))))
	}
	var watchers atomic.Int64
	s := watchStores(t, lossyPoll, func(s *system) {
		s.newWatcher = func() (*fsnotify.Watcher, error) { watchers.Add(1); return fsnotify.NewWatcher() }
	}, list...)
	s.each(100, func(c Change) bool { return c.Store > 0 && c.To.State == lockcore.Unlocked })
	if n := watchers.Load(); n != 1 {
		t.Errorf("%d Watchers, want 1", n)
	}
	for round := range testfs.Rounds(1, 3) {
		for i := 1; i <= 100; i++ {
			put(t, list[i].Dir(), 1000*(round+1)+i, there)
		}
		s.each(100, func(c Change) bool { return c.To.Record.PID == 1000*(round+1)+c.Store })
	}
	s.stop()
	<-hung.gate
}
