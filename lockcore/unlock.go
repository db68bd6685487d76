package lockcore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lockbar/internal/fsx"
)

// ForceUnlock removes the lock, after a backup, if it is still the one that the caller saw: it has the same bytes. If they are not a
// record, it must also have seen.LockChanged, unless that is zero. seen is the look that the caller acts upon, and m is the caller's
// memory; evidence in either counts. If the lock is gone, ForceUnlock returns a zero Backup and nil. A lock in use (Snapshot.InUse)
// needs force.
//
// Errors: ErrChanged, ErrHeld, ErrUnreadable, ErrGuardBusy, ErrNoStateDir, or an error of the system; then the lock is in its place and
// nothing was changed. After ErrAside the lock is at Error.Path instead.
func (s *Store) ForceUnlock(ctx context.Context, seen Snapshot, m Memory, force bool) (backup Backup, err error) {
	defer during("unlock", &err)
	m = m.merge(seen)
	// Look before opening the guard: on a dead mount the opening would block for ever.
	now := s.Inspect(ctx, m)
	if err := unlockRefusal(now, seen, force); err != nil || !now.HasLock() {
		return Backup{}, err
	}
	return underGuard(ctx, s, func() (Backup, error) { return s.unlockGuarded(ctx, seen, m, force) })
}

// RefuseUnlock returns the error that ForceUnlock would return after this look for the lock with this token, or nil if it would try or
// there is no lock. With it a caller can report the error before it asks the user to confirm.
func (s Snapshot) RefuseUnlock(token Token, force bool) (err error) {
	defer during("unlock", &err)
	return unlockRefusal(s, Snapshot{Token: token}, force)
}

// unlockRefusal decides whether the lock may be removed, and returns the reason if not.
func unlockRefusal(now, seen Snapshot, force bool) error {
	switch {
	case now.State == Unknown:
		return &Error{Err: ErrUnreadable, Now: now}
	case !now.HasLock():
		return nil
	case now.Token != seen.Token || now.rewritten(seen):
		return &Error{Err: ErrChanged, Now: now}
	case now.InUse() && !force:
		return &Error{Err: ErrHeld, Now: now}
	}
	return nil
}

// rewritten reports whether a lock that is not a record was written since seen, which its bytes alone do not show. If seen has only a
// token, rewritten returns false, since there is no time to compare.
func (s Snapshot) rewritten(seen Snapshot) bool {
	return s.Record.IsZero() && !seen.LockChanged.IsZero() && !s.SameLock(seen)
}

// unlockGuarded does the part of ForceUnlock that needs the guard. If the lock was replaced while being removed, it retries, and the
// next look decides.
func (s *Store) unlockGuarded(ctx context.Context, seen Snapshot, m Memory, force bool) (Backup, error) {
	for range changeTries {
		now := s.Inspect(ctx, m)
		if err := unlockRefusal(now, seen, force); err != nil || !now.HasLock() {
			return Backup{}, err
		}
		backup, err := s.removeSeen(now)
		if !errors.Is(err, errReplaced) {
			return backup, err
		}
	}
	return Backup{}, s.errKeepsChanging()
}

// removeSeen removes the lock that the look found, after a backup.
func (s *Store) removeSeen(now Snapshot) (Backup, error) {
	f, err := s.readSeen(now)
	if err != nil {
		return Backup{}, err
	}
	backup, err := s.backUp(f, BackupUnlock)
	if err != nil {
		return Backup{}, fmt.Errorf("lockcore: backup: %w", err)
	}
	s.step("backed-up")
	if err := s.removeExactly(f); err != nil {
		s.dropBackup(backup, f, err)
		return Backup{}, fmt.Errorf("lockcore: remove: %w", err)
	}
	s.step("removed")
	return backup, nil
}

// Restore puts the newest backup of this store's lock back, byte for byte, if there is no lock. seen is the change that the caller wants
// to undo, as LastBackup returned it; a zero Backup stands for the newest one. m is the caller's memory. Restore returns the backup that
// records the restored lock.
//
// Errors: ErrOccupied, ErrUnreadable, ErrNoBackup, ErrSuperseded (there is a newer change, or the path leads to another store by now),
// ErrGuardBusy, or an error of the system; then nothing was changed.
func (s *Store) Restore(ctx context.Context, seen Backup, m Memory) (backup Backup, err error) {
	defer during("restore", &err)
	if now := s.inspect(ctx, m); now.State == Unknown {
		return Backup{}, &Error{Err: ErrUnreadable, Now: now}
	}
	return underGuard(ctx, s, func() (Backup, error) { return s.restoreGuarded(ctx, seen, m) })
}

func (s *Store) restoreGuarded(ctx context.Context, seen Backup, m Memory) (Backup, error) {
	if err := s.checkNoLock(ctx, m); err != nil {
		return Backup{}, err
	}
	last, err := s.lastBackup()
	if errors.Is(err, ErrNoBackup) {
		return Backup{}, err
	}
	if err != nil {
		return Backup{}, fmt.Errorf("lockcore: backup: %w", err)
	}
	if seen != (Backup{}) && (last.Path != seen.Path || last.Token != seen.Token) {
		return Backup{}, &Error{Err: ErrSuperseded, Backup: last}
	}
	name, _ := parseBackupName(filepath.Base(last.Path))
	f, err := readBackupFile(last.Path, name)
	if err != nil {
		return Backup{}, fmt.Errorf("lockcore: backup: %w", err)
	}
	return s.putLock(ctx, f, m)
}

// putLock writes a lock where there is none, after a backup that records it.
func (s *Store) putLock(ctx context.Context, f file, m Memory) (Backup, error) {
	backup, err := s.backUp(f, BackupRestore) // before the lock, so that a watcher that sees the lock knows that we wrote it
	if err != nil {
		return Backup{}, fmt.Errorf("lockcore: backup: %w", err)
	}
	s.step("noted")
	if err := s.publishNew(f); err != nil {
		_ = os.Remove(backup.Path) // it only repeats an earlier backup or Memory.OwnLock
		return Backup{}, errors.Join(s.checkNoLock(ctx, m), err)
	}
	s.step("restored")
	return backup, nil
}

// checkNoLock returns an error unless inspectNow finds no lock. It does not wait for the end of a swap by a sync engine: the lock that
// the engine then delivers replaces ours, as it would at any time. Nothing is lost, since the backup stays.
func (s *Store) checkNoLock(ctx context.Context, m Memory) error {
	now := s.inspectNow(ctx, m)
	switch {
	case now.State == Unknown:
		return &Error{Err: ErrUnreadable, Now: now}
	case now.HasLock():
		return &Error{Err: ErrOccupied, Now: now}
	}
	return nil
}

// publishNew writes a lock where there is none.
func (s *Store) publishNew(f file) error {
	if f.link != "" {
		return s.publishLink(f.link)
	}
	temp, err := s.writeTemp(s.dir, tempPrefix, f.data)
	if err != nil {
		return err
	}
	if err := s.publish(temp); err != nil {
		_ = os.Remove(temp)
		return err
	}
	fsx.SyncDir(s.dir)
	return nil
}
