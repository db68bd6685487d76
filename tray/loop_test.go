package tray

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/icons"
	"lockbar/internal/config"
	"lockbar/internal/fsx"
	"lockbar/internal/service"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// fakeDisplay keeps the last view, and fails when it is told to.
type fakeDisplay struct {
	mu     sync.Mutex
	icon   icons.Kind // shown ahead of the view
	view   view
	shown  int
	forgot int
	built  int
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

func (d *fakeDisplay) Rebuild() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.built++
	return d.err
}

func (d *fakeDisplay) Forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forgot++
}

// now is what is shown when everything has come to rest and been drawn, and how often it was.
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

// rig is a loop under virtual time, without a watcher: the test says what was seen.
type rig struct {
	*loop
	display fakeDisplay
	ended   chan error
	cancel  context.CancelFunc
	last    []lockcore.Snapshot
	told    chan notify.Message
	gone    chan notify.Handle // what was withdrawn
	deaf    atomic.Bool        // the desktop does not answer
	names   []string
	away    bool          // what is seen may have happened before
	asleep  atomic.Bool   // the screen
	wakes   chan struct{} // tells that it woke
	reads   atomic.Int32  // of the settings
}

// newRig starts a loop of stores that are closed to change: without a state directory lockcore removes nothing.
func newRig(t *testing.T, stores int) *rig {
	return newRigReading(t, stores, func(path string) answer { return readSettings(path, false) })
}

// newRigReading is newRig with another way to read the settings.
func newRigReading(t *testing.T, stores int, read func(string) answer) *rig {
	c := Config{Version: "test", Settings: filepath.Join(t.TempDir(), "config.json")}
	for range stores {
		s, err := lockcore.Open(t.TempDir(), lockcore.Options{Hostname: "mac-a"})
		if err != nil {
			t.Fatal(err)
		}
		c.Stores = append(c.Stores, s)
	}
	r := &rig{loop: newLoop(c, newLogs(io.Discard, true)), ended: make(chan error, 1), last: make([]lockcore.Snapshot, stores),
		told: make(chan notify.Message, 9), gone: make(chan notify.Handle, 9)}
	r.names = storeNames(c.Stores)
	r.inspect = func(_ context.Context, store int, _ lockcore.Memory) lockcore.Snapshot { return r.last[store] }
	ctx, cancel := context.WithCancel(t.Context())
	keeper := newKeeper("", r.log, func(l notify.Letter) error { return r.deliver(ctx, l) })
	r.screenAsleep, r.wakes = r.asleep.Load, make(chan struct{})
	r.freeMemory = func() {} // it takes milliseconds, and hours pass here
	r.loop.wakes, r.readSettings = r.wakes, func(path string, _ bool) answer { r.reads.Add(1); return read(path) }
	r.begin()
	r.cancel = cancel
	go keeper.run(ctx.Done(), r.jobs, nil)
	go func() { r.ended <- r.run(ctx, &r.display) }()
	<-r.registered
	synctest.Wait()
	return r
}

// deliver is a desktop that shows all it is given.
func (r *rig) deliver(ctx context.Context, l notify.Letter) error {
	shown := notify.Handle{Service: "desktop", ID: uint32(l.ID)}
	if l.Message.IsZero() {
		r.gone <- l.Replaces
		shown = notify.Handle{}
	} else {
		r.told <- l.Message
	}
	if !r.deaf.Load() {
		go send(ctx, r.reports, notify.Report{ID: l.ID, Handle: shown, Delivery: notify.Delivery{Sent: 1}})
	}
	return nil
}

func (r *rig) saw(store int, e watch.Event, s lockcore.Snapshot) {
	s.Store = r.config.Stores[store].Dir()
	seen := watch.Change{Store: store, At: time.Now(), Event: e, From: r.last[store], To: s, Away: r.away}
	r.last[store] = s // before the loop may look for itself
	r.changes <- sighting{Change: seen}
	synctest.Wait()
}

// wakeUp has the watcher say of what it sees that the machine may have slept meanwhile.
func (r *rig) wakeUp() { r.away = true }

