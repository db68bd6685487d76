//go:build unix

package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

// The tests in this file are about events above a store, and about a store that disappears.

// inundate creates more directories in dir than a watch endures: afterwards dir is no longer watched, unless it is a store. They are not
// removed: fsnotify's kqueue lists dir after a change, and reports only entries that still exist.
func inundate(t testing.TB, dir string) {
	t.Helper()
	for range floodEvents + 1 {
		trickle(t, dir)
	}
}

func trickle(t testing.TB, dir string) {
	t.Helper()
	_, err := os.MkdirTemp(dir, "flood")
	ok(t, err)
}

// inundateUntil creates directories in a directory until the health is as wanted. Unlike with fsnotify (inundate) no fixed number suffices:
// the dirWatcher of macOS may report several changes at once.
func (s *session) inundateUntil(dir string, is func(Health) bool) Health {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); trickle(s.t, dir) {
		select {
		case h := <-s.healths:
			if is(h.Health) {
				return h.Health
			}
		default:
		}
	}
	s.t.Fatal("the wanted health was not reported")
	return Health{}
}

// takeUntil receives events until one names path, and returns how many events were in dir.
func takeUntil(h *fileHints, path, dir string) (n int) {
	for e := range h.events() {
		h.hints(e, true)
		if filepath.Dir(e.Name) == dir {
			n++
		}
		if e.Name == path {
			break
		}
	}
	return n
}

// answered waits until every request for watches is answered.
func answered(h *fileHints) {
	for !h.asked.IsZero() {
		h.accept(<-h.answers, time.Now())
	}
}

// TestFloodedDirectoryIsUnwatched checks that a directory with too many events is not watched for a while: no event there wakes the
// program.
func TestFloodedDirectoryIsUnwatched(t *testing.T) {
	t.Parallel()
	home, away := resolved(t), resolved(t)
	link(t, filepath.Join(away, "store"), filepath.Join(home, "link"))
	for _, c := range []struct {
		name, dir string
		make      string // directory to make first
		events    bool   // whether events remain while the home directory is not watched
		watched   []string
	}{
		{"the store is missing there", filepath.Join(home, "missing"), "", false, nil},
		{"the store's link is there", filepath.Join(home, "link"), filepath.Join(away, "store"), true, []string{filepath.Join(away, "store")}},
	} {
		if c.make != "" {
			mkdir(t, c.make)
		}
		h := hintsOf(t, 2, system{newWatcher: fsnotify.NewWatcher})
		marked := mkdir(t, resolved(t), "marked")
		h.follow(1, h.find(marked), time.Now()) // another store, whose events show that all earlier ones were received
		h.follow(0, h.find(c.dir), time.Now())
		answered(h)
		with := append(slices.Clone(c.watched), marked)
		slices.Sort(with)

		inundate(t, home)
		for h.asked.IsZero() {
			h.hints(<-h.events(), true)
		}
		answered(h)
		put(t, marked, 1, there)
		takeUntil(h, filepath.Join(marked, lockcore.LockName), home)
		if got := h.watchList(); !slices.Equal(got, with) || h.waits(0) {
			t.Errorf("%s: watched: %q, want %q", c.name, got, with)
		}
		inundate(t, home)
		put(t, marked, 2, there)
		if n := takeUntil(h, filepath.Join(marked, lockcore.LockName), home); n > 0 {
			t.Errorf("%s: %d events of an unwatched directory", c.name, n)
		}

		busy := h.health(0, PollInterval)
		if busy.Events != c.events || !strings.Contains(busy.Problem, home) {
			t.Errorf("%s: %+v", c.name, busy)
		}
		if h.health(1, PollInterval) != (Health{Events: true, Interval: PollInterval}) {
			t.Errorf("%s: the other store: %+v", c.name, h.health(1, PollInterval))
		}
		began := h.places[home].flood.since
		for _, s := range []struct {
			after time.Duration
			fresh bool
			want  Health
		}{
			{floodPause - 1, false, busy},
			{floodPause, true, busy}, // on probation, which does not change the health
			{floodPause + floodTime - 1, false, busy},
			{floodPause + floodTime, false, Health{Events: true, Interval: PollInterval}},
		} {
			h.follow(0, h.find(c.dir), began.Add(s.after))
			if fresh := !h.asked.IsZero(); fresh != s.fresh {
				t.Errorf("%s: after %v: newly watched %v", c.name, s.after, fresh)
			}
			answered(h)
			if got := h.health(0, PollInterval); got != s.want {
				t.Errorf("%s: after %v: %+v", c.name, s.after, got)
			}
		}
		if got := h.watchList(); !slices.Contains(got, home) {
			t.Errorf("%s: watched in the end: %q", c.name, got)
		}
	}
}

// TestFloodedStoreIsWatched checks that a store is always watched, even one that is on the way to another.
func TestFloodedStoreIsWatched(t *testing.T) {
	t.Parallel()
	outer := mkdir(t, resolved(t), "outer")
	s := watchDirs(t, never, nil, outer, filepath.Join(outer, "inner"))
	s.each(2, func(c Change) bool { return c.Event == Initial })
	for i := range 3 {
		inundate(t, outer)
		put(t, outer, 1+i, there)
		s.holder(1 + i)
	}
	put(t, mkdir(t, outer, "inner"), 9, there)
	s.holder(9)
	s.stop()
	close(s.healths)
	for h := range s.healths {
		if (h.Health != Health{Events: true, Interval: never}) {
			t.Errorf("%+v", h)
		}
	}
}

