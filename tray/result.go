package tray

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"lockbar/icons"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// Rules for the text of results: the menu shows Text for up to ten minutes (noticeTime), so Text names the act and its object, and must
// still make sense after something else has happened. A message shows Said at once, below Title.

// result holds the result of a click, or of putting a lock back, in words. Title is empty if no notification is wanted.
type result struct {
	Action action
	Title  string
	Text   string // for the menu, without a full stop
	Said   string // for a message below Title, without a full stop; empty: Text
	Icon   icons.Kind
	Err    error           // for the log
	Undo   lockcore.Backup // the backup of the lock that was removed
	// Settings holds the settings that a click has changed; nil for none.
	Settings *choices
	// LostLock is the change to report because its lock was not put back; nil for none.
	LostLock *watch.Change
}

func unlocked(c lockcore.Backup, err error) result {
	switch {
	case err != nil:
		return failed("The lock was not removed", err)
	case c == lockcore.Backup{}:
		return result{Text: "There was no lock to remove"}
	}
	return result{Title: "Lock removed", Text: shortLockOf(c) + " removed; a backup is kept", Icon: icons.Unlocked, Undo: c,
		Said: "Lockbar removed " + lockOf(c) + "; a backup is kept"}
}

// stopsNothing adds to the result of a removal that no daemon was stopped, if the lock was held or contested.
func (r result) stopsNothing(was lockcore.State) result {
	if mind := words.StopsNothing(was); mind != "" && r.Undo.Path != "" {
		r.Said += ". " + mind
	}
	return r
}

func restored(c lockcore.Backup, err error) result {
	if err != nil {
		return failed("The lock was not put back", err)
	}
	return result{Title: "Lock put back", Text: shortLockOf(c) + " put back", Said: "Lockbar put back " + lockOf(c)}
}

// shortLockOf names the lock of a backup at the start of a menu line.
func shortLockOf(c lockcore.Backup) string {
	if c.Record.Hostname == "" {
		return "Lock"
	}
	return "Lock of " + words.ShortHost(c.Record)
}

// lockOf names the lock of a backup. The backup of a symbolic link holds only the target.
func lockOf(c lockcore.Backup) string {
	if c.Link != "" {
		return "the lock, a symbolic link to " + words.Clean(c.Link)
	}
	return words.LockOf(c.Record)
}

func setAside(c []lockcore.Backup, err error) result {
	switch {
	case err != nil && len(c) > 0:
		r := failed("Some conflict copies are still there", err)
		r.Said = fmt.Sprintf("Moved to the backups: %d. %s", len(c), r.Said)
		return r
	case err != nil:
		return failed("The conflict copies were not moved", err)
	case len(c) == 0:
		return result{Title: "The conflict copies were not moved", Text: "The conflict copies were not moved: they changed meanwhile",
			Said: "They changed or disappeared meanwhile", Icon: icons.Unknown}
	}
	return result{Text: fmt.Sprintf("Conflict copies moved to the backups: %d", len(c))}
}

func copied(what string, err error) result {
	if err != nil {
		return result{Text: "Nothing was copied: " + words.Cause(err), Err: err}
	}
	return result{Text: "Copied: " + what}
}

// failed returns the result of a failure, with its reason in plain words; only a message has room for the path. The error itself goes to
// the log.
func failed(title string, err error) result {
	why := reason(err)
	said := why
	if why == cause(err) {
		said = strings.TrimSuffix(words.OneLine(words.Plain(err)), ".")
	}
	return result{Title: title, Text: title + ": " + why, Said: words.Capital(said), Icon: icons.Unknown, Err: err}
}

// reason returns half a sentence about why lockcore refused or failed.
func reason(err error) string {
	e := new(lockcore.Error)
	errors.As(err, &e)
	now := e.Now
	switch {
	case errors.Is(err, lockcore.ErrAside):
		return "it could not be put back, and is kept as " + words.CutMiddle(words.Clean(filepath.Base(e.Path)), pathRunes)
	case errors.Is(err, lockcore.ErrChanged):
		return "it changed meanwhile" + heldNow(now)
	case errors.Is(err, lockcore.ErrHeld):
		return inUse(now)
	case errors.Is(err, lockcore.ErrUnreadable):
		return "it cannot be read"
	case errors.Is(err, lockcore.ErrOccupied):
		return "there is a new lock" + heldNow(now)
	case errors.Is(err, lockcore.ErrSuperseded):
		return "another lock was removed since"
	case errors.Is(err, lockcore.ErrNoBackup):
		return "there is no backup of it"
	case errors.Is(err, lockcore.ErrGuardBusy):
		return "another program was changing the lock; try again in a minute"
	}
	return cause(err)
}

// cause returns the system's error in words, without the paths, which would fill the line.
func cause(err error) string {
	if no := syscall.Errno(0); errors.As(err, &no) {
		return words.Cause(no)
	}
	return words.Cause(err)
}

// inUse names the process that uses a lock that was not removed.
func inUse(now lockcore.Snapshot) string {
	if text := beside(now, time.Now()); text != "" && now.State != lockcore.HeldHere {
		return strings.ToLower(text[:1]) + text[1:] // beside begins with an ASCII letter
	}
	if now.Record.IsZero() {
		return "it is in use"
	}
	return fmt.Sprintf("it is in use by %s (PID %d)", words.ShortHost(now.Record), now.Record.PID)
}

// heldNow names, in brackets, who holds or left behind the lock that was found instead; empty if the lock names nobody.
func heldNow(now lockcore.Snapshot) string {
	switch {
	case now.Record.IsZero():
		return ""
	case now.State == lockcore.Stale:
		return fmt.Sprintf(" (%s, PID %d, left it behind)", words.ShortHost(now.Record), now.Record.PID)
	}
	return fmt.Sprintf(" (%s, PID %d, holds it now)", words.ShortHost(now.Record), now.Record.PID)
}
