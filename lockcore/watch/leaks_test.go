//go:build unix

package watch

import (
	"context"
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// TestNothingIsLeft checks that many swaps of the directory leave no descriptor open, and that Run leaves neither descriptors nor
// goroutines. A directory that is renamed and removed at once makes fsnotify send an error with its mutex held.
func TestNothingIsLeft(t *testing.T) {
	if os.Getenv(aloneVariable) == "" {
		t.Parallel()
		alone(t)
		return
	}
	end(t, sleeper(t)) // the first one starts goroutines that the runtime keeps
	all, goroutines := descriptors(), runtime.NumGoroutine()
	base := t.TempDir()
	dir := mkdir(t, base, "store")
	put(t, dir, 1, there) // kqueue opens each file
	holder := sleeper(t)
	s := &session{t: t, changes: make(chan Change, 100000), healths: make(chan healthOf, 1000)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	config := Config{Stores: []*lockcore.Store{open(t, dir)}, Poll: lossyPoll, Emit: func(c Change) { s.changes <- c },
		Health: func(i int, h Health) { s.healths <- healthOf{i, h} }}
	go func() { done <- Run(ctx, config) }()
	s.health(seeing)
	const spare = 1 // fsnotify's kqueue may keep what it opened as the temporary file of the last lock
	before := descriptors()
	for i := range testfs.Rounds(50, 1000) {
		next := mkdir(t, base, "next")
		if i%50 == 49 {
			put(t, next, holder.Process.Pid, here)
		} else {
			put(t, next, 1000+i, there)
		}
		ok(t, os.Rename(dir, dir+".old"))
		ok(t, os.Rename(next, dir))
		ok(t, os.RemoveAll(dir+".old"))
	}
	s.holder(holder.Process.Pid)
	put(t, dir, 1, there)
	s.holder(1)
	end(t, holder)
	s.until(lockcore.HeldElsewhere, "")
	settledAt(t, before+spare, descriptors)
	cancel()
	ok(t, <-done)
	settledAt(t, goroutines, runtime.NumGoroutine)
	settledAt(t, all, descriptors)
}

// descriptors counts the open descriptors of this process.
func descriptors() (n int) {
	const most = 4096 // far more than this test has
	for fd := range uintptr(most) {
		if _, err := unix.FcntlInt(fd, unix.F_GETFD, 0); err == nil {
			n++
		}
	}
	return n
}

// settledAt waits until a count is at most want, or fails with the stacks of all goroutines.
func settledAt(t *testing.T, want int, count func() int) {
	t.Helper()
	for end := time.Now().Add(patience); count() > want; runtime.Gosched() {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d are left, want at most %d:\n%s", count(), want, stacks[:runtime.Stack(stacks, true)])
		}
	}
}