// TestFloodIsReported checks that the health reports a flooded directory, that the missing store is polled meanwhile, and that the store is
// watched once it exists.
func TestFloodIsReported(t *testing.T) {
	t.Parallel()
	for name, change := range everyWay {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := resolved(t)
			dir := filepath.Join(home, "store")
			s := watchDirs(t, time.Second, change, dir)
			s.health(seeing)
			if h := s.inundateUntil(home, blind); !strings.Contains(h.Problem, home) || h.Interval != time.Second {
				t.Errorf("%+v", h)
			}
			put(t, mkdir(t, dir), 1, there)
			s.holder(1)
			if h := s.health(seeing); h.Problem != "" {
				t.Errorf("%+v", h)
			}
		})
	}
}

// TestStoreBelowAWatchedDirectory removes and renames a store below a directory that is also watched. If the watched directory is the store's
// parent, fsnotify reports the removal only as an event of the parent. The store is inside another store, beside a link to it, or a
// directory that a link leads through.
func TestStoreBelowAWatchedDirectory(t *testing.T) {
	t.Parallel()
	for name, lay := range map[string]func(t *testing.T, base string) (other, dir string){
		"in a store":    func(t *testing.T, base string) (string, string) { return base, filepath.Join(base, "inner") },
		"deeper in one": func(t *testing.T, base string) (string, string) { return base, filepath.Join(base, "a", "b") },
		"beside its link": func(t *testing.T, base string) (string, string) {
			link(t, "real", filepath.Join(base, "link"))
			return filepath.Join(base, "link"), filepath.Join(base, "real")
		},
		"on the way of a link": func(t *testing.T, base string) (string, string) {
			link(t, "real/deep", filepath.Join(base, "link"))
			return filepath.Join(base, "link"), filepath.Join(base, "real")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other, dir := lay(t, resolved(t))
			s := watchDirs(t, lossyPoll, nil, other, dir)
			s.each(2, func(c Change) bool { return c.Event == Initial })
			for i := range 5 {
				put(t, mkdir(t, dir), 100+i, there)
				s.await("the holder", func(c Change) bool { return c.Store == 1 && c.To.Record.PID == 100+i })
				if i%2 == 0 {
					ok(t, os.RemoveAll(dir))
				} else {
					ok(t, os.Rename(dir, filepath.Join(t.TempDir(), "away")))
				}
				s.await("the missing store", func(c Change) bool { return c.Store == 1 && c.To.Reason == lockcore.StoreMissing })
			}
		})
	}
}

// TestTargetOfALinkComesLater has a link on the way to the store, and retargets it. Each time the target is created after the link; then the
// store is moved away and made again, and the target is removed. In the end a directory replaces the link.
func TestTargetOfALinkComesLater(t *testing.T) {
	t.Parallel()
	for name, change := range everyWay {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := resolved(t)
			at := filepath.Join(base, "home", "link")
			poll := lossyPoll
			if name == "as a whole" { // the dirWatcher misses no change, so no poll is needed
				poll = never
			}
			s := watchDirs(t, poll, change, filepath.Join(at, "a", "store"))
			s.until(lockcore.Unknown, lockcore.StoreMissing)
			mkdir(t, filepath.Dir(at))
			for i := range 3 {
				disk := filepath.Join(base, fmt.Sprint("disk", i))
				link(t, disk, at)
				dir := mkdir(t, disk, "a", "store")
				put(t, dir, 100+i, there)
				s.holder(100 + i)
				put(t, dir, 200+i, there)
				s.holder(200 + i)
				ok(t, os.Rename(dir, dir+".old"))
				s.until(lockcore.Unknown, lockcore.StoreMissing)
				put(t, mkdir(t, dir), 300+i, there)
				s.holder(300 + i)
				ok(t, os.RemoveAll(disk))
				s.until(lockcore.Unknown, lockcore.StoreMissing)
			}
			ok(t, os.Remove(at))
			put(t, mkdir(t, at, "a", "store"), 99, there)
			s.holder(99)
		})
	}
}

// TestRemovedWhileItIsOpen removes a directory that another program has open. Linux reports the removal only when that program closes the
// directory, so the poll finds that the store is missing.
func TestRemovedWhileItIsOpen(t *testing.T) {
	t.Parallel()
	dir := mkdir(t, resolved(t), "store")
	s := watchDirs(t, time.Second, nil, dir)
	s.until(lockcore.Unlocked, "")
	s.health(seeing)
	for i := range 3 {
		f, err := os.Open(dir)
		ok(t, err)
		defer f.Close()
		ok(t, os.RemoveAll(dir))
		s.until(lockcore.Unknown, lockcore.StoreMissing)
		put(t, mkdir(t, dir), 1+i, there)
		s.holder(1 + i)
	}
}
