package tray

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lockbar/icons"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/notify"
)

// The daemon here may lose its lock when another daemon ends, since a daemon that ends deletes whatever lock is there. Lockbar puts the
// lock back, once, and reports that instead of the alarm. If the lock cannot be put back, or is lost again, the alarm is shown.

// waitForPutBack reports whether the report of a change waits, because its lock may be put back. It queues the change that lost the lock,
// or the first look of this process, since the previous process may have ended while such a change waited. A queued change is reported
// only if the lock cannot be put back. Further changes are not reported as long as the lock may still be put back.
func (l *loop) waitForPutBack(k watch.Change, first bool) bool {
	if l.config.Demo || !k.Memory.MayPutBack(k.To, k.Newest) {
		return false
	}
	waits := slices.ContainsFunc(l.lostLocks, func(o watch.Change) bool { return o.Store == k.Store })
	lost := !waits && (first || k.Event != watch.NoEvent)
	if lost {
		l.lostLocks = append(l.lostLocks, k)
	}
	return waits || lost
}

// putBack puts back the locks that have been missing for long enough, and reports the changes whose lock cannot be put back any more.
// While the daemon is being stopped here, its lock is not put back. putBack drops a change if the lock is no longer missing: a later
// change reports that.
func (l *loop) putBack(ctx context.Context, now time.Time) {
	waiting := l.lostLocks
	l.lostLocks = nil
	for _, k := range waiting {
		switch s := &l.stores[k.Store]; {
		case s.Snapshot.Reason != lockcore.LockMissing:
		case !l.memories[k.Store].MayPutBack(s.Snapshot, s.Last):
			l.tellLost(k)
		case s.Doing == doStopDaemon || !l.memories[k.Store].PutBackDue(s.Snapshot, s.Last, now):
			l.lostLocks = append(l.lostLocks, k)
		default:
			l.startPutBack(ctx, k)
		}
	}
}

// nextPutBack returns when a lock is to be put back; zero for never. It ignores a lock that is due already: that one waits for the end of
// a stop.
func (l *loop) nextPutBack(now time.Time) (next time.Time) {
	for _, k := range l.lostLocks {
		if at := l.memories[k.Store].PutBackAt(l.stores[k.Store].Snapshot, l.stores[k.Store].Last); at.After(now) {
			next = notify.Earliest(next, at)
		}
	}
	return next
}

func (l *loop) startPutBack(ctx context.Context, k watch.Change) {
	store, memory := l.config.Stores[k.Store], l.memories[k.Store]
	l.startChange(ctx, action{Do: doPutBack, Store: k.Store}, func(ctx context.Context) result {
		_, err := store.PutBack(ctx, memory)
		return putBackResult(k, err)
	})
}

// putBackResult returns the result of putting a lock back. After a failure the change itself is reported.
func putBackResult(k watch.Change, err error) result {
	if err != nil {
		return result{Err: err, LostLock: &k}
	}
	text := fmt.Sprintf("The daemon here lost its lock and got it back (PID %d)", k.To.LocalDaemon.PID)
	return result{Title: "The daemon here got its lock back", Text: text, Icon: icons.HeldHere,
		Said: fmt.Sprintf("The daemon on %s (PID %d) ran without its lock, perhaps because another daemon ended and deleted it. Lockbar put it back",
			words.Machine(), k.To.LocalDaemon.PID)}
}

// tellLost reports a change whose lock was not put back, if the lock is still missing and the same daemon still runs.
func (l *loop) tellLost(k watch.Change) {
	if s := l.stores[k.Store].Snapshot; s.Reason == lockcore.LockMissing && s.LocalDaemon.Same(k.To.LocalDaemon) {
		l.tellChange(k, time.Now())
	}
}
