package lockcore

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// ForceUnlock removes the lock if it still is the one that the caller saw (token), after a backup. Where nothing is there
// any more it gives a zero Change and nil. A live holder on this host and a contested lock need force.
//
// Errors: *ChangedError, *HeldError, *UnreadableError (nothing was changed; say so), ErrGuardBusy, or what the system said;
// the lock is in its place then. *AsideError: it is not, and says where it is.
func (s *Store) ForceUnlock(ctx context.Context, token Token, force bool) (Change, error) {
	// A look before the guard is opened: on a dead mount that would wait for ever.
	now := s.InspectSettled(ctx, Memory{})
	if err := unlockRefusal(now, token, force); err != nil || !now.HasLock() {
		return Change{}, err
	}
	var change Change
	err := s.withGuard(ctx, func() (err error) {
		change, err = s.unlockGuarded(ctx, token, force)
		return err
	})
	return change, err
}

// unlockRefusal is the policy: what may not be removed, and why.
func unlockRefusal(now Snapshot, token Token, force bool) error {
	switch {
	case now.State == Unknown:
		return &UnreadableError{Now: now}
	case !now.HasLock():
		return nil
	case now.Token != token:
		return &ChangedError{Record: now.Record, Now: now}
	case (now.State == HeldHere || now.State == Contested) && !force:
		return &HeldError{Record: now.Record, Now: now}
	}
	return nil
}

// unlockGuarded looks anew wherever the lock was not there to be removed: who was swapping or replacing it just then decides.
func (s *Store) unlockGuarded(ctx context.Context, token Token, force bool) (Change, error) {
	for range changeTries {
		now := s.InspectSettled(ctx, Memory{})
		if err := unlockRefusal(now, token, force); err != nil || !now.HasLock() {
			return Change{}, err
		}
		change, err := s.removeSeen(token)
		if !errors.Is(err, errReplaced) {
			return change, err
		}
	}
	return Change{}, s.restless()
}

// removeSeen removes the lock that has this token, after a backup.
func (s *Store) removeSeen(token Token) (Change, error) {
	f := s.read(s.LockPath())
	if f.token() != token {
		return Change{}, errReplaced
	}
	change, err := s.backUp(f.data, ChangeUnlock)
	if err != nil {
		return Change{}, fmt.Errorf("lockcore: backup: %w", err)
	}
	s.step("backed-up")
	if err := s.removeExactly(token); err != nil {
		s.dropBackup(change, err)
		return Change{}, fmt.Errorf("lockcore: remove: %w", err)
	}
	s.step("removed")
	return change, nil
}

// Restore puts the newest backup of this store back, byte for byte, if there is no lock.
//
// Errors: *OccupiedError, *UnreadableError, ErrNoBackup, ErrGuardBusy, or what the system said; nothing was changed then.
func (s *Store) Restore(ctx context.Context) (Change, error) {
	return s.restore(ctx, func(Change) error { return nil })
}

// Undo is Restore for who saw what would be put back: seen, as LastChange gave it. Where another change is the newest one
// by now, or the path of the store leads to another one, it gives a *SupersededError.
func (s *Store) Undo(ctx context.Context, seen Change) (Change, error) {
	return s.restore(ctx, func(newest Change) error {
		if newest.Backup != seen.Backup || newest.Token != seen.Token {
			return &SupersededError{Newest: newest}
		}
		return nil
	})
}

// restore puts the newest backup back, if it is allowed.
func (s *Store) restore(ctx context.Context, allow func(newest Change) error) (Change, error) {
	if now := s.Inspect(ctx, Memory{}); now.State == Unknown {
		return Change{}, &UnreadableError{Now: now}
	}
	var change Change
	err := s.withGuard(ctx, func() (err error) {
		change, err = s.restoreGuarded(ctx, allow)
		return err
	})
	return change, err
}

func (s *Store) restoreGuarded(ctx context.Context, allow func(Change) error) (Change, error) {
	if err := s.occupied(ctx); err != nil {
		return Change{}, err
	}
	last, err := s.lastChange()
	if errors.Is(err, ErrNoBackup) {
		return Change{}, err
	}
	if err != nil {
		return Change{}, fmt.Errorf("lockcore: backup: %w", err)
	}
	if err := allow(last); err != nil {
		return Change{}, err
	}
	data, err := os.ReadFile(last.Backup)
	if err != nil {
		return Change{}, fmt.Errorf("lockcore: backup: %w", err)
	}
	note, err := s.backUp(data, ChangeRestore) // before the lock: who sees it come back can know that it was us
	if err != nil {
		return Change{}, fmt.Errorf("lockcore: backup: %w", err)
	}
	s.step("noted")
	if err := s.publishNew(data); err != nil {
		_ = os.Remove(note.Backup) // the backup that it repeats is still there
		return Change{}, errors.Join(s.occupied(ctx), err)
	}
	s.step("restored")
	return note, nil
}

// occupied believes an absence at once: a lock is published only where there is none, and one that a sync engine brings at
// the end of a swap wins a moment later as it would at any time. Nothing is lost: the backup stays.
func (s *Store) occupied(ctx context.Context) error {
	now := s.Inspect(ctx, Memory{})
	switch {
	case now.State == Unknown:
		return &UnreadableError{Now: now}
	case now.HasLock():
		return &OccupiedError{Record: now.Record, Now: now}
	}
	return nil
}

// publishNew writes a lock where there is none.
func (s *Store) publishNew(data []byte) error {
	temp, err := s.writeTemp(s.dir, tempPrefix, data)
	if err != nil {
		return err
	}
	if err := s.publish(temp); err != nil {
		_ = os.Remove(temp)
		return err
	}
	syncDir(s.dir)
	return nil
}
