package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"lockbar/lockcore"
	"lockbar/tray"
)

func newTray(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "tray",
		Short: "Show the icon (what lockbar does without a command)",
		Args:  cobra.NoArgs,
		RunE:  g.command(runTray),
	}
}

func runTray(cmd *cobra.Command, s settings, _ []string) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := showTray(ctx, s.stores, s.stateDir, s.verbose)
	if errors.Is(err, tray.ErrRunning) {
		complain(os.Stderr, err.Error())
		return nil
	}
	if errors.Is(err, tray.ErrNoDesktop) {
		return noDesktop(os.Getenv, os.Geteuid())
	}
	return err
}

func showTray(ctx context.Context, stores []*lockcore.Store, stateDir string, verbose bool) error {
	return tray.Run(ctx, tray.Config{Stores: stores, StateDir: stateDir, Version: buildVersion(), Verbose: verbose})
}
