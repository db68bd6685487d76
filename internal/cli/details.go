package cli

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"lockbar/internal/desktop"
	"lockbar/internal/doctor"
	"lockbar/internal/fsx"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

func newDetails(g *globals) *cobra.Command {
	var toClipboard bool
	cmd := &cobra.Command{
		Use:   "details",
		Short: "Print what Copy Details in the menu copies",
		Long: `Print what Copy Details in the menu copies: every detail of each store and its lock, for a bug report. Only the menu's
text counts notifications, since only the app knows them. What else a bug report needs, lockbar doctor prints.`,
		Example:    "  lockbar details --copy",
		SuggestFor: []string{"copy", "report"},
		Args:       noArguments,
		RunE: g.command(func(cmd *cobra.Command, s settings, _ []string) error {
			return runDetails(cmd.Context(), s, toClipboard)
		}),
	}
	cmd.Flags().BoolVar(&toClipboard, "copy", false, "put it on the clipboard instead")
	return cmd
}

func runDetails(ctx context.Context, s settings, toClipboard bool) error {
	lookOnly()
	text := doctor.ProgramDetails(buildVersion(), buildCommit(), s.stateDir, time.Now()) + doctor.UnknownNotifications
	health := healthOfAll(ctx, s.stores)
	for i, l := range lookAtAll(ctx, s.stores, s.saved.Holders) {
		text += "\n" + doctor.StoreDetails(l.Snapshot, health[i], l.at)
	}
	if !toClipboard {
		_, err := fmt.Print(text)
		return err
	}
	if err := desktop.Copy(ctx, text); err != nil {
		return failf(exitError, "nothing was copied: %w", err)
	}
	return nil
}

// healthOfAll checks how changes would be noticed, in all stores at the same time. The result is zero for a store that does not answer
// in time, such as one on a dead mount.
func healthOfAll(ctx context.Context, stores []*lockcore.Store) []watch.Health {
	health := make([]watch.Health, len(stores))
	var all sync.WaitGroup
	for i, store := range stores {
		all.Go(func() {
			health[i], _ = fsx.InTimeOf(ctx, store.Dir(), fsx.ReadTimeout, func() watch.Health { return watch.Check(store) })
		})
	}
	all.Wait()
	return health
}
