package lockcore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
)

// Lock is a lock that this process took.
type Lock struct {
	Record Record
	// Replaced is the foreign, stale or corrupt lock that this one replaced, with its backup; its Kind is empty where there
	// was none. Say so to the user.
	Replaced Change

	store    *Store
	token    Token
	mu       sync.Mutex
	released bool
}

// acquireTries bounds how often Acquire starts anew because a daemon without the guard wrote between look and change.
const acquireTries = 16

// Acquire takes the store for this process: where there is no lock, and where the lock is corrupt, another host's or stale,
// as the daemon does. It is atomic among all who take the guard. A store that is missing is made, 0700.
//
// Errors: *HeldError (a live process of this host has it), *UnreadableError, ErrGuardBusy, or what the system said.
func (s *Store) Acquire(ctx context.Context) (*Lock, error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fmt.Errorf("lockcore: store: %w", err)
	}
	if now := s.Inspect(ctx, Memory{}); now.State == Unknown {
		return nil, &UnreadableError{Now: now}
	}
	var lock *Lock
	err := s.withGuard(ctx, func() (err error) {
		lock, err = s.acquireGuarded(ctx)
		return err
	})
	return lock, err
}

func (s *Store) acquireGuarded(ctx context.Context) (*Lock, error) {
	for range acquireTries {
		now := s.inspect(ctx, Memory{}, true)
		if err := acquireRefusal(now); err != nil {
			return nil, err
		}
		lock, err := s.take(now)
		if !errors.Is(err, errReplaced) && !errors.Is(err, fs.ErrExist) {
			return lock, err
		}
	}
	return nil, fmt.Errorf("lockcore: %s keeps changing", s.LockPath())
}

// acquireRefusal is the daemon's decision tree: only a live process of this host keeps the store.
func acquireRefusal(now Snapshot) error {
	switch now.State {
	case Unknown:
		return &UnreadableError{Now: now}
	case HeldHere, Contested:
		return &HeldError{Record: now.Record, Now: now}
	}
	return nil
}

// take writes our record over what was just looked at.
func (s *Store) take(now Snapshot) (*Lock, error) {
	record := Record{PID: os.Getpid(), Hostname: now.Host, StartedAt: Timestamp(time.Now()), SchemaVersion: SchemaVersion}
	if record.Hostname == "" {
		return nil, errors.New("lockcore: this host has no name")
	}
	data := record.Encode()
	lock := &Lock{Record: record, store: s, token: tokenOf(data)}
	if !now.HasLock() {
		return lock, s.publishNew(data)
	}
	replaced, err := s.takeOver(data, now.Token)
	lock.Replaced = replaced
	return lock, err
}

// takeOver replaces the lock that has this token, after a backup.
func (s *Store) takeOver(data []byte, token Token) (Change, error) {
	old := s.read(s.LockPath())
	if old.token() != token {
		return Change{}, errReplaced
	}
	backup, err := s.backUp(old.data, ChangeTakeover)
	if err != nil {
		return Change{}, fmt.Errorf("lockcore: backup: %w", err)
	}
	s.step("backed-up")
	temp, err := writeTemp(s.dir, tempPrefix, data)
	if err == nil {
		s.step("written")
		err = s.swap(temp, token, tokenOf(data))
	}
	if err != nil {
		os.Remove(backup)
		return Change{}, err
	}
	syncDir(s.dir)
	return readBackup(backup)
}

// swap puts temp in the place of the lock. Where the system can exchange two names at once it then looks at what came out:
// a lock that a daemon without the guard wrote meanwhile goes back.
func (s *Store) swap(temp string, old, ours Token) error {
	if err := exchange(temp, s.LockPath()); err != nil {
		return os.Rename(temp, s.LockPath())
	}
	s.step("swapped")
	out := readLock(temp).token()
	if out == old {
		return os.Remove(temp)
	}
	if readLock(s.LockPath()).token() == ours {
		_ = exchange(temp, s.LockPath())
	}
	if readLock(temp).token() == ours {
		return errors.Join(errReplaced, os.Remove(temp))
	}
	return errors.Join(errReplaced, s.keepDisplaced(temp))
}

// Release removes the lock if it is still the one that this process wrote. It may be called again.
//
// Errors: *LostError, which says who has the store now; ErrGuardBusy, or what the system said.
func (l *Lock) Release(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.released {
		return nil
	}
	if now := l.store.Inspect(ctx, Memory{}); now.Token != l.token {
		return &LostError{Record: now.Record, Now: now}
	}
	err := l.store.withGuard(ctx, func() error { return l.store.removeExactly(l.token) })
	if errors.Is(err, errReplaced) || errors.Is(err, fs.ErrNotExist) {
		now := l.store.Inspect(ctx, Memory{})
		return &LostError{Record: now.Record, Now: now}
	}
	l.released = err == nil
	return err
}

// Held reports whether the lock in the store is still the one that this process wrote: nil, or as Release would say.
func (l *Lock) Held(ctx context.Context) error {
	if now := l.store.Inspect(ctx, Memory{}); now.Token != l.token {
		return &LostError{Record: now.Record, Now: now}
	}
	return nil
}

// HeldBySelf reports whether the lock names this very process: host, PID, and a start before the lock was taken (a PID
// comes again).
func (s *Store) HeldBySelf(ctx context.Context) bool {
	now := s.Inspect(ctx, Memory{})
	return now.Record.PID == os.Getpid() && now.Holder.Alive() && now.State != Stale
}
