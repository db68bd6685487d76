//go:build unix

package watch

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

// deaf makes Watchers deliver no events, and no errors but those that a test sends. It sends each Watcher's channel of errors to made.
func deaf(made chan<- chan error) func(*system) {
	return func(s *system) {
		s.newWatcher = func() (*fsnotify.Watcher, error) {
			w, err := fsnotify.NewBufferedWatcher(1 << 16)
			if err == nil {
				w.Events, w.Errors = make(chan fsnotify.Event), make(chan error)
				made <- w.Errors
			}
			return w, err
		}
	}
}

func TestNoEventsArrive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := watchDirs(t, 50*time.Millisecond, deaf(make(chan chan error, 10)), dir)
	s.until(lockcore.Unlocked, "")
	for i := range 3 {
		put(t, dir, 1000+i, there)
		s.holder(1000 + i)
	}
	ok(t, os.RemoveAll(dir))
	s.until(lockcore.Unknown, lockcore.StoreMissing)
	mkdir(t, dir)
	s.until(lockcore.Unlocked, "")
}

func TestOverflow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	made := make(chan chan error, 10)
	s := watchDirs(t, never, deaf(made), dir)
	s.until(lockcore.Unlocked, "")
	for i := range 2 {
		put(t, dir, 1000+i, there)
		errs := <-made // in the second round of a new Watcher: after lost events it is uncertain what the old one watches
		errs <- fsnotify.ErrEventOverflow
		close(errs)
		s.holder(1000 + i)
	}
}

// TestNoWatcher makes fsnotify fail to start, and then succeed.
func TestNoWatcher(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fail := make(chan error, 1)
	fail <- &os.SyscallError{Syscall: "inotify_init1", Err: syscall.EMFILE}
	s := watchDirs(t, 500*time.Millisecond, func(s *system) {
		s.newWatcher = func() (*fsnotify.Watcher, error) {
			err := <-fail
			fail <- err
			if err != nil {
				return nil, err
			}
			return fsnotify.NewWatcher()
		}
	}, dir)
	h := s.health(blind)
	if h.Problem == "" || h.Interval != 500*time.Millisecond {
		t.Errorf("health %+v", h)
	}
	put(t, dir, 1, there)
	s.holder(1)
	<-fail
	fail <- nil
	s.health(seeing)
	put(t, dir, 2, there)
	s.holder(2)
}

// TestWatcherDies makes the Watcher end by itself.
func TestWatcherDies(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	made := make(chan *fsnotify.Watcher, 10)
	s := watchDirs(t, never, func(s *system) {
		s.newWatcher = func() (*fsnotify.Watcher, error) {
			w, err := fsnotify.NewWatcher()
			made <- w
			return w, err
		}
	}, dir)
	s.until(lockcore.Unlocked, "")
	s.health(seeing)
	ok(t, (<-made).Close())
	<-made
	put(t, dir, 1, there)
	s.holder(1)
}

// TestPermission checks that a store that may not be read is reported as such, and is seen again once it may be read. The permission is
// missing at the start or withdrawn later.
func TestPermission(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		asNobody(t)
		return
	}
	base := t.TempDir()
	dir := mkdir(t, base, "parent", "store")
	put(t, dir, 1, there)
	ok(t, os.Chmod(dir, 0))
	s := watchDirs(t, lossyPoll, nil, dir)
	s.until(lockcore.Unknown, lockcore.Permission)
	s.health(blind)
	ok(t, os.Chmod(dir, 0o700))
	s.holder(1)
	s.health(seeing)
	for i, path := range []string{dir, dir + "/.locked"} {
		ok(t, os.Chmod(path, 0))
		s.until(lockcore.Unknown, lockcore.Permission)
		ok(t, os.Chmod(path, 0o700))
		s.holder(1 + i)
		put(t, dir, 2+i, there)
		s.holder(2 + i)
	}
	s = watchDirs(t, time.Second, nil, dir) // the poll finds changes further up
	s.holder(3)
	ok(t, os.Chmod(base+"/parent", 0))
	s.await("unknown", func(c Change) bool { return c.To.State == lockcore.Unknown })
	ok(t, os.Chmod(base+"/parent", 0o700))
	s.holder(3)
}

// hanging simulates a store on a dead mount: its reads block while the gate is shut.
type hanging struct {
	*lockcore.Store
	gate chan bool
}

func hangingAt(t *testing.T, dir string) hanging { return hanging{open(t, dir), make(chan bool, 1)} }

