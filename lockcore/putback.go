package lockcore

import (
	"context"
	"errors"
	"strings"
	"time"

	"lockbar/internal/fsx"
)

// maxKeptLock bounds a lock that is remembered to be put back, in bytes. A daemon's has about 150.
const maxKeptLock = 1 << 10

// shutdownTime bounds an orderly shutdown; a process that still runs afterwards is not shutting down. By default
// systemd kills a process after 90 s (TimeoutStopSec=).
const shutdownTime = 100 * time.Second

// PutBackDue reports whether the daemon here has run without any lock in the store for so long that its lock is to be put back.
func (m Memory) PutBackDue(s Snapshot, last Backup, now time.Time) bool {
	return m.MayPutBack(s, last) && !m.GoneSince.IsZero() && now.Sub(m.GoneSince) >= m.putBackDelay(s)
}

// MayPutBack reports whether PutBackDue will become true if nothing changes: the daemon was seen to hold the lock, and still runs
// without it. The shutdown of another daemon deletes whatever lock it finds. last is the newest of our own changes: a lock that we
// removed, or have put back already, is not put back.
func (m Memory) MayPutBack(s Snapshot, last Backup) bool {
	record, err := Parse([]byte(m.OwnLock))
	p := s.LocalDaemon
	switch {
	case s.State != Contested || s.Reason != LockMissing || err != nil, last.Token == tokenOf([]byte(m.OwnLock)):
		return false
	case p.Kind != Daemon || !p.usesThisStore() || m.Holder.PID == 0 || !p.Same(m.Holder) || p.PID != record.PID:
		return false
	}
	return m.LastLock == record || len(s.Elsewhere()) == 0 // otherwise a daemon that took the store since may run
}

// putBackDelay returns how long the lock must be gone. That is shutdownTime, in which a daemon that is shutting down ends, but
// MissingAfter if .daemon-state.json names the daemon, or does not say and another machine may have deleted the lock.
func (m Memory) putBackDelay(s Snapshot) time.Duration {
	if s.stateNamesDaemon || !s.stateNamesNone && m.Shared {
		return MissingAfter
	}
	return shutdownTime
}

// PutBackAt returns when PutBackDue may become true; zero for never.
func (m Memory) PutBackAt(s Snapshot, last Backup) time.Time {
	if m.GoneSince.IsZero() || !m.MayPutBack(s, last) {
		return time.Time{}
	}
	return m.GoneSince.Add(m.putBackDelay(s))
}

// looksUnmounted reports whether the directory cannot be listed, or is bare: it holds nothing but PeersName and names that begin with
// LockName. A mount point without its file system is bare, and so is a store that was created again.
func (s *Store) looksUnmounted() bool {
	bare := true
	_, err := fsx.EachName(s.dir, func(listed []byte) {
		name := string(listed)
		bare = bare && (name == PeersName || strings.HasPrefix(name, LockName))
	})
	return bare || err != nil
}

// PutBack restores the lock that the daemon here lost (Memory.PutBackDue), byte for byte, only if there is no lock, and the
// directory is not bare: it holds more than PeersName and names that begin with LockName. It returns the backup that records the lock.
//
// Errors: ErrChanged (the lock is no longer lost, or the directory is bare), ErrOccupied, ErrUnreadable, ErrGuardBusy, ErrNoStateDir, or
// an error of the system; then nothing was changed.
func (s *Store) PutBack(ctx context.Context, m Memory) (backup Backup, err error) {
	defer during("put back", &err)
	now := s.Inspect(ctx, m)
	if now.State == Unknown {
		return Backup{}, &Error{Err: ErrUnreadable, Now: now}
	}
	last, err := s.lastBackup()
	if err != nil && !errors.Is(err, ErrNoBackup) {
		return Backup{}, err // we may have removed the lock ourselves
	}
	if !m.PutBackDue(now, last, time.Now()) || s.looksUnmounted() {
		return Backup{}, &Error{Err: ErrChanged, Now: now}
	}
	return underGuard(ctx, s, func() (Backup, error) {
		if err := s.checkNoLock(ctx, m); err != nil {
			return Backup{}, err
		}
		return s.putLock(ctx, file{data: []byte(m.OwnLock)}, m)
	})
}
