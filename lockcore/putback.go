package lockcore

import (
	"context"
	"time"
)

// maxKeptLock is the longest lock that is remembered to be put back, in bytes: one of a daemon has about 150.
const maxKeptLock = 1 << 10

// LostLock reports whether the daemon here has run for MissingAfter without any lock in the store, and is to get its own back: it was seen
// to hold the lock, which was the last one in the store, and nothing says that it gave the lock back. The orderly end of a daemon that was
// overtaken deletes whatever lock is there. last is the newest of our own changes: a lock that was removed here, or put back already, is
// not put back.
func (m Memory) LostLock(s Snapshot, last Backup, now time.Time) bool {
	record, err := Parse([]byte(m.OwnLock))
	p := s.LocalDaemon
	switch {
	case s.State != Contested || s.Reason != LockMissing || err != nil, last.Token == tokenOf([]byte(m.OwnLock)):
		return false
	case p.Kind != Daemon || !p.serves() || m.Holder.PID == 0 || !p.Same(m.Holder) || p.PID != record.PID:
		return false
	}
	return !s.released && m.LastLock == record && !m.GoneSince.IsZero() && now.Sub(m.GoneSince) >= MissingAfter
}

// PutBack gives the daemon here the lock back that it lost (Memory.LostLock), byte for byte, only if there is no lock. last is the newest of
// our own changes, as LastBackup gave it.
//
// Errors: ErrChanged (it is not lost any more), ErrOccupied, ErrUnreadable, ErrGuardBusy, or what the system said; nothing was changed then.
func (s *Store) PutBack(ctx context.Context, last Backup, m Memory) (note Backup, err error) {
	defer during("put back", &err)
	if now := s.Inspect(ctx, m); !m.LostLock(now, last, time.Now()) {
		return Backup{}, &Error{Err: ErrChanged, Now: now}
	}
	err = s.withGuard(ctx, func() (err error) {
		if err = s.occupied(ctx, m); err == nil {
			note, err = s.putIn(ctx, file{data: []byte(m.OwnLock)}, m)
		}
		return err
	})
	return note, err
}
