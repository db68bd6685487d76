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

// display shows views. It sends only what changed since the last one; Forget makes it send icon and tooltip again, Rebuild
// the whole menu.
type display interface {
	ShowIcon(icons.Kind) error // ahead of the rest, for speed; the errors say that it cannot any more
	Show(view) error
	Forget()
	Rebuild() error
}

// health says how the changes of a store are noticed.
type health struct {
	Store int
	watch.Health
}

// lookAt is a look that a message needs: a stale alarm, or an answer that offers Undo.
type lookAt struct {
	store int
	undo  string // the backup that Undo would restore; empty for an alarm
	lockcore.Snapshot
}

const (
	// firstLookTime bounds how long the icon waits for the first store's look, so that it is right from the start, and moreLookTime
	// how much longer for each further store. A look takes a millisecond, or 2 s on a dead mount.
	firstLookTime = 10 * time.Millisecond
	moreLookTime  = 2 * time.Millisecond
	// registerTime delays what the icon does not need until it is probably registered; systray does not report that.
	registerTime = 10 * time.Millisecond
	// settleIcon is the time after which all is shown once more: an icon set while the tray registers may be lost.
	settleIcon = time.Second
	// quietTime is the time without an event after which the memory that the last change took is given back. One change makes the
	// library copy the whole menu several times for the panel: a megabyte, which would stay until the next one.
	quietTime = 2 * time.Second
	// drawPause is the least time between two drawings of the menu: a hundred stores that change at once are not drawn a hundred
	// times. The icon does not wait.
	drawPause = 50 * time.Millisecond
	// changeQueue lets the watcher go on while the tray draws.
	changeQueue = 16
)

