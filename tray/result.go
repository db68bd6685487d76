package tray

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lockbar/icons"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// result is what became of a click, in words. Title is empty where no notification is wanted.
type result struct {
	Action Action
	Title  string
	Text   string
	Icon   icons.Kind
	Err    error // what the system said, for the log
	// Settings are those that a click has made; nil where it made none.
	Settings *Settings
}

// workTime bounds one change: the guard is tried for 10 s, and a read takes at most 2.
const workTime = 20 * time.Second

// change does what was asked for and says what came of it.
func change(ctx context.Context, s *lockcore.Store, a Action, m lockcore.Memory) result {
	ctx, cancel := context.WithTimeout(ctx, workTime)
	defer cancel()
	switch a.Do {
	case Undo:
		c, err := s.Restore(ctx, a.Seen.Last, m)
		return restored(c, err)
	case SetAside:
		c, err := s.SetAside(ctx, a.Seen.Snapshot, m)
		return setAside(c, err)
	}
	c, err := s.ForceUnlock(ctx, a.Seen.Snapshot, m, a.Do == UnlockClaimed)
	return unlocked(c, err)
}

func unlocked(c lockcore.Backup, err error) result {
	switch {
	case err != nil:
		return failed("The lock was not removed", err)
	case c == lockcore.Backup{}:
		return result{Text: "There was no lock any more"}
	}
	return result{Title: "Lock removed", Text: "Removed " + lockOf(c) + ". Undo in the menu.", Icon: icons.Unlocked}
}

func restored(c lockcore.Backup, err error) result {
	if err != nil {
		return failed("The lock was not put back", err)
	}
	return result{Title: "Lock put back", Text: "Put back " + lockOf(c) + ".", Icon: icons.HeldElsewhere}
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
		r := failed("Not all conflict copies were set aside", err)
		r.Text = fmt.Sprintf("In the backups: %d; the others stay. %s", len(c), r.Text)
		return r
	case err != nil:
		return failed("No conflict copy was set aside", err)
	case len(c) == 0:
		return result{Title: "No conflict copy was set aside", Text: "They changed or went since the menu showed them.", Icon: icons.Unknown}
	}
	return result{Text: fmt.Sprintf("Conflict copies set aside to the backups: %d", len(c))}
}

func copied(what string, err error) result {
	if err != nil {
		return result{Text: "Nothing was copied: " + words.Clean(err.Error()), Err: err}
	}
	return result{Text: what + " copied to the clipboard"}
}

// failed says why in a person's words; what the system said goes to the log.
func failed(title string, err error) result {
	return result{Title: title, Text: reason(err) + ".", Icon: icons.Unknown, Err: err}
}

// reason has one sentence for each refusal of lockcore.
func reason(err error) string {
	e := new(lockcore.Error)
	errors.As(err, &e)
	switch {
	case errors.Is(err, lockcore.ErrAside):
		return "It could not be put back, and lies whole under another name until the next change: " + words.Clean(e.Path)
	case errors.Is(err, lockcore.ErrChanged):
		return "It changed since the menu showed it: " + holder(e.Now.Record)
	case errors.Is(err, lockcore.ErrHeld):
		return inUse(e.Now)
	case errors.Is(err, lockcore.ErrUnreadable):
		return "It cannot be read now"
	case errors.Is(err, lockcore.ErrOccupied):
		return "There is a lock again: " + holder(e.Now.Record)
	case errors.Is(err, lockcore.ErrSuperseded):
		return "It is not the last removal any more"
	case errors.Is(err, lockcore.ErrNoBackup):
		return "There is no backup of it"
	case errors.Is(err, lockcore.ErrGuardBusy):
		return "Another program is changing the lock; try again in a minute"
	}
	return "The system said: " + words.Clean(err.Error())
}

// inUse says who uses what was not to be removed.
func inUse(now lockcore.Snapshot) string {
	if text := beside(now, time.Now()); text != "" && now.State != lockcore.HeldHere {
		return text
	}
	return "Somebody uses it: " + holder(now.Record)
}

func holder(r lockcore.Record) string {
	if r.IsZero() {
		return "nobody is named in it now"
	}
	return fmt.Sprintf("%s (PID %d) holds it now", words.Host(r), r.PID)
}
