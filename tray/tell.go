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

// handleChange handles a queued change. A lock that is gone is reported only when the watcher knows what happened to it.
func (l *loop) handleChange(k watch.Change) {
	l.log.detail.Printf("%q: %s, now %s %s", l.stores[k.Store].Name, k.Event, k.To.State, k.To.Reason)
	acquired := k.Event == watch.Acquired || k.Event == watch.TakenOver // until then a line about a stopped daemon stays true
	if k.Event != watch.NoEvent && !isOurs(k, l.notice.About) && (acquired || !l.notice.About.isService()) {
		l.notice = lastClick{}
	}
	store := l.config.Stores[k.Store]
	if k.To.Host != "" {
		l.host = k.To.Host
	}
	if next := l.holders.With(store, k.Memory); !next.Equal(l.holders) {
		l.holders = next
		l.save()
	}
	first := !l.seen[k.Store]
	l.seen[k.Store] = true
	if k.Waits() {
		return
	}
	l.recordHistory(k, l.keepLook(k))
	l.recheckUndo = l.recheckUndo || k.To.HasLock()
	if !l.waitForPutBack(k, first) {
		l.tellChange(k, k.At)
	}
}

// tellChange sends the messages about a change.
func (l *loop) tellChange(k watch.Change, now time.Time) {
	fact := notify.Fact{Identity: l.config.Stores[k.Store].Identity(), Event: k.Event, From: k.From, To: k.To, Away: k.Away}
	if len(l.stores) > 1 {
		fact.Store = l.stores[k.Store].Name
	}
	d, orders := l.decider.Step(fact, zone.Of(now))
	l.decided(d, orders, now)
	l.post(time.Now())
}

// isOurs reports whether the click with this result may have caused an event. Then the line about the click is still true.
func isOurs(k watch.Change, about actionKind) bool {
	return k.Event == watch.WasRemoved || k.Event == watch.WasRestored || about == doSetAside && len(copiesGone(k.From, k.To)) > 0
}

// recordHistory adds a change to the history if it is an event other than the first look ever (Initial). before is the time of the look
// that keepLook kept before.
func (l *loop) recordHistory(c watch.Change, before time.Time) {
	if c.Event == watch.NoEvent || c.Event == watch.Initial {
		return
	}
	entry := report.NewEntry(c.Event, report.NewStatus(c.From, before), report.NewStatus(c.To, c.At))
	entry.Backup = backupName(c.Cause, before)
	l.pending.lines = append(l.pending.lines, historyLine{entry, before, copiesGone(c.From, c.To), l.config.Stores[c.Store]})
	l.setRecent(append(slices.Clone(l.recent), pastOf(entry)))
}

// setRecent makes Recent Activity show the newest of these events.
func (l *loop) setRecent(list []past) { l.recent = list[max(0, len(list)-shownPast):] }

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

// due returns when the loop must act next without an event; zero for never. Timers stand still while the machine sleeps, but a pause, for
// example, ends by the clock. So due returns at most slowAge from now; then it is called again.
func (l *loop) due(now time.Time) time.Time {
	wait := notify.Earliest(l.settingsDeadline(), l.retryAt)
	if l.mute {
		return wait
	}
	next := notify.Earliest(wait, l.decider.Next(), l.nextAnnouncement(now), l.nextAsk(), l.nextPutBack(now), l.nextPost(now))
	if l.settings.paused(now) {
		next = notify.Earliest(next, l.settings.PausedUntil)
	}
	if far := now.Add(slowAge); !next.IsZero() && next.After(far) {
		return far
	}
	return next
}

const (
	// darkPause is the time between two checks of a dark screen while letters wait, in case the hint that it woke is lost.
	darkPause = time.Minute
	// darkTime bounds how long letters wait for a screen: a Mac without a connected screen may report for ever that it sleeps.
	darkTime = 24 * time.Hour
)

// silentUntil returns the time until which only answers to clicks and withdrawals are sent: the end of a pause, or, while first looks are
// missing, lockcore.ReadTimeout from now if that is later: within it each look comes or is abandoned. A first look may show that what the
// previous process left to report is over.
func (l *loop) silentUntil(now time.Time) time.Time {
	if until := now.Add(lockcore.ReadTimeout); slices.Contains(l.seen, false) && until.After(l.settings.PausedUntil) {
		return until
	}
	return l.settings.PausedUntil
}

// nextPost returns when letters are due, or, while they wait for the screen, when to check the screen again.
func (l *loop) nextPost(now time.Time) time.Time {
	next := l.outbox.Next(l.silentUntil(now))
	if check := now.Add(darkPause); !l.darkSince.IsZero() && !next.IsZero() && next.Before(check) {
		return check
	}
	return next
}

// waitForScreen reports whether these letters wait for the screen: a Mac that wakes for a moment to fetch mail runs
// programs with its screen dark. The letters stay in the outbox, which is on disk.
func (l *loop) waitForScreen(due []notify.Letter, now time.Time) bool {
	switch {
	case !l.screenAsleep():
		l.darkSince = time.Time{}
	case l.darkSince.IsZero() && len(due) > 0:
		l.darkSince = now.Round(0) // by the wall clock, which includes sleep
	}
	return !l.darkSince.IsZero() && now.Round(0).Sub(l.darkSince) < darkTime
}

