package tray

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"time"

	"lockbar/internal/config"
	"lockbar/internal/report"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// This file prepares the loop: it restores the saved state, runs the watcher and the sender, and receives the first looks.

func newLoop(c Config, log logs) *loop {
	l := &loop{
		config: c, log: log, sender: notify.NewSender(c.StateDir),
		changes: make(chan sighting, changeQueue), answers: make(chan answer), lifecycles: make(chan storeLifecycle), pasts: make(chan []past),
		clicks: make(chan action), opened: make(chan struct{}, 1), closed: make(chan struct{}, 1), panels: make(chan struct{}, 1), panelNews: make(chan bool),
		results: make(chan result), reports: make(chan notify.Outcome), desktopEvents: make(chan notify.DesktopEvent), rechecks: make(chan recheck), lateUndos: make(chan string), healths: make(chan health), readings: make(chan reading),
		jobs: make(chan job, 1), registered: make(chan struct{}), lookAll: make(chan struct{}, 1), system: c.realSystem(),
		stores: make([]storeView, len(c.Stores)), seen: make([]bool, len(c.Stores)), busy: map[action]bool{}, dismissed: map[string]notify.Message{}, changing: make([]chan struct{}, len(c.Stores)),
	}
	names := storeNames(c.Stores)
	for _, s := range c.Stores {
		l.announcers = append(l.announcers, c.announcer(s))
	}
	for i, short := range shortNames(names) {
		l.stores[i].Name, l.stores[i].Short = names[i], short
	}
	return l
}

// begin restores the saved state. The settings and the history are read once the icon has appeared. Before the settings are known, nothing
// is reported, and only answers to clicks and withdrawals are sent.
func (l *loop) begin() {
	saved, messages, readable := readSaved(l.config.StateDir, l.log)
	l.sharedID = saved.SharedID
	l.holders = saved.Holders.Of(l.config.Stores)
	l.memories = l.holders.Memories(l.config.Stores)
	l.looks = saved.Looks.Of(l.config.Stores)
	l.last = make([]lockcore.Snapshot, len(l.config.Stores))
	var watched []string
	for _, s := range l.config.Stores {
		watched = append(watched, s.Identity())
	}
	messages = messages.Of(slices.AppendSeq(slices.Clone(watched), maps.Keys(saved.Looks))).Watching(watched)
	messages.Outbox = messages.Outbox.Resume()
	l.decider, l.outbox = messages.Decider, messages.Outbox.Put(time.Now(), notify.Order{Slot: notify.PanelSlot}) // a panel may show the icon now
	for i := range l.config.Stores {
		l.outbox = l.outbox.Put(time.Now(), notify.Order{Slot: l.askSlot(i)})
	}
	if l.config.isFirst(saved, readable) {
		l.decider.GreetingDue = true
	}
	for store, seen := range saved.Looks {
		l.decider = l.decider.Recall(store, seen.Look.Snapshot())
	}
	for i, s := range l.config.Stores {
		if last, known := l.looks[s.Identity()]; known {
			l.memories[i].LastLock = last.Lock
			l.last[i] = last.Look.Snapshot()
			l.last[i].Store, l.last[i].Lock = s.Dir(), s.LockPath() // the store may have had another path then
			l.decider = l.decider.Recall(s.Identity(), l.last[i])
		}
	}
	l.settings, l.mute, l.iconShown = choicesOf(config.Default()), true, !tellsPanels
}

// watch delivers changes to the loop until ctx ends. When all stores have been looked at once, it holds the watcher until the icon has
// probably appeared, so that further work does not delay the icon.
func (l *loop) watch(ctx context.Context, cancel context.CancelCauseFunc, memories []lockcore.Memory) {
	var unseen []int
	for i := range l.config.Stores {
		unseen = append(unseen, i)
	}
	err := watch.Run(ctx, watch.Config{Stores: l.config.Stores, Memories: memories, Before: l.last, Keep: report.Kept,
		Emit: func(c watch.Change) {
			l.sendSighting(ctx, sighting{Change: c})
			if unseen = slices.DeleteFunc(unseen, func(i int) bool { return i == c.Store }); len(unseen) == 0 {
				select {
				case <-l.registered:
				case <-ctx.Done():
				}
			}
		},
		Glimpse: func(store int, state lockcore.State) {
			l.sendSighting(ctx, sighting{watch.Change{Store: store, To: lockcore.Snapshot{State: state}}, true})
		},
		Health: func(store int, h watch.Health) { send(ctx, l.healths, health{store, h}) },
		Woke:   l.lookAll,
	})
	if err != nil {
		cancel(err)
	}
}

// sendSighting gives a sighting to the loop and yields, so that the loop draws the icon: with one processor the watcher would run on.
func (l *loop) sendSighting(ctx context.Context, c sighting) {
	send(ctx, l.changes, c)
	runtime.Gosched()
}

// deliver sends messages until ctx ends.
func (l *loop) deliver(ctx context.Context) {
	l.sender.Run(ctx, func(r notify.Outcome) { send(ctx, l.reports, r) }, func(e notify.DesktopEvent) { send(ctx, l.desktopEvents, e) })
}

// sendLetter gives a letter to the sender. If the sender has no room for it, sendLetter reports it as failed, so that it is retried.
func (l *loop) sendLetter(ctx context.Context, letter notify.Letter) error {
	err := l.sender.Send(letter)
	if err != nil {
		send(ctx, l.reports, notify.Outcome{ID: letter.ID, Err: err})
	}
	return err
}

// hint reports that something happened, but not how often.
func hint(to chan<- struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}

// send gives v to the loop, unless the loop has ended.
func send[T any](ctx context.Context, to chan<- T, v T) {
	select {
	case to <- v:
	case <-ctx.Done():
	}
}

// firstLooks receives one look per store before the icon appears, if they come in time.
func (l *loop) firstLooks(ctx context.Context) {
	timeout := time.After(firstLookTime + time.Duration(len(l.stores)-1)*moreLookTime)
	for looked := 0; looked < len(l.stores); {
		select {
		case c := <-l.changes:
			l.glimpse(c)
			if !c.ahead {
				l.queued = append(l.queued, c.Change) // handled once the icon has appeared
				looked++
			}
		case h := <-l.healths:
			l.stores[h.Store].Health = h.Health
		case <-timeout:
			return
		case <-ctx.Done():
			return
		}
	}
}