func (r *rig) click(do verb, store int) {
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

func (r *rig) stop(t *testing.T) {
	t.Helper()
	r.cancel()
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
}

func TestLoopShowsWhatIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, lock(lockcore.HeldElsewhere, "", mini))
		if v, _, _ := r.display.now(); v.Icon != icons.HeldElsewhere || r.display.icon != v.Icon {
			t.Errorf("icon %v, ahead of it %v", v.Icon, r.display.icon)
		}
		r.shows(t, "Held by mac-mini")
		r.stop(t)
	})
}

// TestIconAheadOfTheChange: of what is seen ahead of a change the icon tells, and nothing else, until the change comes.
func TestIconAheadOfTheChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, noLock(lockcore.Unlocked, ""))
		r.changes <- sighting{watch.Change{To: lockcore.Snapshot{State: lockcore.HeldElsewhere}}, true}
		r.opened <- struct{}{} // all is drawn again
		if v, _, _ := r.display.now(); v.Icon != icons.HeldElsewhere || r.display.icon != v.Icon || strings.Contains(printed(v), "Held") {
			t.Errorf("icon %v, ahead of it %v, and\n%s", v.Icon, r.display.icon, printed(v))
		}
		r.saw(0, watch.BecameTwo, lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini))
		if v, _, _ := r.display.now(); v.Icon != icons.Contested || r.display.icon != v.Icon {
			t.Errorf("icon %v, ahead of it %v", v.Icon, r.display.icon)
		}
		r.stop(t)
	})
}

// slowSettings are settings on a mount that does not answer before it has one.
type slowSettings struct{ atomic.Pointer[answer] }

func (s *slowSettings) read(string) answer {
	if a := s.Load(); a != nil {
		return *a
	}
	time.Sleep(fsx.ReadTimeout)
	return answer{silent: true}
}

// TestSettingsThatHang delay no icon, and a message by settingsTime at most, or at the start until they are given up. The last ones
// hold meanwhile, and they are taken in when they come.
func TestSettingsThatHang(t *testing.T) {
	takeover := func(r *rig, n int) {
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: n, Hostname: fmt.Sprint("mac-", n)}))
	}
	told := func(t *testing.T, r *rig, want time.Duration) {
		t.Helper()
		began := time.Now()
		<-r.told
		if waited := time.Since(began); waited > want {
			t.Errorf("told after %v, want %v", waited, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		var slow slowSettings
		r := newRigReading(t, 1, slow.read) // from the start
		r.saw(0, watch.Initial, lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini))
		if v, _, _ := r.display.now(); v.Icon != icons.Contested || len(r.told) != 0 {
			t.Errorf("icon %v, %d told before the settings could be known", v.Icon, len(r.told))
		}
		told(t, r, fsx.ReadTimeout)
		r.shows(t, "Settings cannot be read now")
		takeover(r, 1)
		told(t, r, 0)
		time.Sleep(settingsPause)
		takeover(r, 2) // while they are tried again
		told(t, r, 0)
		paused := choicesOf(config.Default())
		paused.PausedUntil = time.Now().Add(time.Hour)
		slow.Store(&answer{choices: paused})
		time.Sleep(settingsPause + fsx.ReadTimeout)
		r.shows(t, "paused until")
		takeover(r, 3)
		if len(r.told) != 0 {
			t.Errorf("told during a pause: %v", <-r.told)
		}
		slow.Store(nil)
		takeover(r, 4)
		time.Sleep(settingsPause)
		if len(r.told) != 0 {
			t.Errorf("told during a pause: %v", <-r.told)
		}
		r.stop(t)
	})
}

// TestSettingsHangLater: a message waits for them for settingsTime, and no longer while they are known to hang.
func TestSettingsHangLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var slow slowSettings
		slow.Store(&answer{choices: choicesOf(config.Default())})
		r := newRigReading(t, 1, slow.read)
		time.Sleep(fsx.ReadTimeout)
		slow.Store(nil)
		for n, want := range []time.Duration{settingsTime, fsx.ReadTimeout, 0} {
			began := time.Now()
			r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: n + 1, Hostname: fmt.Sprint("mac-", n)}))
			if <-r.told; time.Since(began) > want {
				t.Errorf("message %d is told after %v, want %v", n, time.Since(began), want)
			}
			time.Sleep(fsx.ReadTimeout)
		}
		r.stop(t)
	})
}

