package tray

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/icons"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// fakeDisplay keeps the last view, and returns err.
type fakeDisplay struct {
	mu     sync.Mutex
	icon   icons.Kind // shown ahead of the view
	view   view
	shown  int
	forgot int
	built  atomic.Int32 // calls of Rebuild
	err    error
}

func (d *fakeDisplay) ShowIcon(k icons.Kind) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.icon = k
	return d.err
}

func (d *fakeDisplay) Show(v view) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.view, d.shown = v, d.shown+1
	return d.err
}

func (d *fakeDisplay) Rebuild() error { d.built.Add(1); return nil }

func (d *fakeDisplay) Forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forgot++
}

// now returns what is shown when everything is idle and drawn, and the numbers of calls of Show and Forget.
func (d *fakeDisplay) now() (v view, shown, forgot int) {
	time.Sleep(drawPause)
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.view, d.shown, d.forgot
}

func (d *fakeDisplay) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = err
}

// rig is a loop under virtual time, without a watcher: the test sends the sightings.
type rig struct {
	*loop
	display      fakeDisplay
	ended        chan error
	cancel       context.CancelFunc
	last         []lockcore.Snapshot
	messages     chan notify.Message // sent to the desktop
	withdrawn    chan notify.Handle
	unresponsive atomic.Bool   // the desktop never reports that it shows a message
	slept        bool          // the machine may have slept before the next sighting
	asleep       atomic.Bool   // the screen
	wakes        chan struct{} // receives a hint when the machine wakes
	reads        atomic.Int32  // reads of the settings
}

// newRig starts a loop of stores without a state directory, so that lockcore removes no lock. The loop still writes announcements.
func newRig(t *testing.T, stores int) *rig {
	return newRigReading(t, stores, func(path string) answer { return readSettings(path, false) })
}

// newRigReading does what newRig does, and reads the settings with the given function.
func newRigReading(t *testing.T, stores int, read func(string) answer) *rig {
	c := Config{Version: "test", Settings: filepath.Join(t.TempDir(), "config.json"), Stores: newStores(t, stores, lockcore.Options{Hostname: "mac-a"})}
	r := &rig{loop: newLoop(c, newLogs(io.Discard, true)), ended: make(chan error, 1), last: make([]lockcore.Snapshot, stores),
		messages: make(chan notify.Message, 9), withdrawn: make(chan notify.Handle, 9)}
	r.inspect = func(_ context.Context, store int, _ lockcore.Memory) lockcore.Snapshot { return r.last[store] }
	ctx, cancel := context.WithCancel(t.Context())
	keeper := newKeeper("", r.log, func(l notify.Letter) error { return r.deliver(ctx, l) })
	r.screenAsleep, r.wakes = r.asleep.Load, make(chan struct{})
	r.freeMemory = func() {} // the real one takes milliseconds, and hours pass here
	r.loop.wakes, r.readSettings = r.wakes, func(path string, _ bool) answer { r.reads.Add(1); return read(path) }
	r.begin()
	r.cancel = cancel
	go keeper.run(ctx.Done(), r.jobs, nil)
	go func() { r.ended <- r.run(ctx, &r.display); close(r.ended) }()
	t.Cleanup(func() { r.stop(t) })
	<-r.registered
	synctest.Wait()
	return r
}

// newStores returns n new stores.
func newStores(t *testing.T, n int, o lockcore.Options) (all []*lockcore.Store) {
	t.Helper()
	for range n {
		s, err := lockcore.Open(t.TempDir(), o)
		testfs.Check(t, err)
		all = append(all, s)
	}
	return all
}

// deliver acts as a desktop that shows all messages, and reports that unless it is unresponsive.
func (r *rig) deliver(ctx context.Context, l notify.Letter) error {
	shown := notify.Handle{Service: "desktop", ID: uint32(l.ID)}
	if l.Message.IsZero() {
		r.withdrawn <- l.Replaces
		shown = notify.Handle{}
	} else {
		r.messages <- l.Message
	}
	if !r.unresponsive.Load() {
		go send(ctx, r.reports, notify.Outcome{ID: l.ID, Handle: shown, Delivery: notify.Delivery{Sent: 1}})
	}
	return nil
}

// saw sends a change to the loop, as the watcher does.
func (r *rig) saw(store int, e watch.Event, s lockcore.Snapshot) {
	s.Store = r.config.Stores[store].Dir()
	seen := watch.Change{Store: store, At: time.Now(), Event: e, From: r.last[store], To: s, Away: r.slept}
	r.last[store] = s // before the loop calls inspect
	r.changes <- sighting{Change: seen}
	synctest.Wait()
}

func (r *rig) click(do actionKind, store int) {
	v, _, _ := r.display.now()
	r.clicks <- itemOf(v.Menu, do, store).Action
	synctest.Wait()
}

func (r *rig) shows(t *testing.T, part string) {
	t.Helper()
	v, _, _ := r.display.now()
	if got := printed(v); !strings.Contains(got, part) {
		t.Errorf("%q is not in\n%s", part, got)
	}
}

// next returns the next message that was sent, when everything is idle.
func (r *rig) next(t *testing.T) notify.Message {
	t.Helper()
	if synctest.Wait(); len(r.messages) == 0 {
		t.Fatal("no message was sent")
	}
	return <-r.messages
}

// silent checks that no message was sent, when everything is idle.
func (r *rig) silent(t *testing.T, when string) {
	t.Helper()
	if synctest.Wait(); len(r.messages) != 0 {
		t.Errorf("sent %s: %v", when, <-r.messages)
	}
}

func (r *rig) stop(t *testing.T) {
	t.Helper()
	r.cancel()
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
}
