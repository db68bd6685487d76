package lockcore

import (
	"context"
	"errors"
	"time"

	"lockbar/internal/fsx"
)

const (
	// ReadTimeout is how long a look may take: a read on a dead mount never returns.
	ReadTimeout = 2 * time.Second
	// SettleTime is how long an absence must last to be believed: sync engines swap files in two steps.
	SettleTime = 100 * time.Millisecond
)

// settleTries bounds how often Inspect looks at a lock that keeps changing.
const settleTries = int(ReadTimeout / SettleTime)

// Inspect looks at the store. It always returns a Snapshot; what could not be read is Unknown with its reason.
//
// Sync engines swap files in two steps, and some daemons create the lock before they fill it. So Inspect believes that there is
// no lock, or one that is no record, only if that has been so for SettleTime; else it looks again, after SettleTime, until two
// looks agree. Each look returns within ReadTimeout, or when ctx ends; while an earlier read of this Store is stuck no other
// one is started.
func (s *Store) Inspect(ctx context.Context, m Memory) Snapshot {
	began := time.Now()
	snap := s.inspect(ctx, m)
	for range settleTries {
		if !snap.Unsettled(began) {
			return snap
		}
		select {
		case <-time.After(SettleTime):
		case <-ctx.Done():
			return s.timedOut(ctx.Err()) // nobody confirmed what the first look saw
		}
		before := snap
		began = time.Now()
		if snap = s.inspect(ctx, m); snap.State != Unknown && snap.SameLock(before) {
			return snap
		}
	}
	return s.gaveUp("it keeps changing")
}

// SameLock reports whether two looks met the same lock, and nobody wrote it between them: a lock that is empty may be another
// one that is empty too.
func (s Snapshot) SameLock(o Snapshot) bool {
	return s.Token == o.Token && s.LockChanged.Equal(o.LockChanged)
}

// Unsettled reports whether a look may have met one step of several: no lock, or a lock that is no record, and a change less
// than SettleTime before the look began, or after that. How long the look itself took proves nothing.
func (s Snapshot) Unsettled(began time.Time) bool {
	switch {
	case s.State == Unknown:
		return false
	case !s.HasLock():
		return recent(s.DirChanged, began)
	}
	return s.State == Corrupt && recent(s.LockChanged, began)
}

func recent(change, now time.Time) bool {
	return now.Sub(change) < SettleTime+granularity(change)
}

// inspect looks once.
func (s *Store) inspect(ctx context.Context, m Memory) Snapshot {
	snap, err := fsx.InTime(ctx, s.reading, ReadTimeout, func() Snapshot { return s.look(m, nil) })
	if err != nil {
		return s.timedOut(err)
	}
	return snap
}

// granularity is how much earlier than the change itself its time may be: a kernel tick, or where whole seconds are all
// that a file system keeps, up to two of them (FAT).
func granularity(t time.Time) time.Duration {
	if t.Nanosecond() == 0 {
		return 2 * time.Second
	}
	return 10 * time.Millisecond
}

func (s *Store) timedOut(err error) Snapshot {
	if errors.Is(err, context.Canceled) {
		return s.gaveUp("the look was called off")
	}
	return s.gaveUp("reading took longer than " + ReadTimeout.String())
}

func (s *Store) gaveUp(problem string) Snapshot {
	host, _ := s.host()
	return Snapshot{Store: s.dir, Lock: s.LockPath(), State: Unknown, Reason: Timeout, Host: host, Problem: Problem{Err: problem}}
}

// look runs in a goroutine of its own: any of its reads may hang. A lock is called stale only if it is still there in the end:
// a new one may have come while a slow directory was listed.
func (s *Store) look(m Memory, first func(State, Token)) Snapshot {
	snap := s.lookOnce(m, first)
	for range staleAgain {
		if snap.State != Stale || s.read(snap.Lock).token() == snap.Token {
			break
		}
		snap = s.lookOnce(m, nil)
	}
	return snap
}

// staleAgain limits how often a stale result is rechecked. If the lock changes that often, the next look will report it.
const staleAgain = 2

// Look is Inspect without a deadline: it returns when the system answers, which on a dead mount is never. It is for a caller
// that keeps the time itself and calls it in a goroutine of its own: lockcore/watch, which so needs no second goroutine and
// no timer for each look.
//
// As soon as the lock and the process that it names are known, and make it held here, held elsewhere or contested, Look calls first,
// which may be nil, with that state, once, in its own goroutine. It must not block. What else is looked at then may still make the lock
// contested, or show that the lock of another machine is one of ours.
func (s *Store) Look(m Memory, first func(State, Token)) Snapshot {
	s.reading <- struct{}{}
	defer func() { <-s.reading }()
	return s.look(m, first)
}

// Overdue is what to show while a Look has not come back within ReadTimeout. It touches no file.
func (s *Store) Overdue() Snapshot { return s.timedOut(context.DeadlineExceeded) }