// TestPauseBeforeTheFirstAnswer: however late the display comes, nothing is told before the settings are known.
func TestPauseBeforeTheFirstAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		paused := choicesOf(config.Default())
		paused.PausedUntil = time.Now().Add(time.Hour)
		r := newRigReading(t, 1, func(string) answer {
			time.Sleep(fsx.ReadTimeout / 2)
			return answer{choices: paused}
		})
		r.saw(0, watch.Initial, lock(lockcore.Corrupt, lockcore.NotJSON, lockcore.Record{}))
		time.Sleep(fsx.ReadTimeout)
		if synctest.Wait(); len(r.told) != 0 {
			t.Errorf("told during a pause: %v", <-r.told)
		}
		r.stop(t)
	})
}

// TestPauseDuringAStorm: settings that are read more slowly than changes come are taken in all the same.
func TestPauseDuringAStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var settings atomic.Pointer[answer]
		settings.Store(&answer{choices: choicesOf(config.Default())})
		const slow = settingsTime / 4
		r := newRigReading(t, 1, func(string) answer {
			a := *settings.Load()
			time.Sleep(slow)
			return a
		})
		states := []lockcore.Snapshot{lock(lockcore.HeldElsewhere, "", mini), noLock(lockcore.Unlocked, "")}
		storm := func() {
			for n := range 20 {
				r.saw(0, watch.Changed, states[n%2])
				time.Sleep(slow / 2)
			}
		}
		storm()
		paused := choicesOf(config.Default())
		paused.PausedUntil = time.Now().Add(time.Hour)
		settings.Store(&answer{choices: paused})
		storm()
		r.shows(t, "paused until")
		r.stop(t)
	})
}

// TestChangesAreTakenInOrder, however quickly they come.
func TestChangesAreTakenInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, noLock(lockcore.Unlocked, ""))
		var want []string
		for n := range shownPast {
			host := fmt.Sprintf("mac-%d", n)
			want = append([]string{host}, want...)
			to := lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: 1 + n, Hostname: host})
			r.changes <- sighting{Change: watch.Change{At: time.Now(), Event: watch.TakenOver, From: r.last[0], To: to}}
			r.last[0] = to
		}
		v, _, _ := r.display.now()
		_, past, _ := strings.Cut(printed(v), "Recent Activity")
		if got := regexp.MustCompile(`mac-\d`).FindAllString(past, -1); !slices.Equal(slices.Compact(got), want) {
			t.Errorf("got %v, want %v in\n%s", got, want, past)
		}
		r.stop(t)
	})
}

func TestAgesStayCurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		fresh := mini
		fresh.StartedAt = time.Now().UTC().Format(time.RFC3339)
		r.saw(0, watch.Initial, lock(lockcore.HeldElsewhere, "", fresh))
		if v, _, _ := r.display.now(); strings.Contains(printed(v), "just now") {
			t.Errorf("an age that nobody looks at:\n%s", printed(v))
		}
		time.Sleep(time.Hour)
		r.shows(t, ", 1 h")
		time.Sleep(49 * time.Hour)
		r.shows(t, ", 2 days")
		r.stop(t)
	})
}

// TestWhoLooksSeesMinutes, and they do not stay: not every panel tells the next opening.
func TestWhoLooksSeesMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		fresh := mini
		fresh.StartedAt = time.Now().UTC().Format(time.RFC3339)
		r.saw(0, watch.Initial, lock(lockcore.HeldElsewhere, "", fresh))
		r.opened <- struct{}{}
		r.shows(t, ", just now)")
		time.Sleep(2*time.Minute + time.Second)
		r.opened <- struct{}{}
		r.shows(t, ", 2 min)")
		time.Sleep(exactTime)
		if v, _, _ := r.display.now(); strings.Contains(printed(v), "2 min") {
			t.Errorf("%v later:\n%s", exactTime, printed(v))
		}
		r.stop(t)
	})
}

func TestOpeningTheMenuMakesItFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		_, before, _ := r.display.now()
		read := r.reads.Load()
		r.opened <- struct{}{}
		if _, shown, _ := r.display.now(); shown == before || r.reads.Load() != read+1 {
			t.Errorf("shown %d times, the settings read %d times", shown-before, r.reads.Load()-read)
		}
		r.stop(t)
	})
}

func TestNewPanelGetsANewMenu(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		_, before, _ := r.display.now()
		r.panels <- struct{}{}
		if _, shown, _ := r.display.now(); r.display.built != 1 || shown != before+1 {
			t.Errorf("built %d times, shown %d times, want each once", r.display.built, shown-before)
		}
		r.stop(t)
	})
}

