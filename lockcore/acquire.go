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
	Replaced Backup

	store    *Store
	token    Token
	mu       sync.Mutex
	released bool
}

// taken are the tokens of the locks that this process took.
var taken sync.Map

// changeTries limits how often a change is retried when a daemon without the guard interferes.
const changeTries = 16

func (s *Store) errKeepsChanging() error {
	return fmt.Errorf("lockcore: %s keeps changing", s.LockPath())
}

// Acquire takes the store for this process: where there is no lock, and where the lock is corrupt, another host's or stale,
// as the daemon does, if it is the one that the caller saw. seen is the caller's Snapshot and m its Memory; evidence
// in either counts. A live holder on this host is never replaced; what else is in use (Snapshot.InUse:
// contested, a daemon is starting) needs force. It is atomic among all who take the guard. A store that is missing is made,
// 0700.
//
// Errors: ErrHeld (it is in use), ErrChanged (there is another lock than the one that was seen), ErrLost (a daemon
// without the guard took the store in the same moment), ErrUnreadable, ErrGuardBusy, ErrAside, or what the system said.
func (s *Store) Acquire(ctx context.Context, seen Snapshot, m Memory, force bool) (lock *Lock, err error) {
	defer during("acquire", &err)
	m = m.with(seen)
	if err := s.prepare(ctx, seen, m, force); err != nil {
		return nil, err
	}
	err = s.withGuard(ctx, func() (err error) {
		lock, err = s.acquireGuarded(ctx, seen, m, force)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := lock.confirm(ctx); err != nil {
		return nil, err // of which ErrLost says what was replaced
	}
	return lock, nil
}

// prepare looks before anything is made or opened, since on a dead mount that would wait for ever, and refuses what needs
// no guard to be refused: at the time of this look it was held.
func (s *Store) prepare(ctx context.Context, seen Snapshot, m Memory, force bool) error {
	now := s.inspectNow(ctx, m)
	if now.Reason != StoreMissing {
		return acquireRefusal(now, seen.Token, force)
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("lockcore: store: %w", err)
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

// inspectNow is Inspect, but it believes an absence at once, as the daemons do. A lock that a sync engine brings at the end of a
// swap replaces ours then, as it would at any time; to wait for it would cost every free store SettleTime. A lock that is being
// written is waited for.
func (s *Store) inspectNow(ctx context.Context, m Memory) Snapshot {
	if now := s.inspect(ctx, m); now.State != Corrupt {
		return now
	}
	return s.Inspect(ctx, m)
}

// RefuseAcquire returns the error that Acquire would return for what this look found, or nil if it would try. A store that is
// missing is made.
func (s Snapshot) RefuseAcquire(force bool) (err error) {
	defer during("acquire", &err)
	if s.Reason == StoreMissing {
		return nil
	}
	return acquireRefusal(s, s.Token, force)
}

// acquireRefusal is the policy: what may not be taken, and why.
func acquireRefusal(now Snapshot, seen Token, force bool) error {
	switch {
	case now.State == Unknown:
		return &Error{Err: ErrUnreadable, Now: now}
	case now.State == HeldHere, now.InUse() && !force:
		return &Error{Err: ErrHeld, Now: now}
	case now.HasLock() && now.Token != seen:
		return &Error{Err: ErrChanged, Now: now}
	}
	return nil
}

// confirm waits until no daemon without the guard can still be taking over the lock that was there before: some delete what
// they read a moment ago, whatever it has become since, and create their own. Each of them was in the process table when we took the
// lock.
func (l *Lock) confirm(ctx context.Context) error {
	if !l.store.daemonMayRun() {
		return nil
	}
	select {
	case <-time.After(SettleTime):
	case <-ctx.Done():
	}
	if now := l.store.Inspect(ctx, Memory{}); now.Token != l.token && (now.State != Unknown || now.Reason == StoreMissing) {
		return l.lost(now)
	}
	return nil
}

// daemonMayRun reports whether a daemon that may be of this store runs here.
func (s *Store) daemonMayRun() (may bool) {
	s.daemons(func(p Process, c claim) {
		may = may || p.Kind == Daemon && s.servingOf(p, c) != anotherStore
	})
	return may
}

// take writes our record over what was just looked at.
func (s *Store) take(now Snapshot) (*Lock, error) {
	record := NewRecord(os.Getpid(), now.Host, time.Now())
	if record.Hostname == "" {
		return nil, errors.New("lockcore: this host has no name")
	}
	data := record.Encode()
	lock := &Lock{Record: record, store: s, token: tokenOf(data)}
	taken.Store(lock.token, true)
	var err error
	if now.HasLock() {
		lock.Replaced, err = s.takeOver(data, now)
	} else {
		err = s.publishNew(file{data: data})
	}
	if err != nil {
		taken.Delete(lock.token)
	}
	return lock, err
}

// Release removes the lock if it is still the one that this process wrote. It may be called again.
//
// Errors: ErrLost, whose look says who has the store now; ErrUnreadable; ErrGuardBusy; ErrAside, or what the system said.
func (l *Lock) Release(ctx context.Context) (err error) {
	defer during("release", &err)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.released {
		return nil
	}
	// A look before the guard is opened: on a dead mount that would wait for ever, and in a store that is somebody else's now
	// nothing is to be done. An absence proves nothing yet: another program may have the lock aside.
	if now := l.store.inspectNow(ctx, Memory{}); now.State == Unknown || now.HasLock() && now.Token != l.token {
		return l.lost(now)
	}
	if err := l.store.withGuard(ctx, func() error { return l.releaseGuarded(ctx) }); err != nil {
		return err
	}
	l.released = true
	taken.Delete(l.token)
	return nil
}

// releaseGuarded takes the lock for lost when a settled look says so: a sync engine may be swapping it. One that is plainly
// there needs no look, which may take longer than it is given.
func (l *Lock) releaseGuarded(ctx context.Context) error {
	for range changeTries {
		if l.store.read(l.store.LockPath()).token() != l.token {
			if now := l.store.Inspect(ctx, Memory{}); now.Token != l.token {
				return l.lost(now)
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

// Held reports whether the lock in the store is still the one that this process wrote: nil, or ErrLost or
// ErrUnreadable. It believes an absence at once, so that a lock which a sync engine is just swapping counts as lost.
func (l *Lock) Held(ctx context.Context) (err error) {
	defer during("held", &err)
	now := l.store.inspectNow(ctx, Memory{})
	if now.Token == l.token {
		return nil
	}
	return l.lost(now)
}

// lost says what became of the lock. One that cannot be read may still be ours; that of a store that is gone is not.
func (l *Lock) lost(now Snapshot) error {
	if now.State == Unknown && now.Reason != StoreMissing {
		return &Error{Err: ErrUnreadable, Now: now}
	}
	return &Error{Err: ErrLost, Now: now, Backup: l.Replaced}
}
