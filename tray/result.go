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

// Rules for the text of results: the menu shows Text for ten minutes, so it says what was done to what, and still makes sense when
// something else has happened since. A message says it under its own title, at once.

// result says in words what became of a click. Title is empty where no notification is wanted.
type result struct {
	Action action
	Title  string
	Text   string // for the menu, without a full stop
	Said   string // for a message below Title, without a full stop; empty: Text
	Icon   icons.Kind
	Err    error           // what the system said, for the log
	Undo   lockcore.Backup // of a lock that was removed
	// Settings are those that a click has made; nil where it made none.
	Settings *choices
	// Untold is a change that is to be told after all; nil for none.
	Untold *watch.Change
}

func unlocked(c lockcore.Backup, err error) result {
	switch {
	case err != nil:
		return failed("The lock was not removed", err)
	case c == lockcore.Backup{}:
		return result{Text: "There was no lock to remove"}
	}
	r := result{Title: "Lock removed", Text: "Lock removed; a backup is kept", Icon: icons.Unlocked, Undo: c}
	if c.Record.Hostname != "" {
		r.Text = "Lock of " + words.ShortHost(c.Record) + " removed; a backup is kept"
	}
	r.Said = "Lockbar removed " + lockOf(c) + "; a backup is kept"
	return r
}

// stopsNothing adds to the result of a removed lock what that did not do. A holder that is gone needs no such word.
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
	r := result{Title: "Lock put back", Text: "Lock put back"}
	if c.Record.Hostname != "" {
		r.Text = "Lock of " + words.ShortHost(c.Record) + " put back"
	}
	r.Said = "Lockbar put back " + lockOf(c)
	return r
}

// lockOf names the lock of a change. Of a symbolic link the backup says nothing else.
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
			Said: "They changed or went meanwhile", Icon: icons.Unknown}
	}
	return result{Text: fmt.Sprintf("Conflict copies moved to the backups: %d", len(c))}
}

func copied(what string, err error) result {
	if err != nil {
		return result{Text: "Nothing was copied: " + words.Cause(err), Err: err}
	}
	return result{Text: "Copied: " + what}
}

// failed says why in a person's words; what the system said goes to the log.
func failed(title string, err error) result {
	why := reason(err)
	return result{Title: title, Text: title + ": " + why, Said: words.Capital(why), Icon: icons.Unknown, Err: err}
}

// reason says in half a sentence why lockcore refused.
func reason(err error) string {
	e := new(lockcore.Error)
	errors.As(err, &e)
	now := e.Now
	switch {
	case errors.Is(err, lockcore.ErrAside):
		return "it could not be put back, and is kept whole as " + words.CutMiddle(words.Clean(filepath.Base(e.Path)), pathRunes)
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

// cause says what the system said, without the paths, which hide it.
func cause(err error) string {
	if no := syscall.Errno(0); errors.As(err, &no) {
		return words.Cause(no)
	}
	return words.Cause(err)
}

// inUse says who uses what was not to be removed.
func inUse(now lockcore.Snapshot) string {
	if text := beside(now, time.Now()); text != "" && now.State != lockcore.HeldHere {
		return strings.ToLower(text[:1]) + text[1:] // it begins with a word of ours
	}
	if now.Record.IsZero() {
		return "it is in use"
	}
	return fmt.Sprintf("it is in use by %s (PID %d)", words.ShortHost(now.Record), now.Record.PID)
}

// heldNow names in brackets who holds the lock that was found instead; nobody if it names nobody.
func heldNow(now lockcore.Snapshot) string {
	if now.Record.IsZero() {
		return ""
	}
	return fmt.Sprintf(" (%s, PID %d, holds it now)", words.ShortHost(now.Record), now.Record.PID)
}
