package tray

import (
	"context"
	"errors"
	"slices"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/zone"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// see takes in a change that is to be told. It tells nothing of a lock that is gone before the watcher knows what became of it.
func (l *loop) see(k watch.Change) {
	l.log.detail.Printf("%q: %s, now %s %s", l.stores[k.Store].Name, k.Event, k.To.State, k.To.Reason)
	taken := k.Event == watch.Acquired || k.Event == watch.TakenOver // else a line about a daemon that was stopped still holds
	if k.Event != watch.NoEvent && !isOurs(k.Event) && (taken || !l.notice.About.isService()) {
		l.notice = lastClick{}
	}
	store := l.config.Stores[k.Store]
	if k.To.Host != "" {
		l.host = k.To.Host
	}
	if next := l.holders.Seen(store, k.Memory); !next.Equal(l.holders) {
		l.holders = next
		l.save()
	}
	l.seen[k.Store] = true
	if k.Waits() {
		return
	}
	l.remember(k, l.note(k))
	l.doubtUndo = l.doubtUndo || k.To.HasLock()
	if !l.lost(k) {
		l.announce(k, k.At)
	}
}

// announce tells what a change deserves.
func (l *loop) announce(k watch.Change, now time.Time) {
	fact := notify.Fact{Identity: l.config.Stores[k.Store].Identity(), Event: k.Event, From: k.From, To: k.To, Away: k.Away}
	if len(l.stores) > 1 {
		fact.Store = l.stores[k.Store].Name
	}
	d, orders := l.told.Step(fact, zone.Of(now))
	l.tell(d, orders, now)
	l.post(time.Now())
}

// isOurs reports whether a click may have caused an event. Then the line about the click still holds.
func isOurs(e watch.Event) bool {
	return e == watch.WasRemoved || e == watch.WasRestored
}

// remember writes a change into the history, but not the first look ever: nothing is known to have happened. before is the time of the
// previous look.
func (l *loop) remember(c watch.Change, before time.Time) {
	if c.Event == watch.NoEvent || c.Event == watch.Initial {
		return
	}
	entry := report.NewEntry(c.Event, report.NewStatus(c.From, before), report.NewStatus(c.To, c.At))
	entry.Backup = nameOf(c.Cause, before)
	l.pending.lines = append(l.pending.lines, historyLine{entry, before, copiesGone(c.From, c.To), l.config.Stores[c.Store]})
	l.remind(append(slices.Clone(l.recent), pastOf(entry)))
}

// remind makes the newest of these what Recent Activity shows.
func (l *loop) remind(list []past) { l.recent = list[max(0, len(list)-shownPast):] }

// copiesGone lists the conflict copies that have gone.
func copiesGone(from, to lockcore.Snapshot) []lockcore.Conflict {
	if from.Conflicts == to.Conflicts {
		return nil
	}
	now := to.Conflicts.List()
	return slices.DeleteFunc(from.Conflicts.List(), func(c lockcore.Conflict) bool {
		return slices.ContainsFunc(now, func(o lockcore.Conflict) bool { return o.Path == c.Path && o.Record == c.Record })
	})
}

// due returns when wake has something to do. Timers stand still while the machine sleeps, and the times that people chose do not, so a
// far time is checked again every slowAge.
func (l *loop) due(now time.Time) time.Time {
	wait := notify.Earliest(l.late(), l.retry)
	if l.mute {
		return wait
	}
	next := notify.Earliest(wait, l.told.Next(), l.nextWord(now), l.nextAsk(), l.nextReturn(now), l.nextPost(now))
	if l.settings.paused(now) {
		next = notify.Earliest(next, l.settings.PausedUntil)
	}
	if far := now.Add(slowAge); !next.IsZero() && next.After(far) {
		return far
	}
	return next
}

const (
	// darkPause is the time after which a dark screen is checked again while letters wait, in case the hint is lost that it woke.
	darkPause = time.Minute
	// darkTime bounds how long letters wait for a screen: a Mac without one may report for ever that it sleeps.
	darkTime = 24 * time.Hour
)

// silentUntil returns until when only answers to clicks are sent: until the end of a pause, and until the first looks, which may show
// that what the previous process left to be told is over. Each look comes, or is given up, within lockcore.ReadTimeout.
func (l *loop) silentUntil(now time.Time) time.Time {
	if until := now.Add(lockcore.ReadTimeout); slices.Contains(l.seen, false) && until.After(l.settings.PausedUntil) {
		return until
	}
	return l.settings.PausedUntil
}

// nextPost returns when letters are due, or, while they wait for a screen, when that is checked again.
func (l *loop) nextPost(now time.Time) time.Time {
	next := l.outbox.Next(l.silentUntil(now))
	if again := now.Add(darkPause); !l.dark.IsZero() && !next.IsZero() && next.Before(again) {
		return again
	}
	return next
}

// waits reports whether these letters wait until somebody can see them: a Mac that wakes for a moment to fetch mail runs
// programs with its screen dark. They stay in the outbox, which is on disk.
func (l *loop) waits(due []notify.Letter, now time.Time) bool {
	switch {
	case !l.screenAsleep():
		l.dark = time.Time{}
	case l.dark.IsZero() && len(due) > 0:
		l.dark = now.Round(0) // by the wall clock: sleep counts
	}
	return !l.dark.IsZero() && now.Round(0).Sub(l.dark) < darkTime
}

func (l *loop) wake(now time.Time) {
	if l.mute {
		return
	}
	d, orders := l.told.Wake(zone.Of(now))
	l.tell(d, orders, now)
	l.post(now)
}

// check looks at the stores of which something is to be told that only a look of now proves.
func (l *loop) check(ctx context.Context, now time.Time) {
	if l.mute {
		return
	}
	var stores []string
	l.told, stores = l.told.Looks(now)
	for i, s := range l.config.Stores {
		if slices.Contains(stores, s.Identity()) {
			l.look(ctx, i, "")
		}
	}
}

// checkUndo rechecks the store of a shown Undo when the watcher reported a lock: beside a lock nothing can be undone. The report may be
// older than the removal, so only a new look decides.
func (l *loop) checkUndo(ctx context.Context) {
	if !l.doubtUndo {
		return
	}
	l.doubtUndo = false
	for _, b := range l.outbox.Shows(notify.AnswerSlot).Buttons {
		if i := l.storeOf(b.Store); b.Do == notify.Undo && i >= 0 && l.stores[i].Snapshot.HasLock() {
			l.look(ctx, i, b.Lock)
		}
	}
}

// look sends what is in a store now to checks; undo is the backup of the removal that this is about.
func (l *loop) look(ctx context.Context, i int, undo string) {
	memory := l.memories[i]
	l.work.Go(func() { send(ctx, l.checks, lookAt{i, undo, l.inspect(ctx, i, memory)}) })
}

func (l *loop) checked(c lookAt) {
	now := time.Now()
	if c.undo == "" {
		l.told = l.told.Look(l.config.Stores[c.store].Identity(), c.Snapshot, now)
	} else if c.HasLock() {
		l.retractUndo(c.undo, now)
	}
	l.wake(now)
}

// retractUndo withdraws the answer that offers to restore this backup.
func (l *loop) retractUndo(backup string, now time.Time) {
	for _, b := range l.outbox.Shows(notify.AnswerSlot).Buttons {
		if b.Do == notify.Undo && b.Lock == backup {
			l.order(now, notify.Order{Slot: notify.AnswerSlot})
		}
	}
}

func (l *loop) tell(d notify.Decider, orders []notify.Order, now time.Time) {
	l.told = d
	for _, o := range orders {
		delete(l.clickedAway, o.Slot)
	}
	l.order(now, orders...)
}

func (l *loop) order(now time.Time, orders ...notify.Order) {
	orders = l.config.asDemo(orders)
	orders = append([]notify.Order(nil), orders...)
	for i, o := range orders {
		o.Message = l.withStop(o.Message)
		orders[i] = o
		l.log.detail.Printf("notification in %q: %q: %q", o.Slot, o.Message.Title, o.Message.Body)
	}
	l.outbox = l.outbox.Put(now, orders...)
}

// post gives the keeper what there is to write, and the letters to send after that.
func (l *loop) post(now time.Time) {
	if rest, due := l.outbox.Take(zone.Of(now), l.silentUntil(now).After(now)); !l.waits(due, now) {
		l.outbox = rest
		l.pending.letters = append(l.pending.letters, due...)
	}
	l.save()
}

// save gives the keeper all that outlives this process.
func (l *loop) save() {
	l.pending.saving = &saving{l.holders, l.looks, notify.Saved{Decider: l.told, Outbox: l.outbox}, l.host, l.sharedID}
}

// note keeps the look of a change for the next process, and returns the time of the previous look.
func (l *loop) note(c watch.Change) (before time.Time) {
	store := l.config.Stores[c.Store].Identity()
	last := l.looks[store]
	if c.Event != watch.NoEvent || last.Look == nil {
		l.looks = l.looks.With(store, c.To, c.Memory.LastLock, c.At)
	}
	return last.At()
}

// answer sends a message that is an answer to a click.
func (l *loop) answer(m notify.Message) {
	now := time.Now()
	l.order(now, notify.Order{Slot: notify.AnswerSlot, Message: m, Once: true})
	l.post(now)
}

func (l *loop) delivered(ctx context.Context, r notify.Outcome) {
	now := time.Now()
	if r.Delivery != (notify.Delivery{}) { // else it never left
		l.delivery = r.Delivery
	}
	if r.Err != nil {
		l.log.trouble.Printf("a notification was not shown: %q", r.Err)
	}
	if r.Err != nil && l.notice.About == doSendTest {
		l.notice = lastClick{Text: testFailed, At: now}
	}
	var early []notify.DesktopEvent
	l.outbox, early = l.outbox.Report(r.ID, r.Handle, r.Err == nil || errors.Is(r.Err, notify.ErrDenied), now).Early()
	for _, e := range early {
		l.hear(ctx, e)
	}
	l.post(now)
}

// hear takes in what the desktop says.
func (l *loop) hear(ctx context.Context, e notify.DesktopEvent) {
	if !l.outbox.Concerns(e) {
		return
	}
	now := time.Now()
	var p notify.Press
	if l.outbox, p = l.outbox.Happened(e, now); p.Do != "" {
		l.pressed(ctx, p)
	}
	l.post(now)
}

// apply takes in settings, which may end a pause.
func (l *loop) apply(s choices, now time.Time) {
	if s.Login == loginUnknown { // not asked for along with an event
		s.Login = l.settings.Login
	}
	if s == l.settings {
		return
	}
	l.settings = s
	l.told = l.told.Quieten(s.quiet())
	l.wake(now)
}
