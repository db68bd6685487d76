package lockcore

import (
	"context"
	"errors"
	"strings"
	"time"

	"lockbar/internal/fsx"
)

// maxKeptLock is the longest lock that is remembered to be put back, in bytes: one of a daemon has about 150.
const maxKeptLock = 1 << 10

// shutdownTime is how long an orderly end may take, after which a process that runs is not ending: systemd ends one itself after 90 s
// (TimeoutStopSec=).
const shutdownTime = 100 * time.Second

// PutBackDue reports whether the daemon here has run for long without any lock in the store, and is to get its own back.
func (m Memory) PutBackDue(s Snapshot, last Backup, now time.Time) bool {
	return m.MayPutBack(s, last) && !m.GoneSince.IsZero() && now.Sub(m.GoneSince) >= m.putBackDelay(s)
}

// MayPutBack reports whether PutBackDue will say so in time if nothing changes: the daemon was seen to hold the lock, and the orderly end of
// another one deletes whatever lock is there. last is the newest of our own changes: a lock that was removed here, or put back already,
// is not put back.
func (m Memory) MayPutBack(s Snapshot, last Backup) bool {
	record, err := Parse([]byte(m.OwnLock))
	p := s.LocalDaemon
	switch {
	case s.State != Contested || s.Reason != LockMissing || err != nil, last.Token == tokenOf([]byte(m.OwnLock)):
		return false
	case p.Kind != Daemon || !p.usesThisStore() || m.Holder.PID == 0 || !p.Same(m.Holder) || p.PID != record.PID:
		return false
	}
	return m.LastLock == record || len(s.Elsewhere()) == 0 // whoever overtook it has ended, too
}

// putBackDelay is how long the lock must be gone. Where nothing says that the daemon is not about to end, it is given the time for that.
func (m Memory) putBackDelay(s Snapshot) time.Duration {
	if s.stateNamesDaemon || !s.stateNamesNone && m.Shared {
		return MissingAfter
	}
	return shutdownTime
}

// PutBackAt returns when PutBackDue may say so; zero for never.
func (m Memory) PutBackAt(s Snapshot, last Backup) time.Time {
	if m.GoneSince.IsZero() || !m.MayPutBack(s, last) {
		return time.Time{}
	}
	return m.GoneSince.Add(m.putBackDelay(s))
}

// looksUnmounted reports whether nothing of a daemon is in the directory: it is a mount point without its file system, or was made again.
func (s *Store) looksUnmounted() bool {
	bare := true
	_, err := fsx.EachName(s.dir, func(listed []byte) {
		name := string(listed)
		bare = bare && (name == PeersName || strings.HasPrefix(name, LockName))
	})
	return bare || err != nil
}

// PutBack gives the daemon here the lock back that it lost (Memory.PutBackDue), byte for byte, only if there is no lock, and the directory
// holds something of a daemon.
//
// Errors: ErrChanged (it is not lost any more), ErrOccupied, ErrUnreadable, ErrGuardBusy, or what the system said; nothing was changed then.
func (s *Store) PutBack(ctx context.Context, m Memory) (backup Backup, err error) {
	defer during("put back", &err)
	last, err := s.lastBackup()
	if err != nil && !errors.Is(err, ErrNoBackup) {
		return Backup{}, err // it may have been us who removed it
	}
	if now := s.Inspect(ctx, m); !m.PutBackDue(now, last, time.Now()) || s.looksUnmounted() {
		return Backup{}, &Error{Err: ErrChanged, Now: now}
	}
	err = s.withGuard(ctx, func() (err error) {
		if err = s.checkNoLock(ctx, m); err == nil {
			backup, err = s.putLock(ctx, file{data: []byte(m.OwnLock)}, m)
		}
		return err
	})
	return backup, err
}
