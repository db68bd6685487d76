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
	// Replaced is the backup of the lock that this one replaced; its Kind is empty if there was none. Tell the user about it.
	Replaced Backup

	store    *Store
	token    Token
	mu       sync.Mutex
	released bool
}

// ownLocks holds the tokens of the locks that this process took and has not released.
var ownLocks sync.Map

// changeTries limits how often a step of a change is tried while another program interferes.
const changeTries = 16

func (s *Store) errKeepsChanging() error {
	return fmt.Errorf("lockcore: %s keeps changing", s.LockPath())
}

// Acquire takes the store for this process, as the daemon does: if there is no lock, or if the lock is corrupt, another host's or
// stale, and is the one that the caller saw. seen is the caller's Snapshot and m the caller's Memory; evidence in either counts. A
// store that is HeldHere is never taken; one that is otherwise in use (Snapshot.InUse), such as a contested one, or whose daemon runs on
// another machine as reported (Snapshot.Elsewhere), is taken only with force. Acquire is atomic among all programs that take the guard. It creates a missing store, 0700.
//
// Errors: ErrHeld, ErrChanged, ErrLost (a daemon without the guard took the store at the same moment), ErrUnreadable, ErrGuardBusy,
// ErrNoStateDir, ErrAside, or an error of the system.
func (s *Store) Acquire(ctx context.Context, seen Snapshot, m Memory, force bool) (lock *Lock, err error) {
	defer during("acquire", &err)
	m = m.merge(seen)
	if err := s.prepare(ctx, seen, m, force); err != nil {
		return nil, err
	}
	lock, err = underGuard(ctx, s, func() (*Lock, error) { return s.acquireGuarded(ctx, seen, m, force) })
	if err != nil {
		return nil, err
	}
	if err := lock.confirm(ctx); err != nil {
		return nil, err // an ErrLost has the backup of what was replaced
	}
	return lock, nil
}

// prepare inspects the store first, since on a dead mount creating or opening a file would block for ever. It returns a refusal that
// needs no guard, and creates a missing store.
func (s *Store) prepare(ctx context.Context, seen Snapshot, m Memory, force bool) error {
	now := s.inspectNow(ctx, m)
	if now.Reason != StoreMissing {
		return acquireRefusal(now, seen.Token, force)
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("lockcore: create store: %w", err)
	}
	return nil
}

func (s *Store) acquireGuarded(ctx context.Context, seen Snapshot, m Memory, force bool) (*Lock, error) {
	for range changeTries {
		now := s.inspectNow(ctx, m)
		if err := acquireRefusal(now, seen.Token, force); err != nil {
			return nil, err
		}
		lock, err := s.take(now)
		if !errors.Is(err, errReplaced) && !errors.Is(err, fs.ErrExist) {
			return lock, err
		}
	}
	return nil, s.errKeepsChanging()
}

// inspectNow is like Inspect, but accepts the absence of a lock at once, as the daemons do. A lock that a sync engine delivers at the
// end of a swap may then replace ours, as it might at any time. Waiting for that lock would delay Acquire by SettleTime whenever the
// directory has just changed. inspectNow still waits for a lock that is being written.
func (s *Store) inspectNow(ctx context.Context, m Memory) Snapshot {
	if now := s.inspect(ctx, m); now.State != Corrupt {
		return now
	}
	return s.Inspect(ctx, m)
}

// RefuseAcquire returns the error that Acquire would return for this look, or nil if it would try. A missing store is no reason to
// refuse.
func (s Snapshot) RefuseAcquire(force bool) (err error) {
	defer during("acquire", &err)
	if s.Reason == StoreMissing {
		return nil
	}
	return acquireRefusal(s, s.Token, force)
}

// acquireRefusal decides whether the lock may be taken, and returns the reason if not.
func acquireRefusal(now Snapshot, seen Token, force bool) error {
	switch {
	case now.State == Unknown:
		return &Error{Err: ErrUnreadable, Now: now}
	case now.State == HeldHere, !force && (now.InUse() || len(now.Elsewhere()) > 0):
		return &Error{Err: ErrHeld, Now: now}
	case now.HasLock() && now.Token != seen:
		return &Error{Err: ErrChanged, Now: now}
	}
	return nil
}

