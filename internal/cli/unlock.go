package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"lockbar/internal/report"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// unlockFlags holds the flags of unlock.
type unlockFlags struct {
	yes, force, copies, asJSON bool
	token                      string
}

func newUnlock(g *globals) *cobra.Command {
	var f unlockFlags
	cmd := &cobra.Command{
		Use:   "unlock",
		Short: "Remove the lock, after a backup",
		Long: `Remove the lock of the store, after a backup. The lock is shown first, and you are asked; if another lock has replaced it
meanwhile, nothing is removed. No process is ever ended.

The lock is removed only with --force if its process still runs on this computer, if another daemon of the store runs or is starting
here, if two processes claim it, or if its own computer reports that its holder runs. First end what uses the store.

Without a terminal, unlock needs --yes. Scripts also give --token with the token that status --json printed, so that only that lock is
removed.

Exit code: 0 removed, or there was no lock; 1 not confirmed, or only partly done, which the error explains; 3 refused; 4 failed,
nothing changed.`,
		Example:    "  lockbar unlock\n  lockbar unlock --yes --token sha256:0123...\n  lockbar unlock --copies",
		SuggestFor: []string{"remove", "force-unlock", "release", "clear", "delete", "rm"},
		RunE: g.command(func(cmd *cobra.Command, s settings, _ []string) error {
			return runUnlock(cmd, s, f)
		}),
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.yes, "yes", false, "do not ask")
	flags.StringVar(&f.token, "token", "", "remove only the lock with this `token` (status --json prints it)")
	flags.BoolVar(&f.force, "force", false, "remove the lock even if the store is in use, or two processes claim it")
	flags.BoolVar(&f.copies, "copies", false, "move the conflict copies of a sync program to the backups; the lock stays")
	flags.BoolVar(&f.asJSON, "json", false, "print the result as a JSON object")
	exclusive(cmd, "copies", "token", "force")
	return cmd
}

func runUnlock(cmd *cobra.Command, s settings, f unlockFlags) error {
	store, err := s.storeToChange()
	if err != nil {
		return err
	}
	if cmd.Flags().Changed("token") && f.token == "" {
		return usageError(errors.New("--token is empty"))
	}
	keepBrokenPipes()
	memory := s.saved.Holders.Memory(store)
	seen := store.Inspect(cmd.Context(), memory)
	if f.copies {
		return setCopiesAside(cmd.Context(), s, store, seen, memory, f)
	}
	from := report.NewStatus(seen, time.Now())
	change, err := removeLock(cmd.Context(), store, seen, memory, f)
	if change.Kind != "" {
		writeHistory(cmd.Context(), s, watch.WasRemoved, from, change)
	}
	printUnlock(change, cmp.Or(nowOf(err), seen), err, f.asJSON, s.undoRows(store.Dir(), change))
	return unlockFailure(err, s.commands(store.Dir()), time.Now())
}

// removeLock removes the lock that was seen. It asks the user only if nothing refuses the removal.
func removeLock(ctx context.Context, store *lockcore.Store, seen lockcore.Snapshot, m lockcore.Memory, f unlockFlags) (lockcore.Backup, error) {
	if err := seen.RefuseUnlock(cmp.Or(lockcore.Token(f.token), seen.Token), f.force); err != nil {
		return lockcore.Backup{}, err
	}
	if seen.HasLock() && !f.yes {
		rows := append(lockRows(seen.Store, seen.Record, seen.Token), row{"state", stateText(seen, palette{})})
		if note := words.StopsNothing(seen.State); note != "" {
			rows = append(rows, row{"note", note})
		}
		if err := confirm(rows, "Remove this lock?"); err != nil {
			return lockcore.Backup{}, err
		}
	}
	ctx, stop := untilInterrupted(ctx)
	defer stop()
	return store.ForceUnlock(ctx, seen, m, f.force)
}

// unlockFailure gives an error its exit code and a sentence with the current state and the next step.
func unlockFailure(err error, c words.Commands, now time.Time) error {
	there := nowOf(err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, lockcore.ErrAside), // the lock was moved, so not "nothing changed"
		errors.Is(err, errDeclined), errors.Is(err, errNoTerminal):
		return &failure{exitError, err}
	case errors.Is(err, lockcore.ErrChanged):
		return refused("the lock is not the one that was seen", there, now, "Look again with lockbar status --json")
	case errors.Is(err, lockcore.ErrHeld):
		why, instead := words.Refusal(there, c)
		return refused(why, there, now, instead+". To remove the lock anyway, add --force")
	case there.Reason == lockcore.StoreMissing:
		return failf(exitRefused, "nothing was removed: %w", errNoStore(there))
	case errors.Is(err, lockcore.ErrUnreadable):
		return failf(exitRefused, "nothing was removed: %s: %s", path(there.Lock), words.Detail(there, now))
	}
	return failf(exitFailed, "nothing was removed: %w", withNextStep(err))
}