func (h hanging) Look(m lockcore.Memory, first func(lockcore.State, lockcore.Token)) lockcore.Snapshot {
	h.gate <- true
	defer func() { <-h.gate }()
	return h.Store.Look(m, first)
}

// TestHangingStore checks that a store that hangs is reported as such and delays no other, and that the health of each store is
// reported after its own first look.
func TestHangingStore(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	dead, alive := mkdir(t, base, "dead"), mkdir(t, base, "alive")
	h := hangingAt(t, dead)
	h.gate <- true // shut
	s := watchStores(t, never, nil, h, open(t, alive))
	var timeout Change // comes after 2 s, which may be before everything else if this machine stalls
	other := func(c Change) bool {
		if c.Store == 0 {
			timeout = c
		}
		return c.Store == 1
	}
	s.await("the other store", other)
	put(t, alive, 1, there)
	if c := s.await("its change", other); c.To.Record.PID != 1 {
		t.Errorf("the other store is %v", c.To.State)
	}
	if timeout.Event == NoEvent {
		timeout = s.until(lockcore.Unknown, lockcore.Timeout)
	}
	if timeout.Event != Initial || timeout.Store != 0 || timeout.To.Reason != lockcore.Timeout {
		t.Errorf("%q of store %d: %s", timeout.Event, timeout.Store, timeout.To.Reason)
	}
	put(t, dead, 2, there)
	<-h.gate // open
	s.holder(2)
	for _, store := range []int{1, 0} {
		if h := <-s.healths; h.store != store || !h.Events {
			t.Errorf("%+v, want store %d", h, store)
		}
	}
	h.gate <- true // shut, while it is watched
	put(t, dead, 3, there)
	s.until(lockcore.Unknown, lockcore.Timeout)
	<-h.gate
	s.holder(3)
}

// TestBusyConsumer checks that a slow consumer makes no look overdue.
func TestBusyConsumer(t *testing.T) {
	list, state := []store{}, t.TempDir()
	for range 5 {
		s, err := lockcore.Open(t.TempDir(), lockcore.Options{Hostname: here, StateDir: state})
		ok(t, err)
		list = append(list, s)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		seen := make(chan Change, 100)
		sys := realSystem()
		stillTime(&sys)
		done := make(chan struct{})
		go func() {
			defer close(done)
			run(ctx, Config{Poll: never, Health: func(int, Health) {}, Glimpse: func(int, lockcore.State) {}, Emit: func(c Change) {
				seen <- c
				time.Sleep(2 * lockcore.ReadTimeout)
			}}, list, sys)
		}()
		for range list {
			if c := <-seen; c.To.State != lockcore.Unlocked {
				t.Errorf("store %d: %v %s", c.Store, c.To.State, c.To.Reason)
			}
		}
		cancel()
		<-done
	})
}

// TestWakingIsReported checks that a large advance of the wall clock over the monotonic one counts as sleep, and that only the next turn
// notes it.
func TestWakingIsReported(t *testing.T) {
	for _, test := range []struct {
		wall, monotonic time.Duration
		want            bool
	}{
		{time.Hour, time.Hour, false},
		{time.Hour, 59 * time.Minute, false},
		{8 * time.Hour, time.Second, true},
		{-time.Hour, time.Second, false}, // the clock was set
	} {
		if got := slept(test.wall, test.monotonic); got != test.want {
			t.Errorf("%v, %v: %v", test.wall, test.monotonic, got)
		}
	}
	l := &loop{now: time.Now(), wall: time.Now().Round(0)}
	if l.turn(); !l.woke.IsZero() {
		t.Errorf("woke at %v without a sleep", l.woke)
	}
	l.wall = l.wall.Add(-8 * time.Hour)
	if l.turn(); l.woke != l.now {
		t.Errorf("woke at %v, want %v", l.woke, l.now)
	}
	if l.turn(); l.woke == l.now {
		t.Error("woke twice")
	}
}

func TestErrorsAreTaken(t *testing.T) {
	t.Parallel()
	errs, overflow := make(chan error), make(chan struct{}, 1)
	done := make(chan bool)
	go func() { drainErrors(errs, overflow); close(done) }()
	for range 2 { // when the second is received, the first has been handled
		errs <- &fs.PathError{Op: "open", Path: "a", Err: syscall.ENOENT} // as if a file disappeared before kqueue could open it
	}
	select {
	case <-overflow:
		t.Error("a file that disappeared was taken for lost events")
	default:
	}
	for range 3 { // while nobody receives from overflow
		errs <- errors.New("some")
	}
	close(errs)
	<-done
	<-overflow
}
