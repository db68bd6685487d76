package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"lockbar/internal/desktop"
	"lockbar/internal/doctor"
	"lockbar/lockcore/watch"
)

func newDetails(g *globals) *cobra.Command {
	var toClipboard bool
	cmd := &cobra.Command{
		Use:   "details",
		Short: "Print what Copy Details in the menu copies",
		Long:  `Print what Copy Details in the menu copies: each store's lock in all its parts. doctor has the rest of a bug report.`,
		Args:  cobra.NoArgs,
		RunE: g.command(func(cmd *cobra.Command, s settings, _ []string) error {
			return runDetails(cmd.Context(), s, toClipboard)
		}),
	}
	cmd.Flags().BoolVar(&toClipboard, "copy", false, "copy it to the clipboard instead")
	return cmd
}

func runDetails(ctx context.Context, s settings, toClipboard bool) error {
	lookOnly()
	text := doctor.ProgramDetails(buildVersion(), buildCommit(), s.stateDir, time.Now())
	for _, l := range lookAtAll(ctx, s.stores, s.remembered()) {
		text += "\n" + doctor.StoreDetails(l.Snapshot, watch.Health{}, l.At)
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
