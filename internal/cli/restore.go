package cli

import (
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

func newRestore(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "restore",
		Short: "Undo the last unlock",
		Long: `Undo the last unlock, or the last takeover by lockbar run: put the newest backup of the store's lock back, byte for byte, if
there is no lock now. Conflict copies that were set aside are not put back.

Exit code: 0 restored; 3 refused: there is a lock, or no backup; 4 failed.`,
		Example:    "  lockbar restore",
		SuggestFor: []string{"undo", "rollback", "backup"},
		Args:       noArguments,
		RunE:       g.command(func(cmd *cobra.Command, s settings, _ []string) error { return runRestore(cmd, s, asJSON) }),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as a JSON object")
	return cmd
}

func runRestore(cmd *cobra.Command, s settings, asJSON bool) error {
	store, err := s.storeToChange()
	if err != nil {
		return err
	}
	keepBrokenPipes()
	ctx, stop := untilInterrupted(cmd.Context())
	defer stop()
	memory := s.saved.Holders.Memory(store)
	from := report.NewStatus(store.Inspect(ctx, memory), time.Now())
	change, err := store.Restore(ctx, lockcore.Backup{}, memory)
	if change.Kind != "" {
		writeHistory(cmd.Context(), s, watch.WasRestored, from, change)
	}
	printRestore(store.Dir(), change, err, asJSON)
	return restoreFailure(err, time.Now())
}

func restoreFailure(err error, now time.Time) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, lockcore.ErrOccupied):
		return failf(exitRefused, "nothing was restored, since there is a lock. %s", words.Detail(nowOf(err), now))
	case errors.Is(err, lockcore.ErrNoBackup):
		return failf(exitRefused, "nothing was restored: there is no backup of a lock of this store")
	}
	return failf(exitFailed, "nothing was restored: %w", withNextStep(err))
}

// restoredObject is the JSON of a restore. If the restore was refused, Record is that of the current lock.
type restoredObject struct {
	Restored bool             `json:"restored"`
	Record   *lockcore.Record `json:"record"`
	Backup   string           `json:"backup"`
}

func printRestore(store string, c lockcore.Backup, err error, asJSON bool) {
	switch {
	case asJSON && err != nil:
		_ = printJSON(os.Stdout, restoredObject{Record: report.Record(nowOf(err).Record)})
	case asJSON:
		_ = printJSON(os.Stdout, restoredObject{true, report.Record(c.Record), c.Path})
	case err == nil:
		fmt.Println("Put the lock back:")
		printRows(os.Stdout, paletteFor(os.Stdout), changeRows(store, c))
	}
}
