package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"lockbar/internal/desktop"
	"lockbar/internal/doctor"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

func newDetails(g *globals) *cobra.Command {
	var toClipboard bool
	cmd := &cobra.Command{
		Use:   "details",
		Short: "Print what Copy Details in the menu copies",
		Long: `Print what Copy Details in the menu copies: each store and its lock in all their parts, for a bug report. doctor has
the rest of it.`,
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

// healthTime bounds the question how changes would be seen, which a dead mount never answers.
const healthTime = 2 * time.Second

// healthOfAll asks for all stores side by side. Of one that does not answer in time nothing is known.
func healthOfAll(ctx context.Context, stores []*lockcore.Store) []watch.Health {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	health := make([]watch.Health, len(stores))
	answers := make([]chan watch.Health, len(stores))
	for i, store := range stores {
		answers[i] = make(chan watch.Health, 1)
		go func() { answers[i] <- watch.Check(store) }()
	}
	for i := range stores {
		select {
		case health[i] = <-answers[i]:
		case <-ctx.Done():
		}
	}
	return health
}
