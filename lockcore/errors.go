package lockcore

import (
	"errors"
	"fmt"
)

// These are causes of an Error, for errors.Is. Any other cause is an error of the system, or is described only by its text.
var (
	// ErrHeld means that the store is in use (Snapshot.InUse), and the caller did not use force or, in Acquire, a process here holds it.
	ErrHeld = errors.New("lockcore: the store is in use")
	// ErrChanged means that the lock is not the one that the caller saw. In PutBack it means that the lock is no longer lost, or that the
	// directory is bare. Nothing was removed.
	ErrChanged = errors.New("lockcore: the lock is not the one that was seen")
	// ErrOccupied means that a lock was not put back because there is another one.
	ErrOccupied = errors.New("lockcore: the lock exists already")
	// ErrSuperseded means that the backup to be restored is not the newest one of the store. Error.Backup is the newest.
	ErrSuperseded = errors.New("lockcore: a newer backup exists")
	// ErrLost means that the lock that this process took is gone, or was replaced by another one.
	ErrLost = errors.New("lockcore: the lock was lost")
	// ErrUnreadable means that the lock could not be read. Nothing is removed or replaced unread.
	ErrUnreadable = errors.New("lockcore: the lock cannot be read")
	// ErrAside means that a lock was moved out of its place and could not be moved back. It is complete at Error.Path, where the
	// next change finds it.
	ErrAside = errors.New("could not be put back")
	// ErrNoBackup means that the store has no backup to restore.
	ErrNoBackup = errors.New("lockcore: no backup of this store")
	// ErrNoStateDir means that Options.StateDir is empty. Nothing is removed without a place for its backup.
	ErrNoStateDir = errors.New("lockcore: no state directory for the backup")
	// ErrGuardBusy means that another program held the guard until GuardTimeout had passed or the context ended.
	ErrGuardBusy = errors.New("lockcore: another program is changing the lock")
)

// Error is the type of the errors of Acquire, ForceUnlock, PutBack, Restore, SetAside and the methods of Lock.
type Error struct {
	Op   string   // the operation: "acquire", "held", "put back", "release", "restore", "set-aside" or "unlock"
	Err  error    // one of the causes above, or an error of the system
	Now  Snapshot // with ErrChanged, ErrHeld, ErrLost, ErrOccupied or ErrUnreadable: the last look; else zero
	Path string   // with ErrAside: the path of the lock
	// Backup is, with ErrSuperseded, the newest backup; with ErrLost, the backup of the lock that Acquire had replaced.
	Backup Backup
}

// Error returns the cause, and the current state where that explains it.
func (e *Error) Error() string {
	now := e.Now
	switch {
	case e.Path != "":
		return fmt.Sprintf("lockcore: the lock was moved to %s and %v", e.Path, e.Err)
	case e.Err == ErrHeld:
		return heldMessage(now)
	case e.Err == ErrChanged:
		return fmt.Sprintf("lockcore: %s is not the lock that was seen; the state is now %s", now.Lock, now.State)
	case e.Err == ErrOccupied:
		return fmt.Sprintf("lockcore: %s already exists; the state is now %s", now.Lock, now.State)
	case e.Err == ErrSuperseded:
		return fmt.Sprintf("lockcore: a newer backup exists: %s", e.Backup.Path)
	case e.Err == ErrLost:
		return fmt.Sprintf("lockcore: %s was lost; the state is now %s", now.Lock, now.State)
	case e.Err == ErrUnreadable:
		return fmt.Sprintf("lockcore: %s cannot be read (%s): %s", now.Lock, now.Reason, now.Problem)
	}
	return e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// heldMessage says who uses a store, or why it is contested.
func heldMessage(now Snapshot) string {
	switch {
	case now.State == Contested:
		return fmt.Sprintf("lockcore: %s is contested (%s)", now.Lock, now.Reason)
	case now.State == HeldHere:
		return fmt.Sprintf("lockcore: %s is held by the live process %d of this host", now.Lock, now.Holder.PID)
	case now.Starting.PID != 0:
		return fmt.Sprintf("lockcore: the daemon %d of this host is about to take %s", now.Starting.PID, now.Lock)
	case now.LocalDaemon.PID != 0:
		return fmt.Sprintf("lockcore: the process %d of this host, which held %s, still runs", now.LocalDaemon.PID, now.Lock)
	}
	return fmt.Sprintf("lockcore: a daemon on another machine uses the store of %s", now.Lock)
}

// asideError returns an ErrAside. It does not wrap cause: if the store was removed meanwhile, cause is fs.ErrNotExist, which callers
// would take to mean that there was no lock.
func asideError(path string, cause error) *Error {
	return &Error{Err: fmt.Errorf("%w: %v", ErrAside, cause), Path: path}
}

// during makes *err an Error of the operation, for use in a deferred call.
func during(op string, err *error) {
	var e *Error
	switch {
	case *err == nil:
	case errors.As(*err, &e): // the text of a wrapper adds nothing
		e.Op, *err = op, e
	default:
		*err = &Error{Op: op, Err: *err}
	}
}
