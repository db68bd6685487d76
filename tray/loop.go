package tray

import (
	"context"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"lockbar/icons"
	"lockbar/internal/state"
	"lockbar/internal/zone"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// display shows views. It sends only what changed since the last view. Forget makes it send icon and tooltip again; Rebuild
// makes it send the whole menu again. After an error it can show nothing more.
type display interface {
	ShowIcon(icons.Kind) error // before the rest, for speed
	Show(view) error
	Forget()
	Rebuild() error
}

// health reports how the changes of a store are noticed.
type health struct {
	Store int
	watch.Health
}

// recheck is a look at a store whose stale lock is about to be reported.
type recheck struct {
	store int
	lockcore.Snapshot
}

const (
	// firstLookTime bounds how long the icon waits for the look at the first store, so that it is right from the start. For each further
	// store it waits moreLookTime longer. A look takes a millisecond, or 2 s on a dead mount.
	firstLookTime = 10 * time.Millisecond
	moreLookTime  = 2 * time.Millisecond
	// registerTime delays what the icon does not need until the icon is probably registered: systray does not report that.
	registerTime = 10 * time.Millisecond
	// settleIcon delays a second sending of icon and tooltip: an icon that is set while the tray registers may be lost.
	settleIcon = time.Second
	// quietTime delays the return of memory to the system after the last event. One change makes the library copy the
	// whole menu several times for the panel: a megabyte, which would stay until the next change.
	quietTime = 2 * time.Second
	// drawPause is the minimum time between two drawings of the menu, so that a hundred stores that change at once do not cause a hundred
	// drawings. The icon does not wait, nor does a menu that was closed or has a new panel.
	drawPause = 50 * time.Millisecond
	// changeQueue lets the watcher go on while the tray draws.
	changeQueue = 16
)

// system holds what the loop needs from the machine. Tests replace it.
type system struct {
	wakes        <-chan struct{} // the machine or its screens woke: a hint
	screenAsleep func() bool     // reports whether the screen is dark
	freeMemory   func()
	readSettings func(path string, service bool) answer
	inspect      func(ctx context.Context, store int, m lockcore.Memory) lockcore.Snapshot
	serve        func(ctx context.Context, a action, m *lockcore.Memory) result
}

func (c Config) realSystem() system {
	return system{
		wakes: wakes, screenAsleep: screenAsleep, freeMemory: debug.FreeOSMemory, readSettings: readSettings, serve: c.serveDaemon,
		inspect: func(ctx context.Context, store int, m lockcore.Memory) lockcore.Snapshot {
			return c.Stores[store].Inspect(ctx, m)
		},
	}
}

// loop owns the app's state. Before run the main goroutine uses the fields (begin, firstLooks, view); from then on only run and the
// functions that it calls. Other goroutines send to the channels, and read only fields that never change.
type loop struct {
	config        Config
	log           logs
	sender        *notify.Sender
	changes       chan sighting
	answers       chan answer
	lifecycles    chan storeLifecycle
	pasts         chan []past
	clicks        chan action
	opened        chan struct{}
	closed        chan struct{} // the menu was closed, and can be drawn again: a hint
	panels        chan struct{} // a panel appeared: a hint
	panelNews     chan bool     // whether a panel shows the icon, once that is known
	results       chan result
	reports       chan notify.Outcome
	desktopEvents chan notify.DesktopEvent
	rechecks      chan recheck
	lateUndos     chan string // the backups that can no longer be restored
	healths       chan health
	readings      chan reading
	jobs          chan job      // for the keeper
	registered    chan struct{} // closed when the icon has probably appeared
	lookAll       chan struct{} // makes the watcher look at all stores: a hint

	system
	stores          []storeView
	seen            []bool          // by store: its first look was handled
	queued          []watch.Change  // changes to report once the settings are known
	readStart       time.Time       // when the current read of the settings began; zero: none runs
	readAgain       bool            // read the settings again after the current read
	settingsClicked bool            // a click has changed the settings since readStart
	timedOut        bool            // the last read of the settings timed out
	retryAt         time.Time       // when to retry it; zero: at the next event
	mute            bool            // report nothing, and send only answers to clicks and withdrawals: the settings are not known yet
	busy            map[action]bool // clicked changes of locks that are under way
	changing        []chan struct{} // by store: closed when the last started change is done; nil: none was started
	holders         state.Holders
	looks           state.Looks // of the stores that are watched
	decider         notify.Decider
	outbox          notify.Outbox
	announcers      []announcer         // by store
	lostLocks       []watch.Change      // changes that lost a lock, or first looks without one, if that lock may be put back
	sharedID        string              // our id in shared stores, if another machine has the system's
	idReplaced      bool                // this process has replaced our id
	memories        []lockcore.Memory   // by store: first of the previous process, then of the newest look
	last            []lockcore.Snapshot // by store: the last look of the previous process
	pending         job                 // what this turn gives to the keeper
	settings        choices
	recent          []past                    // oldest first
	darkSince       time.Time                 // when letters began to wait for the screen to wake; zero: they do not wait
	recheckUndo     bool                      // check whether a lock appeared since the removal that the answer offers to undo
	removed         lockcore.Backup           // the lock that the newest answer with an Undo offers to put back
	dismissed       map[string]notify.Message // by the store's identity: the message that a click removed, until the click's result is known
	notice          lastClick
	delivery        notify.Delivery
	drawnAt         time.Time // when the menu was last drawn
	menuOpened      time.Time // when the menu was last opened
	refreshing      bool      // a read of what no event reports is under way
	refreshAgain    bool      // that read may be too old: read again after it
	loginRead       bool      // a read of settings.Login has ended, even if it failed
	iconShown       bool      // a panel shows the icon, as far as this system reports it
	host            string    // this machine's newest name
	work            sync.WaitGroup
}

// run shows the state and handles events, until ctx ends (nil), the user quits (nil) or the display fails.
func (l *loop) run(ctx context.Context, d display) error {
	defer l.finish()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	again := time.NewTimer(settleIcon)
	defer again.Stop()
	tick := time.NewTimer(0)
	defer tick.Stop()
	registered := time.NewTimer(registerTime)
	defer registered.Stop()
	quiet := time.NewTimer(quietTime)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case c := <-l.changes:
			l.glimpse(c)
			if err := d.ShowIcon(iconOf(l.stores)); err != nil {
				return err
			}
			if c.ahead {
				continue // the rest follows with the change
			}
			l.readAlong(ctx, c.Change)
		case a := <-l.answers:
			l.answered(ctx, a)
		case s := <-l.lifecycles:
			l.setLifecycle(s)
		case older := <-l.pasts:
			l.addOlder(older)
		case a := <-l.clicks:
			if a.Do == doQuit {
				return nil
			}
			l.click(ctx, a)
		case r := <-l.results:
			l.clickDone(ctx, r)
		case r := <-l.reports:
			l.delivered(ctx, r)
		case e := <-l.desktopEvents:
			l.handleDesktopEvent(ctx, e)
		case r := <-l.rechecks:
			l.rechecked(r)
		case backup := <-l.lateUndos:
			l.retractUndo(backup)
		case h := <-l.healths:
			l.stores[h.Store].Health = h.Health
		case r := <-l.readings:
			l.refreshed(ctx, r)
		case <-l.opened: // the menu was opened: show ages in minutes, and read again what no event reports
			l.menuOpened = time.Now()
			l.refresh(ctx)
		case <-l.closed:
			l.drawnAt = time.Time{}
		case <-l.panels:
			if err := d.Rebuild(); err != nil {
				return err
			}
			l.drawnAt = time.Time{} // build the new menu at once
		case shown := <-l.panelNews:
			l.tellPanel(shown, os.Getenv("XDG_CURRENT_DESKTOP"))
		case <-l.wakes:
			hint(l.lookAll)
			l.tellDue(time.Now())
		case <-registered.C:
			close(l.registered)
			l.refresh(ctx)
			l.work.Go(func() { send(ctx, l.pasts, readPast(l.config.StateDir, l.log)) })
		case <-again.C:
			d.Forget()
		case <-tick.C:
			now := time.Now()
			if !l.retryAt.IsZero() && !now.Before(l.retryAt) {
				l.startSettingsRead(ctx)
			}
			l.tellOverdue(now)
			l.tellDue(now)
			l.startRechecks(ctx, now)
		case <-quiet.C:
			l.work.Go(l.freeMemory)
			continue
		}
		now := time.Now()
		l.putBack(ctx, now)
		l.checkUndo(ctx)
		l.greet(now)
		l.announce(now)
		if err := l.show(d, tick, now); err != nil {
			return err
		}
		quiet.Reset(quietTime)
	}
}

func (l *loop) view() view {
	return l.config.asDemoView(render(input{Now: zone.Of(time.Now()), Stores: l.stores, Notice: l.notice, Delivery: l.delivery,
		Settings: l.settings, Recent: l.recent, Route: notify.CurrentRoute(), Version: l.config.Version, Commit: l.config.Commit, MenuOpened: l.menuOpened}))
}

// show draws, and sets the timer for what only time changes. If the last drawing was less than drawPause ago, it only sets the timer for
// the next one. It first hands over the pending job: the app may end while show draws, and then show never returns. turn is when due work
// was last handled: work that becomes due during the drawing is done right after it.
func (l *loop) show(d display, tick *time.Timer, turn time.Time) error {
	l.handOver()
	if pause := drawPause - time.Since(l.drawnAt); pause > 0 {
		tick.Reset(pause)
		return nil
	}
	v := l.view()
	if err := d.Show(v); err != nil {
		return err
	}
	l.drawnAt = time.Now()
	if next := notify.Earliest(v.Next, l.due(turn)); !next.IsZero() {
		tick.Reset(next.Sub(l.drawnAt))
	} else {
		tick.Stop()
	}
	return nil
}