// system is what the loop asks of the machine. Tests put others in the place of these.
type system struct {
	wakes        <-chan struct{} // the machine or its screens woke: a hint
	screenAsleep func() bool     // reports whether nobody can see what is posted
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

// loop owns all that is known. Only run and what it calls touch the fields; others send.
type loop struct {
	config     Config
	log        logs
	sender     *notify.Sender
	changes    chan sighting
	answers    chan answer
	lives      chan lifeOf
	pasts      chan []past
	clicks     chan action
	opened     chan struct{}
	closed     chan struct{} // the menu, which was not drawn while it was open: a hint
	panels     chan struct{} // a panel came: a hint, which may stand for several
	panelNews  chan bool     // whether one shows the icon, once that is known
	results    chan result
	reports    chan notify.Outcome
	said       chan notify.DesktopEvent // by the desktop
	checks     chan lookAt
	healths    chan health
	readings   chan reading
	jobs       chan job      // for the keeper
	registered chan struct{} // closed when the icon should be there
	woke       chan struct{} // for the watcher: the machine woke

	system
	stores      []storeView
	seen        []bool          // by store: its first look was taken in
	unread      []watch.Change  // not told yet: they wait for the settings
	asked       time.Time       // when the read of the settings began that is under way; zero: none is
	again       bool            // settings are to be read again after that
	clicked     bool            // a click has changed them since it began
	silent      bool            // the last read was not answered
	retry       time.Time       // when to ask again then; zero: not by itself
	mute        bool            // nothing is told or sent: the settings are not known yet
	busy        map[action]bool // what is under way
	changing    []chan struct{} // by store: closed when the last change that was clicked is done; nil: none was
	holders     state.Holders
	looks       state.Looks // of the stores that are watched
	told        notify.Decider
	outbox      notify.Outbox
	speakers    []speaker           // by store
	lostLocks   []watch.Change      // that are to be put back
	sharedID    string              // our id in stores that are shared, where another machine has that of the system
	tookID      bool                // in this process
	memories    []lockcore.Memory   // by store: of the process before this one, then of the newest look
	last        []lockcore.Snapshot // by store: what the process before this one saw last
	pending     job                 // what this turn gives the keeper to do
	settings    choices
	recent      []past                    // oldest first
	dark        time.Time                 // since when letters wait for a screen that somebody can see; zero: none does
	doubtUndo   bool                      // a lock may have come since the removal that the answer offers to undo
	removed     lockcore.Backup           // the lock that the newest answer offers to put back
	clickedAway map[string]notify.Message // by the store's identity: the message that a click took away, until it is known what came of that
	notice      lastClick
	delivery    notify.Delivery
	drawn       time.Time // when the menu was drawn last
	looked      time.Time // when it was opened last
	reading     bool      // one is under way
	reread      bool      // and may be of before what it was asked for
	loginRead   bool      // it was asked whether Lockbar starts at login
	iconShown   bool      // by a panel, as far as this system tells
	host        string    // our newest name, as the keeper knows it
	work        sync.WaitGroup
}

// run shows what is known and takes in what comes, until ctx ends (nil), somebody quits (nil) or the display fails.
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
				continue // all else follows with the change
			}
			l.readAlong(ctx, c.Change)
		case a := <-l.answers:
			l.answered(ctx, a)
		case s := <-l.lives:
			l.lived(s)
		case older := <-l.pasts:
			l.recall(older)
		case a := <-l.clicks:
			if a.Do == doQuit {
				return nil
			}
			l.click(ctx, a)
		case r := <-l.results:
			l.take(ctx, r)
		case r := <-l.reports:
			l.delivered(ctx, r)
		case e := <-l.said:
			l.hear(ctx, e)
		case c := <-l.checks:
			l.checked(c)
		case h := <-l.healths:
			l.stores[h.Store].Health = h.Health
		case r := <-l.readings:
			l.freshen(ctx, r)
		case <-l.opened: // somebody looks: show ages in minutes, and read again what no event tells
			l.looked = time.Now()
			l.refresh(ctx)
		case <-l.closed:
			l.drawn = time.Time{}
		case <-l.panels:
			if err := d.Rebuild(); err != nil {
				return err
			}
			l.drawn = time.Time{} // there is no menu now
		case shown := <-l.panelNews:
			l.tellPanel(shown, os.Getenv("XDG_CURRENT_DESKTOP"))
		case <-l.wakes:
			hint(l.woke)
			l.wake(time.Now())
		case <-registered.C:
			close(l.registered)
			l.refresh(ctx)
			l.work.Go(func() { send(ctx, l.pasts, readPast(l.config.StateDir, l.log)) })
		case <-again.C:
			d.Forget()
		case <-tick.C:
			now := time.Now()
			if !l.retry.IsZero() && !now.Before(l.retry) {
				l.askSettings(ctx)
			}
			l.tellLate(now)
			l.wake(now)
			l.check(ctx, now)
		case <-quiet.C:
			l.work.Go(l.freeMemory)
			continue
		}
		now := time.Now()
		l.putBack(ctx, now)
		l.checkUndo(ctx)
		l.greet(now)
		l.speak(now)
		if err := l.show(d, tick, now); err != nil {
			return err
		}
		quiet.Reset(quietTime)
	}
}

func (l *loop) view() view {
	return l.config.asDemoView(render(input{Now: zone.Of(time.Now()), Stores: l.stores, Notice: l.notice, Delivery: l.delivery, Waiting: l.outbox.Waiting(),
		Settings: l.settings, Recent: l.recent, Way: notify.UsedWay(), Version: l.config.Version, Commit: l.config.Commit, Looked: l.looked}))
}

// show draws, and sets the clock for what time alone will change. What there is to write is handed
// over first: the end of the app may come while this draws, and then it never comes back. turn is when due work
// was last handled: what falls due while this draws is due at once.
func (l *loop) show(d display, tick *time.Timer, turn time.Time) error {
	l.handOver()
	if pause := drawPause - time.Since(l.drawn); pause > 0 {
		tick.Reset(pause)
		return nil
	}
	v := l.view()
	if err := d.Show(v); err != nil {
		return err
	}
	l.drawn = time.Now()
	if next := notify.Earliest(v.Next, l.due(turn)); !next.IsZero() {
		tick.Reset(next.Sub(l.drawn))
	} else {
		tick.Stop()
	}
	return nil
}
