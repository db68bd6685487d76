package lockcore

import (
	"context"
	"errors"
	"time"

	"lockbar/internal/fsx"
)

const (
	// ReadTimeout bounds a look: on a dead mount a read never returns.
	ReadTimeout = 2 * time.Second
	// SettleTime is how long a lock must be absent, or not a record, before Inspect believes it.
	SettleTime = 100 * time.Millisecond
)

// settleTries bounds how often Inspect looks again at a lock that keeps changing.
const settleTries = int(ReadTimeout / SettleTime)

// Inspect looks at the store. It always returns a Snapshot; if the store cannot be read, its State is Unknown, with a Reason.
//
// Sync engines swap files in two steps, and some daemons create the lock before they write it. So Inspect believes that there is no
// lock, or that the lock is not a record, only if that has lasted for SettleTime; else it looks again, after SettleTime, until two
// looks agree. Each look returns within ReadTimeout, or when ctx ends. While an earlier read of this Store is stuck, no other one
// is started.
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
			return s.timeoutSnapshot(ctx) // the last look was not confirmed
		}
		before := snap
		began = time.Now()
		if snap = s.inspect(ctx, m); snap.State != Unknown && snap.SameLock(before) {
			return snap
		}
	}
	return s.unknownSnapshot("the lock keeps changing")
}

// SameLock reports whether two looks found the same lock, not written in between. The bytes alone do not tell: two empty locks may be
// different ones.
func (s Snapshot) SameLock(o Snapshot) bool {
	return s.Token == o.Token && s.LockChanged.Equal(o.LockChanged)
}

// Unsettled reports whether a look may have found one step of several: there is no lock, or a lock that is not a record, and the last
// change is not yet SettleTime older than the beginning of the look. The duration of the look itself proves nothing.
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
	snap, err := fsx.InTime(ctx, s.readSlot, ReadTimeout, func() Snapshot { return s.look(m, nil) })
	if err != nil {
		return s.timeoutSnapshot(ctx)
	}
	return snap
}

// granularity bounds how much earlier than a change its recorded time may be: by a kernel tick, or by up to two seconds if the file
// system keeps only whole seconds (FAT keeps even ones).
func granularity(t time.Time) time.Duration {
	if t.Nanosecond() == 0 {
		return 2 * time.Second
	}
	return 10 * time.Millisecond
}

// timeoutSnapshot returns the Snapshot for a look that the caller's ctx ended or, if that has not ended, ReadTimeout.
func (s *Store) timeoutSnapshot(ctx context.Context) Snapshot {
	switch err := ctx.Err(); {
	case errors.Is(err, context.Canceled):
		return s.unknownSnapshot("cancelled")
	case err != nil:
		return s.unknownSnapshot("the deadline passed before the look was done")
	}
	return s.unknownSnapshot("reading took longer than " + ReadTimeout.String())
}

func (s *Store) unknownSnapshot(problem string) Snapshot {
	host, _ := s.host()
	return Snapshot{Store: s.dir, Lock: s.LockPath(), State: Unknown, Reason: Timeout, Host: host, Problem: Problem{Err: problem}}
}

// look runs in a separate goroutine, since any of its reads may hang. If it finds a stale lock, it reads the lock again at the end, and
// looks again if that has changed: a new lock may have appeared while a slow directory was listed.
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

// Look looks once, without a deadline: it returns when the system answers, which on a dead mount is never. It serves lockcore/watch,
// which calls Look in a separate goroutine and enforces the deadline itself. So a look needs no second goroutine and no timer.
//
// If first is not nil, Look calls it, at most once, as soon as the lock and the process that it names show that the store is held here,
// held elsewhere or contested. The call is synchronous, so first must not block. The rest of the look may still make the state
// contested, or show that a lock that seemed to be another machine's is that of a container here.
func (s *Store) Look(m Memory, first func(State, Token)) Snapshot {
	s.readSlot <- struct{}{}
	defer func() { <-s.readSlot }()
	return s.look(m, first)
}

// Overdue returns the Snapshot to show while a Look has not returned within ReadTimeout. It touches no file.
func (s *Store) Overdue() Snapshot { return s.timeoutSnapshot(context.Background()) }
