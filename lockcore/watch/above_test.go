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

// What happens above a store.

// inundate makes too much happen in a directory. What is made stays: fsnotify's kqueue tells of what it finds there.
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

// inundated makes things happen in a directory until the health says what is wanted: a kqueue tells of several changes at once.
func (s *session) inundated(dir string, is func(Health) bool) Health {
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
	s.t.Fatal("waited for the health of the store")
	return Health{}
}

// takeUntil takes events until one names a path, and returns how many there were in a directory.
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

// answered waits until all is watched that is to be.
func answered(h *fileHints) {
	for !h.asked.IsZero() {
		h.accept(<-h.answers, time.Now())
	}
}

// A directory in which too much happens is not watched for a while: nothing that happens there wakes anybody.
func TestFloodedDirectoryIsLeft(t *testing.T) {
	t.Parallel()
	home, away := resolved(t), resolved(t)
	link(t, filepath.Join(away, "store"), filepath.Join(home, "link"))
	for _, c := range []struct {
		name, dir string
		make      string // is made first
		events    bool   // while the home directory is left
		watched   []string
	}{
		{"it is missing there", filepath.Join(home, "missing"), "", false, nil},
		{"its link is there", filepath.Join(home, "link"), filepath.Join(away, "store"), true, []string{filepath.Join(away, "store")}},
	} {
		if c.make != "" {
			mkdir(t, c.make)
		}
		h := newFileHints(2, system{newWatcher: fsnotify.NewWatcher})
		h.restart()
		t.Cleanup(h.close)
		marked := mkdir(t, resolved(t), "marked")
		h.follow(1, h.find(marked), time.Now()) // another store, whose events say that all earlier ones were taken
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
			t.Errorf("%s: %d events of what is left", c.name, n)
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
			{floodPause, true, busy}, // tried: what is said does not change with it
			{floodPause + floodTime - 1, false, busy},
			{floodPause + floodTime, false, Health{Events: true, Interval: PollInterval}},
		} {
			h.follow(0, h.find(c.dir), began.Add(s.after))
			if fresh := !h.asked.IsZero(); fresh != s.fresh {
				t.Errorf("%s: after %v: watched anew %v", c.name, s.after, fresh)
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

// A store is never left, not even one that is on the way to another.
func TestFloodedStoreIsNotLeft(t *testing.T) {
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

// Whoever watches where too much happens hears of it, looks in vain for a while, and is told at once again when the store is there.
func TestFloodIsTold(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*system){
		"each entry": nil,
		"as a whole": sparsely(make(chan *wholes, 100)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := resolved(t)
			dir := filepath.Join(home, "store")
			s := watchDirs(t, time.Second, change, dir)
			s.health(seeing)
			if h := s.inundated(home, blind); !strings.Contains(h.Problem, home) || h.Interval != time.Second {
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

// Only a link that is turned is seen late where too much happens beside it.
func TestFloodBesideALink(t *testing.T) {
	t.Parallel()
	base := resolved(t)
	home, disk := mkdir(t, base, "home"), mkdir(t, base, "disk")
	link(t, disk, filepath.Join(home, "link"))
	s := watchDirs(t, 2*time.Second, nil, filepath.Join(home, "link"))
	s.health(func(h Health) bool { return h == Health{Events: true, Interval: 2 * time.Second} })
	s.inundated(home, func(h Health) bool { return h.Events && strings.Contains(h.Problem, "link") })
	put(t, disk, 1, there)
	s.holder(1)
	other := mkdir(t, base, "other")
	put(t, other, 2, there)
	link(t, other, filepath.Join(home, "link"))
	s.holder(2)
}

// One store lies in the other, or beside a link to it: fsnotify does not tell that a directory went where the one above it is watched,
// since that one tells it.
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
			s := watchDirs(t, unheard, nil, other, dir)
			s.each(2, func(c Change) bool { return c.Event == Initial })
			inner := func(want lockcore.Reason) {
				s.await(string(want), func(c Change) bool { return c.Store == 1 && c.To.Reason == want })
			}
			for i := range 5 {
				put(t, mkdir(t, dir), 100+i, there)
				s.await("the holder", func(c Change) bool { return c.Store == 1 && c.To.Record.PID == 100+i })
				if i%2 == 0 {
					ok(t, os.RemoveAll(dir))
				} else {
					ok(t, os.Rename(dir, filepath.Join(t.TempDir(), "away")))
				}
				inner(lockcore.StoreMissing)
			}
		})
	}
}

// Where a link leads to comes later, step by step, and goes again.
func TestTargetOfALinkComesLater(t *testing.T) {
	t.Parallel()
	base := resolved(t)
	at := filepath.Join(base, "home", "link")
	target := filepath.Join(base, "disk", "a", "store")
	s := watchDirs(t, unheard, nil, at)
	s.until(lockcore.Unknown, lockcore.StoreMissing)
	mkdir(t, filepath.Dir(at))
	link(t, target, at)
	for i := range 3 {
		put(t, mkdir(t, target), 1+i, there)
		s.holder(1 + i)
		ok(t, os.Rename(target, fmt.Sprint(target, i)))
		s.until(lockcore.Unknown, lockcore.StoreMissing)
		put(t, mkdir(t, target), 10+i, there)
		s.holder(10 + i)
		ok(t, os.RemoveAll(filepath.Join(base, "disk")))
		s.until(lockcore.Unknown, lockcore.StoreMissing)
	}
	ok(t, os.Remove(at))
	put(t, mkdir(t, at), 99, there)
	s.holder(99)
}

// On Linux a directory that somebody has open tells that it went only when it is closed: the poll sees what took its place.
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
