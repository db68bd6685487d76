package lockcore

import (
	"errors"
	"fmt"
)

// ErrNoBackup: there is nothing to restore.
var ErrNoBackup = errors.New("lockcore: no backup of this store")

// ErrNoStateDir: Options.StateDir is empty, so that there is no place for the backup without which nothing is removed.
var ErrNoStateDir = errors.New("lockcore: no state directory for the backup")

// ErrGuardBusy: another program kept the guard for GuardTimeout.
var ErrGuardBusy = errors.New("lockcore: another program is changing the lock")

// HeldError: the store is in use (Snapshot.InUse), and no force was asked for.
type HeldError struct {
	Record Record   // what the lock says; zero where it is missing
	Now    Snapshot // the look that found it
}

func (e *HeldError) Error() string {
	switch {
	case e.Now.State == Contested:
		return fmt.Sprintf("lockcore: %s is contested (%s)", e.Now.Lock, e.Now.Reason)
	case e.Now.State == HeldHere:
		return fmt.Sprintf("lockcore: %s is held by the live process %d of this host", e.Now.Lock, e.Now.Holder.PID)
	case e.Now.Starting.PID != 0:
		return fmt.Sprintf("lockcore: the daemon %d of this host is about to take %s", e.Now.Starting.PID, e.Now.Lock)
	}
	return fmt.Sprintf("lockcore: the process %d of this host, which held %s, still runs", e.Now.LocalDaemon.PID, e.Now.Lock)
}

// ChangedError: the lock is not, or no longer, the one that the caller saw. Nothing was removed.
type ChangedError struct {
	Record Record   // the record that is there now; zero where there is none or no valid one
	Now    Snapshot // what is there now
}

func (e *ChangedError) Error() string {
	return fmt.Sprintf("lockcore: %s is not the lock that was seen: it is %s now", e.Now.Lock, e.Now.State)
}

// OccupiedError: there is a lock where one was to be put back.
type OccupiedError struct {
	Record Record // zero where it is no valid record
	Now    Snapshot
}

func (e *OccupiedError) Error() string {
	return fmt.Sprintf("lockcore: %s is there already: it is %s now", e.Now.Lock, e.Now.State)
}

// SupersededError: the change that was to be undone is not, or no longer, the newest one of the store. Nothing was put back.
type SupersededError struct {
	Newest Change // what could be undone now
}

func (e *SupersededError) Error() string {
	return fmt.Sprintf("lockcore: the change that was seen is not the newest one, which is %s", e.Newest.Backup)
}

// AsideError: a lock that was moved out of its place could not be put back. It lies whole under another name, where the next
// change finds it.
//
// It does not unwrap: an fs.ErrNotExist in Err, of a store that went meanwhile, would say that there was no lock.
type AsideError struct {
	Path string // where the bytes are
	Err  error  // why they could not be put back
}

func (e *AsideError) Error() string {
	return fmt.Sprintf("lockcore: the lock was moved to %s and could not be put back: %v", e.Path, e.Err)
}

// LostError: the lock that this process took is gone or somebody else's.
type LostError struct {
	Record   Record   // who has it now; zero where nobody has
	Now      Snapshot // what is there now
	Replaced Change   // what Acquire had replaced before the lock was lost; zero where it replaced nothing
}

func (e *LostError) Error() string {
	return fmt.Sprintf("lockcore: %s was lost: it is %s now", e.Now.Lock, e.Now.State)
}

// UnreadableError: the lock could not be read, so that nobody knows what would be removed or replaced.
type UnreadableError struct{ Now Snapshot }

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("lockcore: %s cannot be read (%s): %s", e.Now.Lock, e.Now.Reason, e.Now.Problem)
}