// confirm checks that the lock is still ours once no daemon without the guard can still be taking over the previous lock. Such a daemon
// has read the previous lock; it may now delete ours, which has the same path, and create its own. It was in the process table when we
// took the lock, so confirm waits and checks only if the table shows a daemon.
func (l *Lock) confirm(ctx context.Context) error {
	if !l.store.daemonMayRun() {
		return nil
	}
	select {
	case <-time.After(SettleTime):
	case <-ctx.Done():
	}
	if now := l.store.Inspect(ctx, Memory{}); now.Token != l.token && (now.State != Unknown || now.Reason == StoreMissing) {
		return l.lostError(now)
	}
	return nil
}

// daemonMayRun reports whether a daemon that may be of this store runs here.
func (s *Store) daemonMayRun() (may bool) {
	s.daemons(func(p Process, args arguments) {
		may = may || p.Kind == Daemon && s.storeOf(p, args) != anotherStore
	})
	return may
}

// take writes our record as the lock. If the look found one, ours replaces it.
func (s *Store) take(now Snapshot) (*Lock, error) {
	record := NewRecord(os.Getpid(), now.Host, time.Now())
	if record.Hostname == "" {
		return nil, errors.New("lockcore: this host has no name")
	}
	data := record.Encode()
	lock := &Lock{Record: record, store: s, token: tokenOf(data)}
	ownLocks.Store(lock.token, true)
	var err error
	if now.HasLock() {
		lock.Replaced, err = s.takeOver(data, now)
	} else {
		err = s.publishNew(file{data: data})
	}
	if err != nil {
		ownLocks.Delete(lock.token)
	}
	return lock, err
}

// Release removes the lock if it is still the one that this process wrote. It may be called again.
//
// Errors: ErrLost, with the current holder in Error.Now; ErrUnreadable; ErrGuardBusy; ErrAside, or an error of the system.
func (l *Lock) Release(ctx context.Context) (err error) {
	defer during("release", &err)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.released {
		return nil
	}
	// Look before opening the guard: on a dead mount the opening would block for ever, and if another process has taken the store,
	// there is nothing to do. An absent lock proves nothing yet: another program may have moved it aside.
	if now := l.store.inspectNow(ctx, Memory{}); now.State == Unknown || now.HasLock() && now.Token != l.token {
		return l.lostError(now)
	}
	if err := l.store.withGuard(ctx, func() error { return l.releaseGuarded(ctx) }); err != nil {
		return err
	}
	l.released = true
	ownLocks.Delete(l.token)
	return nil
}

// releaseGuarded reports the lock as lost only if Inspect confirms that: a sync engine may be swapping it. If a single read finds the
// lock, releaseGuarded skips Inspect, which may take longer than the caller's deadline.
func (l *Lock) releaseGuarded(ctx context.Context) error {
	for range changeTries {
		if l.store.read(l.store.LockPath()).token() != l.token {
			if now := l.store.Inspect(ctx, Memory{}); now.Token != l.token {
				return l.lostError(now)
			}
		}
		switch err := l.store.removeExactly(file{data: l.Record.Encode()}); {
		case err == nil:
			return nil
		case !errors.Is(err, errReplaced):
			return fmt.Errorf("lockcore: release: %w", err)
		}
	}
	return l.store.errKeepsChanging()
}

// Held returns nil if the lock in the store is still the one that this process wrote, else ErrLost or ErrUnreadable. It accepts
// the absence of the lock at once, so a lock that a sync engine is swapping counts as lost.
func (l *Lock) Held(ctx context.Context) (err error) {
	defer during("held", &err)
	now := l.store.inspectNow(ctx, Memory{})
	if now.Token == l.token {
		return nil
	}
	return l.lostError(now)
}

// lostError returns the error for a look that did not find our lock. If the lock cannot be read, it may still be ours; if the store is
// gone, it is lost.
func (l *Lock) lostError(now Snapshot) error {
	if now.State == Unknown && now.Reason != StoreMissing {
		return &Error{Err: ErrUnreadable, Now: now}
	}
	return &Error{Err: ErrLost, Now: now, Backup: l.Replaced}
}
