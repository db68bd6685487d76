package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"lockbar/internal/config"
	"lockbar/lockcore"
	"lockbar/tray"
)

func newTray(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "tray",
		Short: "Show the icon (what lockbar does without a command)",
		Args:  cobra.NoArgs,
		RunE:  g.iconCommand(runTray),
	}
}

func runTray(cmd *cobra.Command, s settings, _ []string) error {
	useOneProcessor()
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	settings, _ := config.Path() // without a place for it nothing can be chosen, and the menu says so at a click
	err := showTray(ctx, s.stores, s.stateDir, settings, s.verbose)
	switch {
	case errors.Is(err, tray.ErrRunning):
		complain(os.Stderr, err.Error())
		tray.PointOut(ctx)
		return nil
	case errors.Is(err, tray.ErrNoDesktop):
		return noDesktop(os.Getenv, os.Geteuid())
	}
	return err
}

func showTray(ctx context.Context, stores []*lockcore.Store, stateDir, settings string, verbose bool) error {
	return tray.Run(ctx, tray.Config{Stores: stores, StateDir: stateDir, Settings: settings, Version: buildVersion(),
		Commit: buildCommit(), Verbose: verbose})
}
