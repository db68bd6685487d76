package lockcore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lockbar/internal/fsx"
)

// ForceUnlock removes the lock if it still is the one that the caller saw, after a backup: one with the same bytes, and where
// they are no record, written at the same time, if seen tells that. seen is the look that the caller acts upon, and m what it remembers; evidence of either counts. If there is no lock any more it returns a zero Backup and nil.
// What is in use (Snapshot.InUse) needs force.
//
// Errors: ErrChanged, ErrHeld, ErrUnreadable (nothing was changed; say so), ErrGuardBusy, or what the system said;
// the lock is in its place then. ErrAside: it is not, and says where it is.
func (s *Store) ForceUnlock(ctx context.Context, seen Snapshot, m Memory, force bool) (change Backup, err error) {
	defer during("unlock", &err)
	m = m.with(seen)
	// A look before the guard is opened: on a dead mount that would wait for ever.
	now := s.Inspect(ctx, m)
	if err := unlockRefusal(now, seen, force); err != nil || !now.HasLock() {
		return Backup{}, err
	}
	err = s.withGuard(ctx, func() (err error) {
		change, err = s.unlockGuarded(ctx, seen, m, force)
		return err
	})
	return change, err
}

// RefuseUnlock returns the error that ForceUnlock would return for the lock with this token if it found what this look found,
// or nil if it would try. It lets a caller say so before it asks anybody.
func (s Snapshot) RefuseUnlock(token Token, force bool) (err error) {
	defer during("unlock", &err)
	return unlockRefusal(s, Snapshot{Token: token}, force)
}

// unlockRefusal is the policy: what may not be removed, and why.
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

// rewritten reports whether a lock that is no record was written since seen: nothing in it tells one from the next. A caller that
// knows only the token has no time to compare.
func (s Snapshot) rewritten(seen Snapshot) bool {
	return s.Record.IsZero() && !seen.LockChanged.IsZero() && !s.SameLock(seen)
}

// unlockGuarded retries if the lock was replaced while it was being removed: the next look decides.
func (s *Store) unlockGuarded(ctx context.Context, seen Snapshot, m Memory, force bool) (Backup, error) {
	for range changeTries {
		now := s.Inspect(ctx, m)
		if err := unlockRefusal(now, seen, force); err != nil || !now.HasLock() {
			return Backup{}, err
		}
		change, err := s.removeSeen(now)
		if !errors.Is(err, errReplaced) {
			return change, err
		}
	}
	return Backup{}, s.errKeepsChanging()
}

// removeSeen removes the lock of that look, after a backup.
func (s *Store) removeSeen(now Snapshot) (Backup, error) {
	f, err := s.readSeen(now)
	if err != nil {
		return Backup{}, err
	}
	change, err := s.backUp(f, BackupUnlock)
	if err != nil {
		return Backup{}, fmt.Errorf("lockcore: backup: %w", err)
	}
	s.step("backed-up")
	if err := s.removeExactly(f); err != nil {
		s.dropBackup(change, f, err)
		return Backup{}, fmt.Errorf("lockcore: remove: %w", err)
	}
	s.step("removed")
	return change, nil
}

// Restore puts the newest backup of this store back, byte for byte, if there is no lock. seen is the change that the caller
// wants to undo, as LastBackup gave it; zero stands for the newest one. m is what the caller remembers.
//
// Errors: ErrOccupied, ErrUnreadable, ErrNoBackup, ErrSuperseded (another change is the newest one by now, or the path
// of the store leads to another one), ErrGuardBusy, or what the system said; nothing was changed then.
func (s *Store) Restore(ctx context.Context, seen Backup, m Memory) (note Backup, err error) {
	defer during("restore", &err)
	if now := s.inspect(ctx, m); now.State == Unknown {
		return Backup{}, &Error{Err: ErrUnreadable, Now: now}
	}
	err = s.withGuard(ctx, func() (err error) {
		note, err = s.restoreGuarded(ctx, seen, m)
		return err
	})
	return note, err
}

func (s *Store) restoreGuarded(ctx context.Context, seen Backup, m Memory) (Backup, error) {
	if err := s.occupied(ctx, m); err != nil {
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
	return s.putIn(ctx, f, m)
}

// putIn writes a lock where there is none, after a note of it.
func (s *Store) putIn(ctx context.Context, f file, m Memory) (Backup, error) {
	note, err := s.backUp(f, BackupRestore) // before the lock: who sees it come back can know that it was us
	if err != nil {
		return Backup{}, fmt.Errorf("lockcore: backup: %w", err)
	}
	s.step("noted")
	if err := s.publishNew(f); err != nil {
		_ = os.Remove(note.Path) // what it repeats is still known
		return Backup{}, errors.Join(s.occupied(ctx, m), err)
	}
	s.step("restored")
	return note, nil
}

// occupied believes an absence at once: a lock is published only where there is none, and one that a sync engine brings at
// the end of a swap wins a moment later as it would at any time. Nothing is lost: the backup stays.
func (s *Store) occupied(ctx context.Context, m Memory) error {
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
