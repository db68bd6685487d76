package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"lockbar/lockcore"
)

// moment is where these tests begin; nothing in them looks at a clock.
var moment = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return moment.Add(d) }

func TestDoubt(t *testing.T) {
	held := lockcore.Snapshot{State: lockcore.HeldElsewhere, Token: "sha256:a"}
	unlocked := lockcore.Snapshot{State: lockcore.Unlocked}
	corrupt := lockcore.Snapshot{State: lockcore.Corrupt, Token: "sha256:c"}
	missing := lockcore.Snapshot{State: lockcore.Unknown, Reason: lockcore.StoreMissing}
	ours := lockcore.Change{Kind: lockcore.ChangeUnlock, Token: held.Token, At: moment, Backup: "b"}
	ago := func(d time.Duration) lockcore.Snapshot {
		return lockcore.Snapshot{State: lockcore.Unlocked, Changed: moment.Add(-d)}
	}
	cases := []struct {
		name   string
		shown  lockcore.Snapshot
		absent time.Time
		snap   lockcore.Snapshot
		own    lockcore.Change
		want   bool
	}{
		{"gone", held, time.Time{}, unlocked, lockcore.Change{}, true},
		{"still gone, too early", held, after(-lockcore.SettleTime + 1), unlocked, lockcore.Change{}, true},
		{"still gone", held, after(-lockcore.SettleTime), unlocked, lockcore.Change{}, false},
		{"gone by us", held, time.Time{}, unlocked, ours, false},
		{"gone, and we removed another", held, time.Time{}, unlocked, lockcore.Change{Kind: ours.Kind, Token: "sha256:b", At: moment}, true},
		{"gone, and we took over long ago", held, time.Time{}, unlocked, lockcore.Change{Kind: ours.Kind, Token: ours.Token, At: after(-time.Hour)}, true},
		{"gone, and we restored", held, time.Time{}, unlocked, lockcore.Change{Kind: lockcore.ChangeRestore, Token: ours.Token, At: moment}, true},
		{"gone while its daemon runs", held, time.Time{}, lockcore.Snapshot{State: lockcore.Contested, Reason: lockcore.LockMissing}, lockcore.Change{}, true},
		{"there", unlocked, time.Time{}, held, lockcore.Change{}, false},
		{"unreadable", held, time.Time{}, missing, lockcore.Change{}, false},
		{"empty store appears", missing, time.Time{}, unlocked, lockcore.Change{}, true},
		{"still unlocked", unlocked, time.Time{}, unlocked, lockcore.Change{}, false},
		{"first look, changed just now", lockcore.Snapshot{}, time.Time{}, ago(lockcore.SettleTime / 2), lockcore.Change{}, true},
		{"first look, long since", lockcore.Snapshot{}, time.Time{}, ago(time.Hour), lockcore.Change{}, false},
		{"corrupt", held, time.Time{}, corrupt, lockcore.Change{}, true},
		{"still corrupt", held, after(-lockcore.SettleTime), corrupt, lockcore.Change{}, false},
		{"corrupt by us", unlocked, time.Time{}, corrupt, lockcore.Change{Kind: lockcore.ChangeRestore, Token: corrupt.Token}, false},
		{"otherwise corrupt", corrupt, time.Time{}, corrupt, lockcore.Change{}, false},
		{"corrupt, then gone", corrupt, time.Time{}, unlocked, lockcore.Change{}, true},
		{"first look, corrupt long since", lockcore.Snapshot{}, time.Time{}, corrupt, lockcore.Change{}, false},
		{"first look, a clock far ahead", lockcore.Snapshot{}, time.Time{}, ago(-time.Hour), lockcore.Change{}, false},
	}
	for _, c := range cases {
		f := follower{shown: c.shown, absent: c.absent}
		if c.snap.State == lockcore.Corrupt {
			f = follower{shown: c.shown, torn: c.absent}
		}
		if got := f.doubt(c.snap, c.own, moment); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// When the next look is, after what happened.
func TestNextLook(t *testing.T) {
	const look = time.Millisecond
	settled := after(look + lockcore.SettleTime)
	cases := []struct {
		name string
		do   func(f *follower)
		want time.Time
	}{
		{"nothing", func(f *follower) {}, time.Time{}},
		{"hint", func(f *follower) { f.hint(moment) }, moment},
		{"hint, looking", func(f *follower) { f.hint(moment); f.begin(moment) }, after(lockcore.ReadTimeout)},
		{"after a hinted look", func(f *follower) { f.looked(true, look) }, settled},
		{"hint while settling", func(f *follower) { f.looked(true, look); f.hint(after(2 * look)) }, settled},
		{"after a poll", func(f *follower) { f.looked(false, look) }, time.Time{}},
		{"hint after a poll", func(f *follower) { f.looked(false, look); f.hint(after(2 * look)) }, after(2 * look)},
		{"hint during a poll", func(f *follower) { f.begin(moment); f.hint(moment); f.end(after(look)); f.plan(false) }, after(look)},
		{"poll while looking", func(f *follower) { f.begin(moment); f.glance(moment) }, after(lockcore.ReadTimeout)},
		{"a new wait", func(f *follower) { f.begin(moment); f.end(after(look)); f.plan(true) }, after(look)},
		{"overdue", func(f *follower) { f.begin(moment); f.overdue = true }, time.Time{}},
		{"back from overdue", func(f *follower) { f.begin(moment); f.overdue = true; f.end(after(time.Hour)) }, after(time.Hour)},
		{"absent", func(f *follower) { f.absent = moment; f.looked(false, look) }, after(lockcore.SettleTime)},
		{"gone while the holder runs", func(f *follower) {
			f.shown.State, f.memory.GoneSince = lockcore.Unlocked, moment
			f.looked(false, look)
		}, after(lockcore.MissingAfter)},
		{"a directory came into view", func(f *follower) { f.looked(true, look); f.rush(true, after(look)) }, after(look)},
		{"a storm of them", func(f *follower) {
			for range maxRush + 1 {
				f.looked(true, look)
				f.rush(true, after(look))
			}
		}, settled},
	}
	for _, c := range cases {
		var f follower
		c.do(&f)
		if got := f.next(); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// looked is a whole look, after a hint or not.
func (f *follower) looked(hinted bool, took time.Duration) {
	f.again = hinted
	f.begin(moment)
	f.end(after(took))
	f.plan(false)
}

// A removal of ours explains one disappearance; that the lock was there in between begins another.
func TestAcceptRemovals(t *testing.T) {
	held := lockcore.Snapshot{State: lockcore.HeldElsewhere, Token: "sha256:a", Record: lockcore.Record{PID: 1, Hostname: "b"}}
	unlocked := lockcore.Snapshot{State: lockcore.Unlocked}
	own := lockcore.Change{Kind: lockcore.ChangeUnlock, Token: held.Token, At: moment, Backup: "one"}
	f := follower{shown: held}
	steps := []struct {
		snap lockcore.Snapshot
		at   time.Duration
		want lockcore.Event
	}{
		{unlocked, 0, lockcore.WasRemoved},
		{held, time.Second, lockcore.Resurrected},
		{unlocked, 2 * time.Second, lockcore.NoEvent}, // in doubt
		{unlocked, 2*time.Second + lockcore.SettleTime, lockcore.Released},
	}
	for i, s := range steps {
		if c, _ := f.accept(look{snap: s.snap, asked: true, own: own}, after(s.at)); c.Event != s.want {
			t.Errorf("step %d: %q, want %q", i, c.Event, s.want)
		}
	}
	f = follower{shown: held}
	f.accept(look{snap: unlocked, asked: true}, moment)
	f.appeared()
	if _, ok := f.accept(look{snap: unlocked, asked: true}, after(lockcore.SettleTime)); ok {
		t.Error("two absences were taken for one")
	}
}

// Our own newest change is read again when the directory changed, and reported when it is another one.
func TestLearnsOfOwnChanges(t *testing.T) {
	at := func(d time.Duration) lockcore.Snapshot {
		return lockcore.Snapshot{State: lockcore.Unlocked, Changed: after(d)}
	}
	held := at(0)
	held.Token = "sha256:a"
	one, two := lockcore.Change{Kind: lockcore.ChangeUnlock, Backup: "one"}, lockcore.Change{Kind: lockcore.ChangeUnlock, Backup: "two"}
	unknown := lockcore.Snapshot{State: lockcore.Unknown, Reason: lockcore.StoreMissing}
	f := follower{shown: at(0)}
	steps := []struct {
		name     string
		snap     lockcore.Snapshot
		own      lockcore.Change
		began    time.Duration
		asks, ok bool
		last     lockcore.Change
	}{
		{"first", at(0), one, time.Hour, true, true, one},
		{"poll", at(0), two, time.Hour, false, false, one},
		{"another lock", held, one, time.Hour, true, true, one},
		{"the directory changed", at(time.Hour), two, time.Hour + time.Second, true, true, two},
		{"it may change again at the same time", at(time.Hour), two, 2 * time.Hour, true, false, two},
		{"poll later", at(time.Hour), one, 3 * time.Hour, false, false, two},
		{"away", unknown, one, 4 * time.Hour, false, true, two},
		{"back, or another one", at(time.Hour), lockcore.Change{}, 5 * time.Hour, true, true, lockcore.Change{}},
	}
	for _, s := range steps {
		r := look{snap: s.snap, began: after(s.began), asked: mayHaveChanged(f.shown, s.snap, f.dated)}
		if r.asked {
			r.own = s.own
		}
		f.absent = moment // of any absence there is no doubt
		c, ok := f.accept(r, after(s.began))
		if r.asked != s.asks || ok != s.ok || c.Last != s.last {
			t.Errorf("%s: asks %v, reports %v, %+v", s.name, r.asked, ok, c.Last)
		}
	}
}

func TestMatters(t *testing.T) {
	cases := []struct {
		name string
		op   fsnotify.Op
		ours bool
		want bool
	}{
		{".locked", fsnotify.Create, false, true},
		{".locked", fsnotify.Chmod, true, true},
		{".locked", fsnotify.Write | fsnotify.Chmod, true, true}, // kqueue gives several at once
		{".locked 2", fsnotify.Create, true, true},
		{".locked 2", fsnotify.Chmod, true, false},
		{daemonState, fsnotify.Create, false, true},
		{daemonState, fsnotify.Create, true, false},
		{".locked.guard", fsnotify.Create, false, false},
		{".locked.x.tmp", fsnotify.Create, false, false},
		{"records.db", fsnotify.Write, false, false},
	}
	for _, c := range cases {
		if got := matters(c.name, c.op, c.ours); got != c.want {
			t.Errorf("%s %v ours %v: %v, want %v", c.name, c.op, c.ours, got, c.want)
		}
	}
}

func TestFindRoute(t *testing.T) {
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	join := func(parts ...string) string { return filepath.Join(append([]string{base}, parts...)...) }
	for _, err := range []error{
		os.MkdirAll(join("a", "b"), 0o755), os.WriteFile(join("file"), nil, 0o600),
		os.Symlink(filepath.Join("a", "..", "a"), join("relative")), os.Symlink(join("relative"), join("absolute")),
		os.Symlink("loop", join("loop")), os.Symlink("nowhere", join("dangling")),
	} {
		if err != nil {
			t.Skip("needs symbolic links: ", err)
		}
	}
	cases := []struct{ path, end, missing string }{
		{"a/b", "a/b", ""},
		{"a/x/y", "a", "x"},
		{"relative/b", "a/b", ""},
		{"absolute/b", "a/b", ""},
		{"file", "", "file"},
		{"file/x", "", "file"},
		{"loop", "", "loop"},
		{"dangling/x", "", "nowhere"},
	}
	for _, c := range cases {
		r := findRoute(join(filepath.FromSlash(c.path)))
		last := r.steps[len(r.steps)-1]
		if r.end() != join(filepath.FromSlash(c.end)) || last.name != c.missing {
			t.Errorf("%s: ends in %s with %q missing, want %s, %q", c.path, r.end(), last.name, c.end, c.missing)
		}
		for _, s := range r.steps {
			if info, err := os.Lstat(s.dir); err != nil || info.Mode()&fs.ModeType != fs.ModeDir || !os.SameFile(info, s.id) {
				t.Errorf("%s: step %s is no directory (%v)", c.path, s.dir, err)
			}
		}
	}
}

func TestHealth(t *testing.T) {
	dir := t.TempDir()
	cases := []struct {
		name string
		do   func(h *fileHints)
		want bool
	}{
		{"local", func(h *fileHints) {}, true},
		{"remote", func(h *fileHints) { h.routes[0].remote = "NFS" }, false},
		{"no watcher", func(h *fileHints) { h.failure = errDied }, false},
		{"the store is not watched", func(h *fileHints) { h.places[dir].err = errTwice }, false},
		{"a directory on the way is not watched", func(h *fileHints) { h.places[filepath.Dir(dir)].err = errTwice }, true},
	}
	for _, c := range cases {
		r := findRoute(dir)
		h := newFileHints(1, nil)
		for _, s := range r.steps {
			h.places[s.dir] = &place{step: s}
		}
		h.routes[0] = r
		c.do(h)
		got := h.health(0, PollInterval)
		interval := map[bool]time.Duration{true: PollInterval, false: BlindInterval}[c.want]
		if got.Events != c.want || (got.Problem == "") != c.want || got.Interval != interval {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}
