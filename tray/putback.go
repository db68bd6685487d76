package tray

import (
	"context"
	"fmt"
	"time"

	"lockbar/icons"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// The daemon here may lose its lock to the end of another one, which deletes whatever lock is there. It gets it back, once, and that is
// said in place of the alarm. Where it cannot be given back, or is lost again, the alarm is told.

// lost keeps a change that is told only if the lock cannot be put back.
func (l *loop) lost(k watch.Change) bool {
	lost := k.Event != watch.NoEvent && k.Memory.MayPutBack(k.To, k.Newest) && !l.config.Demo
	if lost {
		l.lostLocks = append(l.lostLocks, k)
	}
	return lost
}

// putBack puts back what has been lost for long enough, and tells what is not to be put back after all. Whatever else has become of a store
// was told by itself.
func (l *loop) putBack(ctx context.Context, now time.Time) {
	waiting := l.lostLocks
	l.lostLocks = nil
	for _, k := range waiting {
		switch s := &l.stores[k.Store]; {
		case s.Snapshot.Reason != lockcore.LockMissing:
		case !l.memories[k.Store].MayPutBack(s.Snapshot, s.Last):
			l.tellUntold(k)
		case s.Doing == doStopDaemon || !l.memories[k.Store].PutBackDue(s.Snapshot, s.Last, now):
			l.lostLocks = append(l.lostLocks, k)
		default:
			l.startPutBack(ctx, k)
		}
	}
}

// nextReturn returns when a lock is to be put back; zero for never. One that is due already waits for something else.
func (l *loop) nextReturn(now time.Time) (next time.Time) {
	for _, k := range l.lostLocks {
		if at := l.memories[k.Store].PutBackAt(l.stores[k.Store].Snapshot, l.stores[k.Store].Last); at.After(now) {
			next = notify.Earliest(next, at)
		}
	}
	return next
}

// startPutBack begins, after the changes that were clicked before.
func (l *loop) startPutBack(ctx context.Context, k watch.Change) {
	name, memory := "", l.memories[k.Store]
	if len(l.stores) > 1 {
		name = l.stores[k.Store].Short + ": "
	}
	store, before, done := l.config.Stores[k.Store], l.changing[k.Store], make(chan struct{})
	l.changing[k.Store] = done
	l.start(ctx, action{Do: doPutBack, Store: k.Store}, func(ctx context.Context) result {
		defer close(done)
		if before != nil {
			<-before
		}
		ctx, cancel := context.WithTimeout(ctx, workTime)
		defer cancel()
		_, err := store.PutBack(ctx, memory)
		return broughtBack(name, k, err)
	})
}

// broughtBack says what became of it. What failed is told as it was found.
func broughtBack(name string, k watch.Change, err error) result {
	if err != nil {
		return result{Err: err, Untold: &k}
	}
	text := name + fmt.Sprintf("The daemon here lost its lock and got it back (PID %d)", k.To.LocalDaemon.PID)
	return result{Title: "The daemon here got its lock back", Text: text, Icon: icons.HeldHere,
		Said: name + fmt.Sprintf("The daemon on %s (PID %d) ran without its lock, which the end of another daemon deletes. Lockbar put it back",
			words.Machine(), k.To.LocalDaemon.PID)}
}

// tellUntold tells a change that was kept back, if it still holds.
func (l *loop) tellUntold(k watch.Change) {
	if s := l.stores[k.Store].Snapshot; s.Reason == lockcore.LockMissing && s.LocalDaemon.Same(k.To.LocalDaemon) {
		l.announce(k, time.Now())
	}
}
