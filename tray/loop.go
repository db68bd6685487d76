package tray

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// display shows views. It sends only what changed since the last one; Forget makes it send icon and tooltip again, Rebuild
// the whole menu.
type display interface {
	Show(View) error // the error says that it cannot any more
	Forget()
	Rebuild() error
}

// click is one choice in the menu and when it arrived.
type click struct {
	Action Action
	At     time.Time
}

// look is a change with what goes along: our own newest change, as the watcher's goroutine read it.
type look struct {
	watch.Change
	Last lockcore.Change
}

const (
	// firstLookTime is how long the icon waits to be right from the start: a look takes a millisecond, a dead mount 2 s.
	firstLookTime = 10 * time.Millisecond
	// settleIcon is when everything is shown once more: an icon set while the tray registers may be lost.
	settleIcon = time.Second
	// changeQueue lets the watcher go on while the tray draws.
	changeQueue = 16
)

// loop owns all that is known. Only run and what it calls touch the fields; others send.
type loop struct {
	config   Config
	log      *slog.Logger
	sender   *notify.Sender
	queue    func(notify.Message) error // the sender's, but for tests
	looks    chan look
	clicks   chan click
	opened   chan struct{}
	panels   chan struct{} // a panel came: a hint, which may stand for several
	results  chan result
	statuses chan notify.Status

	stores   []Store
	seen     []sight // by store: what a click is meant for
	busy     []bool  // by store: a click's work is under way
	told     notify.Decider
	notice   Notice
	delivery notify.Status
	work     sync.WaitGroup
}

func newLoop(c Config, log *slog.Logger) *loop {
	l := &loop{
		config: c, log: log, sender: notify.NewSender(),
		looks: make(chan look, changeQueue), clicks: make(chan click), opened: make(chan struct{}, 1), panels: make(chan struct{}, 1),
		results: make(chan result), statuses: make(chan notify.Status),
		stores: make([]Store, len(c.Stores)), seen: make([]sight, len(c.Stores)), busy: make([]bool, len(c.Stores)),
	}
	l.queue = func(m notify.Message) error { return l.sender.Send(notify.Letter{Message: m}) }
	for i, name := range storeNames(c.Stores) {
		l.stores[i].Name = name
	}
	return l
}

// watch feeds looks until ctx ends. It is the watcher's goroutine that reads our last change: the loop touches no disk.
func (l *loop) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	err := watch.Run(ctx, watch.Config{Stores: l.config.Stores, Emit: func(c watch.Change) {
		last, _ := l.config.Stores[c.Store].LastChange()
		select {
		case l.looks <- look{c, last}:
		case <-ctx.Done():
		}
	}})
	if err != nil {
		cancel(err)
	}
}

// deliver sends messages until ctx ends.
func (l *loop) deliver(ctx context.Context) {
	l.sender.Run(ctx, func(_ int, s notify.Status) {
		select {
		case l.statuses <- s:
		case <-ctx.Done():
		}
	})
}

// firstLooks takes in one look per store before the icon appears, if they come in time.
func (l *loop) firstLooks(ctx context.Context) {
	late := time.After(firstLookTime)
	for range l.stores {
		select {
		case k := <-l.looks:
			l.see(k)
		case <-late:
			return
		case <-ctx.Done():
			return
		}
	}
}

// run shows what is known and takes in what comes, until ctx ends (nil), somebody quits (nil) or the display fails.
func (l *loop) run(ctx context.Context, d display) error {
	defer l.work.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	again := time.NewTimer(settleIcon)
	defer again.Stop()
	tick := time.NewTimer(0)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case k := <-l.looks:
			l.see(k)
		case c := <-l.clicks:
			if c.Action.Do == Quit {
				return nil
			}
			l.click(ctx, c)
		case r := <-l.results:
			l.take(r)
		case l.delivery = <-l.statuses:
			l.logDelivery()
		case <-l.opened: // ages are fresh for who looks
		case <-l.panels:
			if err := d.Rebuild(); err != nil {
				return err
			}
		case <-again.C:
			d.Forget()
		case now := <-tick.C:
			l.wake(now)
		}
		if err := l.show(d, tick); err != nil {
			return err
		}
	}
}

func (l *loop) view() View {
	return Render(Input{Now: time.Now(), Stores: l.stores, Notice: l.notice, Delivery: l.delivery})
}

// show draws, notes what the user sees now, and sets the clock for what time alone will change.
func (l *loop) show(d display, tick *time.Timer) error {
	v := l.view()
	if err := d.Show(v); err != nil {
		return err
	}
	for i, s := range l.stores {
		l.seen[i] = l.seen[i].now(subjectOf(s), time.Now())
	}
	if next := earliest(v.Next, l.told.Next()); !next.IsZero() {
		tick.Reset(time.Until(next))
	} else {
		tick.Stop()
	}
	return nil
}

// earliest of two times of which zero means never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (l *loop) see(k look) {
	l.log.Debug("change", "store", l.stores[k.Store].Name, "event", k.Event, "state", k.To.State, "reason", k.To.Reason)
	l.stores[k.Store].Snapshot, l.stores[k.Store].Last = k.To, k.Last
	if !isOurs(k.Event) {
		l.notice = Notice{}
	}
	fact := notify.Fact{Event: k.Event, From: k.From, To: k.To}
	if len(l.stores) > 1 {
		fact.Store = l.stores[k.Store].Name
	}
	var messages []notify.Message
	l.told, messages = l.told.Step(fact, k.At)
	l.send(messages...)
}

// isOurs reports whether an event is what a click did, so that the word about the click still holds.
func isOurs(e lockcore.Event) bool {
	return e == lockcore.WasRemoved || e == lockcore.WasRestored
}

func (l *loop) wake(now time.Time) {
	var messages []notify.Message
	l.told, messages = l.told.Wake(now)
	l.send(messages...)
}

func (l *loop) send(messages ...notify.Message) {
	for _, m := range messages {
		l.log.Debug("notification", "title", m.Title, "body", m.Body)
		if err := l.queue(m); err != nil {
			l.log.Error("notification dropped", "title", m.Title, "err", err)
		}
	}
}

func (l *loop) logDelivery() {
	if l.delivery.Err != "" {
		l.log.Error("notification not shown", "err", l.delivery.Err)
	}
}