// TestBurstIsDrawnTwice: what comes from many stores at once is drawn when it begins and when it is over.
func TestBurstIsDrawnTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const stores = 100
		r := newRig(t, stores)
		_, before, _ := r.display.now()
		for i := range stores {
			r.saw(i, watch.Initial, lock(lockcore.HeldElsewhere, "", mini))
		}
		v, shown, _ := r.display.now()
		if got := strings.Count(printed(v), "Force Unlock"); got != stores || shown > before+2 {
			t.Errorf("%d stores are shown by %d drawings", got, shown-before)
		}
		r.stop(t)
	})
}

// TestIdleLoopSleeps: an hour without anything to show costs no wake-up but the one that draws the icon again.
func TestIdleLoopSleeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, noLock(lockcore.Unlocked, ""))
		_, before, _ := r.display.now()
		time.Sleep(time.Hour)
		if _, shown, forgot := r.display.now(); shown != before+1 || forgot != 1 {
			t.Errorf("shown %d times, forgot %d times", shown-before, forgot)
		}
		r.stop(t)
	})
}

// TestStaleWaitsForTheServiceToo: what the daemon's own service says is read with the settings. Where it cannot be read, what it said
// last holds.
func TestStaleWaitsForTheServiceToo(t *testing.T) {
	const wait = 30 * time.Second
	synctest.Test(t, func(t *testing.T) {
		said := []*service.Installed{{Restart: wait}, nil}
		r := newRigReading(t, 1, func(string) answer {
			a := answer{choices: choicesOf(config.Default()), service: said[0]}
			said = said[len(said)-1:]
			return a
		})
		r.saw(0, watch.Initial, lock(lockcore.Stale, lockcore.ProcessGone, ours))
		time.Sleep(notify.Grace + wait - time.Millisecond)
		synctest.Wait()
		if len(r.told) != 0 {
			t.Errorf("told too early: %v", <-r.told)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if len(r.told) != 1 {
			t.Errorf("told %d messages", len(r.told))
		}
		r.stop(t)
	})
}

// TestServiceIsReadWhenItCounts: with twenty services that takes a millisecond, which no click needs.
func TestServiceIsReadWhenItCounts(t *testing.T) {
	none := noLock(lockcore.Unlocked, "")
	for _, test := range []struct {
		name string
		demo bool
		mute bool
		to   lockcore.Snapshot
		want bool
	}{
		{"start", false, true, none, true},
		{"event", false, false, none, false},
		{"stale", false, false, lock(lockcore.Stale, lockcore.ProcessGone, ours), true},
		{"contested", false, false, lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini), true},
		{"demo", true, true, none, false},
	} {
		l := newLoop(Config{Demo: test.demo}, newLogs(io.Discard, true))
		l.mute, l.unread = test.mute, []watch.Change{{To: test.to}}
		l.readSettings = func(_ string, service bool) answer {
			if service != test.want {
				t.Errorf("%s: %v", test.name, service)
			}
			return answer{}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		l.askSettings(ctx)
		l.work.Wait()
	}
}

func TestStaleIsToldAfterTheGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, lock(lockcore.Stale, lockcore.ProcessGone, ours))
		time.Sleep(notify.Grace - time.Millisecond)
		synctest.Wait()
		if len(r.told) != 0 {
			t.Errorf("told within the grace: %v", <-r.told)
		}
		time.Sleep(time.Millisecond)
		if m := <-r.told; !strings.HasSuffix(m.Title, "left a lock behind") {
			t.Errorf("told %v", m)
		}
		r.stop(t)
	})
}

// TestSeveralStoresAtOnce: what happens to two of them in the same moment is one message, which names both.
func TestSeveralStoresAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		r.saw(1, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		m := <-r.told
		for _, store := range r.names {
			if !strings.Contains(m.Body, store) {
				t.Errorf("%v does not name %s", m, store)
			}
		}
		if len(r.told) != 0 {
			t.Errorf("and %v", <-r.told)
		}
		r.stop(t)
	})
}

func TestNoticeEndsWithTheNextEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.results <- result{Action: action{Do: doUnlock}, Text: "Removed the lock"}
		r.saw(0, watch.WasRemoved, noLock(lockcore.Unlocked, ""))
		r.shows(t, "(Removed the lock)")
		r.saw(0, watch.Acquired, lock(lockcore.HeldElsewhere, "", mini))
		if v, _, _ := r.display.now(); strings.Contains(printed(v), "Removed the lock") {
			t.Errorf("still there:\n%s", printed(v))
		}
		r.stop(t)
	})
}

func TestResultsNameTheirStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 2)
		r.saw(1, watch.Initial, noLock(lockcore.Unlocked, ""))
		time.Sleep(time.Minute)
		r.click(doUnlock, 1)
		time.Sleep(lockcore.SettleTime) // an absence is believed then
		r.shows(t, r.stores[1].Short+": There was no lock to remove")
		r.stop(t)
	})
}

func TestQuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.clicks <- action{Do: doQuit}
		if err := <-r.ended; err != nil {
			t.Error(err)
		}
	})
}

func TestLostDisplayEndsTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.display.fail(errBusLost)
		r.changes <- sighting{Change: watch.Change{Event: watch.Initial, To: noLock(lockcore.Unlocked, "")}}
		if err := <-r.ended; !errors.Is(err, errBusLost) {
			t.Error(err)
		}
	})
}

func TestOutcome(t *testing.T) {
	ended, end := context.WithCancel(context.Background())
	end()
	for _, test := range []struct {
		name   string
		parent context.Context
		cause  error
		want   error
	}{
		{"quit", context.Background(), nil, nil},
		{"bus lost", context.Background(), errBusLost, errBusLost},
		{"asked to end, and the bus went too", ended, errBusLost, nil},
	} {
		ctx, cancel := context.WithCancelCause(test.parent)
		cancel(test.cause)
		if got := outcome(test.parent, ctx); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// TestMissedMessageIsTriedAgain: the notification service is away for a while.
func TestMissedMessageIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.deaf.Store(true)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		<-r.told
		r.reports <- notify.Report{ID: 1, Err: errors.New("no service"), Delivery: notify.Delivery{Failed: 1, Err: "no service"}}
		r.shows(t, "could not be shown; it is tried again soon")
		for _, pause := range []time.Duration{5 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
			time.Sleep(pause - time.Second)
			synctest.Wait()
			if len(r.told) != 0 {
				t.Errorf("tried before %v", pause)
			}
			time.Sleep(time.Second)
			if m := <-r.told; m.Title != "Store taken over by mac-mini" {
				t.Errorf("told %v", m)
			}
			r.reports <- notify.Report{ID: 1, Err: errors.New("no service"), Delivery: notify.Delivery{Failed: 2, Err: "no service"}}
		}
		time.Sleep(15 * time.Minute)
		<-r.told
		r.reports <- notify.Report{ID: 1, Delivery: notify.Delivery{Sent: 1}}
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if v, _, _ := r.display.now(); len(r.told) != 0 || strings.Contains(printed(v), "could not be shown") {
			t.Errorf("%d more, menu\n%s", len(r.told), printed(v))
		}
		r.stop(t)
	})
}

// TestFullQueueIsTriedAgain: more messages than the sender has room for.
func TestFullQueueIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.deaf.Store(true)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		<-r.told
		for r.sender.Send(notify.Letter{}) == nil {
		}
		if err := r.hand(t.Context(), notify.Letter{ID: 1}); !errors.Is(err, notify.ErrQueueFull) {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		if m := <-r.told; m.Title != "Store taken over by mac-mini" {
			t.Errorf("told %v", m)
		}
		r.stop(t)
	})
}

// TestEndLeavesWhatHangs: a click's work that never returns does not keep the app.
func TestEndLeavesWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		hung := make(chan struct{})
		r.start(t.Context(), action{Do: doOpenStore}, func(context.Context) result { <-hung; return result{} })
		r.stop(t)
		close(hung)
	})
}

// TestPauseHoldsBack: what happens in a pause is told at its end, in one message, without a click.
func TestPauseHoldsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.click(doPauseHour, 0)
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		r.shows(t, "(Notifications are paused until ")
		time.Sleep(time.Hour - time.Second)
		synctest.Wait()
		if len(r.told) != 0 {
			t.Errorf("told in the pause: %v", <-r.told)
		}
		time.Sleep(time.Second)
		if m := <-r.told; m.Title != "While you were away" {
			t.Errorf("told %v", m)
		}
		if v, _, _ := r.display.now(); strings.Contains(printed(v), "paused") {
			t.Errorf("the pause is over:\n%s", printed(v))
		}
		r.stop(t)
	})
}

