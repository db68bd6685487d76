package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// setCopiesAside implements unlock --copies. Its JSON is one removal object for each moved copy, or one with removed false if
// none was moved.
func setCopiesAside(ctx context.Context, s settings, store *lockcore.Store, seen lockcore.Snapshot, m lockcore.Memory, f unlockFlags) error {
	from := report.NewStatus(seen, time.Now())
	done, err := moveCopies(ctx, store, seen, m, f.yes)
	if len(done) > 0 {
		writeHistory(ctx, s, watch.NoEvent, from, done[len(done)-1])
	}
	printCopies(seen, done, err, f.asJSON)
	if more := counted(seen.MoreCopies, "more file", "more files"); seen.MoreCopies > 0 && err == nil {
		advice := " may be conflict copies and were not read."
		if len(done) > 0 {
			advice = " may be conflict copies; run this command again to move those too."
		}
		complain(os.Stderr, more+advice)
	}
	return copiesFailure(len(done), err, s.commands(store.Dir()), time.Now())
}

// copiesFailure gives an error its exit code and message. It does not say "nothing was removed" if some copies were moved.
func copiesFailure(done int, err error, c words.Commands, now time.Time) error {
	if err == nil || done == 0 {
		return unlockFailure(err, c, now)
	}
	return failf(exitError, "%s set aside; the others stay: %w", counted(done, "copy was", "copies were"), err)
}

func moveCopies(ctx context.Context, store *lockcore.Store, seen lockcore.Snapshot, m lockcore.Memory, yes bool) ([]lockcore.Backup, error) {
	if err := seen.RefuseSetAside(); err != nil {
		return nil, err
	}
	list := seen.Conflicts.List()
	if len(list) > 0 && !yes {
		if err := confirm(copyRows(list), "Move these conflict copies to the backups?"); err != nil {
			return nil, err
		}
	}
	ctx, stop := untilInterrupted(ctx)
	defer stop()
	return store.SetAside(ctx, seen, m)
}

func copyRows(list []lockcore.Conflict) []row {
	var texts []string
	for _, c := range list {
		texts = append(texts, conflictText(c))
	}
	return listed("copies", texts)
}

func printCopies(seen lockcore.Snapshot, done []lockcore.Backup, err error, asJSON bool) {
	if asJSON {
		for _, c := range done {
			_ = printJSON(os.Stdout, newRemovedObject(c, lockcore.Snapshot{}))
		}
		if len(done) == 0 {
			_ = printJSON(os.Stdout, removedObject{})
		}
		return
	}
	switch none := len(done) == 0 && err == nil; {
	case none && seen.Conflicts == lockcore.Conflicts{}:
		fmt.Println("There is no conflict copy to set aside.")
	case none:
		fmt.Println("The conflict copies have changed or disappeared meanwhile; nothing was moved.")
	}
	for _, c := range done {
		fmt.Println("Set aside a conflict copy:")
		printRows(os.Stdout, paletteFor(os.Stdout), changeRows(seen.Store, c))
	}
}