// withNextStep replaces an error of lockcore for which the user can do something with one that says what. It returns all others unchanged.
func withNextStep(err error) error {
	there := nowOf(err)
	switch {
	case there.Reason == lockcore.StoreMissing:
		return errNoStore(there)
	case errors.Is(err, lockcore.ErrUnreadable):
		return errors.New(path(there.Lock) + ": " + words.Detail(there, time.Now()))
	case errors.Is(err, lockcore.ErrNoStateDir):
		return errors.New("this system has no place for the backup, so give --state-dir")
	case errors.Is(err, lockcore.ErrGuardBusy):
		return errors.New("another program is changing the lock; try again in a minute")
	}
	return err
}

// errNoStore returns the error for a store whose directory is missing. It does not mention the lock, which is not at fault.
func errNoStore(s lockcore.Snapshot) error {
	return fmt.Errorf("the store %s is not there (is the path right?)", path(s.Store))
}

func refused(why string, there lockcore.Snapshot, now time.Time, advice string) error {
	text := "nothing was removed: " + why + ". " + words.Detail(there, now)
	if advice != "" {
		text += " " + advice + "."
	}
	return &failure{exitRefused, errors.New(text)}
}

// nowOf returns the snapshot that an error carries; zero if it carries none.
func nowOf(err error) (now lockcore.Snapshot) {
	var e *lockcore.Error
	if errors.As(err, &e) {
		now = e.Now
	}
	return now
}

// removedObject is the JSON of a removal. If nothing was removed, it describes the lock that is there.
type removedObject struct {
	Removed bool             `json:"removed"`
	Record  *lockcore.Record `json:"record"`
	Token   lockcore.Token   `json:"token"`
	Backup  string           `json:"backup"`
}

func newRemovedObject(c lockcore.Backup, there lockcore.Snapshot) removedObject {
	if c.Kind == "" {
		return removedObject{Record: report.Record(there.Record), Token: there.Token}
	}
	return removedObject{true, report.Record(c.Record), c.Token, c.Path}
}

// printUnlock prints the result. A failed write changes no exit code, since the lock may be removed already.
func printUnlock(c lockcore.Backup, there lockcore.Snapshot, err error, asJSON bool, done []row) {
	switch {
	case asJSON:
		_ = printJSON(os.Stdout, newRemovedObject(c, there))
	case err != nil:
	case c.Kind == "":
		fmt.Println("There is no lock to remove.")
	default:
		fmt.Println("Removed the lock:")
		printRows(os.Stdout, paletteFor(os.Stdout), done)
	}
}

// undoRows names the removed lock, and the command that restores it.
func (s settings) undoRows(store string, c lockcore.Backup) []row {
	return append(changeRows(store, c), row{"undo", s.commandLine(store, "restore")})
}

// changeRows names a lock, or a copy of one, and its backup.
func changeRows(store string, c lockcore.Backup) []row {
	rows := lockRows(store, c.Record, c.Token)
	if c.Link != "" && c.Record.IsZero() {
		rows = rows[:1] // nothing is known about the target of the link
	}
	if c.Link != "" {
		rows = append(rows, row{"link", "a symbolic link to " + path(c.Link) + "; that file is not touched"})
	}
	return append(rows, row{"backup", path(c.Path)})
}

// lockRows describes a lock by the cleaned fields of its record. A lock without a record is described by its token, the hash of its bytes.
func lockRows(store string, r lockcore.Record, token lockcore.Token) []row {
	if r.IsZero() {
		return []row{{"store", path(store)}, {"lock", "corrupt: its content is not valid"}, {"token", string(token)}}
	}
	return []row{
		{"store", path(store)},
		{"pid", fmt.Sprint(r.PID)},
		{"hostname", words.Clean(r.Hostname)}, // whole, unlike words.Host
		{"started_at", words.Clean(r.StartedAt)},
	}
}