// TestSleepIsAnAbsence: what is seen on waking is told as what happened meanwhile.
func TestSleepIsAnAbsence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, lock(lockcore.HeldHere, "", ours))
		r.wakeUp()
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
		if m := <-r.told; m.Title != "While you were away" || !strings.Contains(m.Body, "mac-mini took over from") {
			t.Errorf("told %v", m)
		}
		r.away = false
		r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: 9, Hostname: "mac-air"}))
		if m := <-r.told; !strings.Contains(m.Title, "mac-air") {
			t.Errorf("long after waking, told %v", m)
		}
		r.stop(t)
	})
}

// TestNothingIsPostedInTheDark: messages wait for a screen that somebody can see, and are sent once.
func TestNothingIsPostedInTheDark(t *testing.T) {
	for _, test := range []struct {
		name string
		wake func(*rig)
	}{
		{"the screen wakes", func(r *rig) { r.asleep.Store(false); r.wakes <- struct{}{} }},
		{"the hint is lost", func(r *rig) { r.asleep.Store(false); time.Sleep(darkPause) }},
		{"the screen never wakes", func(*rig) { time.Sleep(darkTime) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.asleep.Store(true)
				r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", mini))
				time.Sleep(time.Hour)
				synctest.Wait()
				if len(r.told) != 0 {
					t.Fatalf("told in the dark: %v", <-r.told)
				}
				test.wake(r)
				if m := <-r.told; m.Title != "Store taken over by mac-mini" {
					t.Errorf("told %v", m)
				}
				time.Sleep(time.Hour)
				synctest.Wait()
				if len(r.told) != 0 {
					t.Errorf("told twice: %v", <-r.told)
				}
				r.saw(0, watch.TakenOver, lock(lockcore.HeldElsewhere, "", lockcore.Record{PID: 9, Hostname: "mac-air"}))
				next := time.Now()
				if m := <-r.told; !strings.Contains(m.Title, "mac-air") || time.Since(next) > 0 {
					t.Errorf("the next one, after %v: %v", time.Since(next), m)
				}
				r.stop(t)
			})
		})
	}
}

// TestTestNotification: the menu asks whether it was seen, unless it is known that it was not.
func TestTestNotification(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.deaf.Store(true)
		r.click(doSendTest, 0)
		if m := <-r.told; m.Title != testMessage(choices{}, time.Now()).Title {
			t.Errorf("told %v", m)
		}
		r.shows(t, "Did you see the test notification?")
		r.reports <- notify.Report{ID: 1, Err: errors.New("no service"), Delivery: notify.Delivery{Failed: 1, Err: "no service"}}
		synctest.Wait()
		r.shows(t, testFailed)
		r.stop(t)
	})
}

// TestWakingIsPassedOn to the watcher, which looks at once.
func TestWakingIsPassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.wakes <- struct{}{}
		<-r.loop.woke
		r.stop(t)
	})
}

// waits has the watcher see a lock go whose event is not told yet.
func (r *rig) waits(store int, s lockcore.Snapshot, since time.Time) {
	s.Store = r.config.Stores[store].Dir()
	r.changes <- sighting{Change: watch.Change{Store: store, At: time.Now(), To: s, Since: since, Away: r.away}}
	synctest.Wait()
}