// tellDue reports and posts everything that is due by now.
func (l *loop) tellDue(now time.Time) {
	if l.mute {
		return
	}
	d, orders := l.decider.Wake(zone.Of(now))
	l.decided(d, orders, now)
	l.post(now)
}

// startRechecks looks again at the stores whose stale locks are about to be reported.
func (l *loop) startRechecks(ctx context.Context, now time.Time) {
	if l.mute {
		return
	}
	var stores []string
	l.decider, stores = l.decider.Rechecks(now)
	for i, s := range l.config.Stores {
		if slices.Contains(stores, s.Identity()) {
			memory := l.memories[i]
			l.work.Go(func() { send(ctx, l.rechecks, recheck{i, l.inspect(ctx, i, memory)}) })
		}
	}
}

// rechecked handles the result of startRechecks.
func (l *loop) rechecked(r recheck) {
	now := time.Now()
	l.decider = l.decider.Rechecked(l.config.Stores[r.store].Identity(), r.Snapshot, now)
	l.tellDue(now)
}

// checkUndo rechecks the store of a shown Undo after the watcher has reported a lock: if there is a lock, nothing can be undone. The
// report may be older than the removal, so only a new look decides.
func (l *loop) checkUndo(ctx context.Context) {
	if !l.recheckUndo {
		return
	}
	l.recheckUndo = false
	for _, b := range l.outbox.Shows(notify.AnswerSlot).Buttons {
		if i := l.storeOf(b.Store); b.Do == notify.Undo && i >= 0 && l.stores[i].Snapshot.HasLock() {
			memory := l.memories[i]
			l.work.Go(func() {
				if l.inspect(ctx, i, memory).HasLock() {
					send(ctx, l.lateUndos, b.Lock)
				}
			})
		}
	}
}

// retractUndo withdraws the answer that offers to restore this backup.
func (l *loop) retractUndo(backup string) {
	now := time.Now()
	for _, b := range l.outbox.Shows(notify.AnswerSlot).Buttons {
		if b.Do == notify.Undo && b.Lock == backup {
			l.order(now, notify.Order{Slot: notify.AnswerSlot})
			l.post(now)
		}
	}
}

func (l *loop) decided(d notify.Decider, orders []notify.Order, now time.Time) {
	l.decider = d
	for _, o := range orders {
		delete(l.dismissed, o.Slot)
	}
	l.order(now, orders...)
}

func (l *loop) order(now time.Time, orders ...notify.Order) {
	orders = slices.Clone(orders)
	for i := range orders {
		o := &orders[i]
		o.Message = l.withStop(l.config.asDemo(o.Message))
		l.log.detail.Printf("notification in %q: %q: %q", o.Slot, o.Message.Title, o.Message.Body)
	}
	l.outbox = l.outbox.Put(now, orders...)
}

// post gives the keeper the state to write, and the due letters.
func (l *loop) post(now time.Time) {
	if rest, due := l.outbox.Take(zone.Of(now), l.silentUntil(now).After(now)); !l.waitForScreen(due, now) {
		l.outbox = rest
		l.pending.letters = append(l.pending.letters, due...)
	}
	l.save()
}

// save gives the keeper everything that outlives this process.
func (l *loop) save() {
	l.pending.saving = &saving{l.holders, l.looks, notify.Saved{Decider: l.decider, Outbox: l.outbox}, l.host, l.sharedID}
}

// keepLook keeps the look of an event for the next process, and returns the time of the look that it kept before.
func (l *loop) keepLook(c watch.Change) (before time.Time) {
	store := l.config.Stores[c.Store].Identity()
	last := l.looks[store]
	if c.Event != watch.NoEvent || last.Look == nil {
		l.looks = l.looks.With(store, c.To, c.Memory.LastLock, c.At)
	}
	return last.At()
}

// answer sends a message that answers a click.
func (l *loop) answer(m notify.Message) { l.sendOnce(notify.AnswerSlot, m) }

// sendOnce sends a message that is not sent again after a restart.
func (l *loop) sendOnce(slot string, m notify.Message) {
	now := time.Now()
	l.order(now, notify.Order{Slot: slot, Message: m, Once: true})
	l.post(now)
}

func (l *loop) delivered(ctx context.Context, r notify.Outcome) {
	now := time.Now()
	if r.Delivery != (notify.Delivery{}) { // zero: the letter was never sent
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
		l.handleDesktopEvent(ctx, e)
	}
	l.post(now)
}

// handleDesktopEvent handles what the desktop reports about a message.
func (l *loop) handleDesktopEvent(ctx context.Context, e notify.DesktopEvent) {
	if !l.outbox.Handles(e) {
		return
	}
	now := time.Now()
	var p notify.Press
	if l.outbox, p = l.outbox.HandleEvent(e, now); p.Do != "" {
		l.pressed(ctx, p)
	}
	l.post(now)
}

// apply applies settings, which may begin or end a pause.
func (l *loop) apply(s choices, now time.Time) {
	if s.Login == loginUnknown { // not read with each event
		s.Login = l.settings.Login
	}
	if s == l.settings {
		return
	}
	l.settings = s
	l.decider.Quiet = s.quiet()
	l.tellDue(now)
}