// TestTakeoverInTwoSteps: a lock that is gone is shown at once, also where that looks like an alarm, and the takeover that it
// was is told once.
func TestTakeoverInTwoSteps(t *testing.T) {
	both := with(lock(lockcore.Contested, lockcore.LocalDaemonAlive, mini), func(s *lockcore.Snapshot) { s.LocalDaemon = alive })
	for _, test := range []struct {
		name        string
		first, gone lockcore.Snapshot
		icon        icons.Kind // while it is gone
		then        lockcore.Snapshot
		awake       bool
		title       string
	}{
		{"from us", lock(lockcore.HeldHere, "", ours), noLock(lockcore.Contested, lockcore.LockMissing), icons.Contested, both, true, "Two daemons write to one store"},
		{"from a third", lock(lockcore.HeldElsewhere, "", young), noLock(lockcore.Unlocked, ""), icons.Unlocked, lock(lockcore.HeldElsewhere, "", mini), true, "Store taken over by mac-mini"},
		{"after sleep", lock(lockcore.HeldHere, "", ours), noLock(lockcore.Contested, lockcore.LockMissing), icons.Contested, both, false, "Two daemons write to one store"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 1)
				r.saw(0, watch.Initial, test.first)
				if !test.awake {
					r.wakeUp()
				}
				since := time.Now()
				r.waits(0, test.gone, since)
				if v, _, _ := r.display.now(); v.Icon != test.icon || len(r.recent) != 0 || len(r.told) != 0 {
					t.Errorf("icon %v, %d in the history, %d told", v.Icon, len(r.recent), len(r.told))
				}
				time.Sleep(watch.TakeoverTime / 2)
				r.saw(0, watch.TakenOver, test.then)
				time.Sleep(time.Minute)
				synctest.Wait()
				if len(r.told) != 1 || len(r.recent) != 1 {
					t.Fatalf("%d told, %d in the history, want one", len(r.told), len(r.recent))
				}
				if m := <-r.told; m.Title != test.title {
					t.Errorf("told %v", m)
				}
				r.stop(t)
			})
		})
	}
}

// TestFreedWhileAsleep: the lock was gone when the machine woke, and the event of that is told when it has waited.
func TestFreedWhileAsleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, lock(lockcore.HeldElsewhere, "", mini))
		r.wakeUp()
		since := time.Now()
		r.waits(0, noLock(lockcore.Unlocked, ""), since)
		time.Sleep(watch.TakeoverTime)
		to := noLock(lockcore.Unlocked, "")
		to.Store = r.config.Stores[0].Dir()
		r.changes <- sighting{Change: watch.Change{At: time.Now(), Event: watch.Released, From: r.last[0], To: to, Since: since, Away: r.away}}
		if m := <-r.told; m.Title != "While you were away" {
			t.Errorf("told %v", m)
		}
		r.stop(t)
	})
}

func TestRecentActivityFillsItsPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1)
		r.saw(0, watch.Initial, noLock(lockcore.Unlocked, ""))
		if v, _, _ := r.display.now(); strings.Contains(printed(v), "Recent Activity") {
			t.Errorf("nothing happened yet:\n%s", printed(v))
		}
		for range shownPast {
			r.saw(0, watch.Acquired, lock(lockcore.HeldElsewhere, "", mini))
			r.saw(0, watch.Released, noLock(lockcore.Unlocked, ""))
		}
		v, _, _ := r.display.now()
		if got := strings.Count(printed(v), "mac-mini"); got != shownPast {
			t.Errorf("%d events in\n%s", got, printed(v))
		}
		r.stop(t)
	})
}

// TestDemoOffersNoLogin: its program may be gone tomorrow, and would show another store.
func TestDemoOffersNoLogin(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	for _, demo := range []bool{false, true} {
		l := newLoop(Config{Demo: demo}, newLogs(io.Discard, true))
		go l.read(t.Context(), make([]lockcore.Token, 1))
		if got := (<-l.readings).Login; demo && got != loginUnknown || !demo && got != readLogin() {
			t.Errorf("demo %v: %v", demo, got)
		}
	}
}

// slowDisplay takes a second to draw.
type slowDisplay struct{ fakeDisplay }

func (d *slowDisplay) Show(v view) error {
	time.Sleep(time.Second)
	return d.fakeDisplay.Show(v)
}

// TestDueWhileDrawing: what becomes due during a drawing is due at once, and not forgotten until something happens.
func TestDueWhileDrawing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, err := lockcore.Open(t.TempDir(), lockcore.Options{Hostname: "mac-a"})
		if err != nil {
			t.Fatal(err)
		}
		l := newLoop(Config{Stores: []*lockcore.Store{store}}, newLogs(io.Discard, false))
		turn, tick := time.Now(), time.NewTimer(time.Hour)
		l.speakers[0].due = turn.Add(time.Second / 2)
		if err := l.show(&slowDisplay{}, tick, turn); err != nil {
			t.Fatal(err)
		}
		<-tick.C
		if took := time.Since(turn); took != time.Second {
			t.Errorf("it is done after %v", took)
		}
	})
}
