package cli

import (
	"errors"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"

	"lockbar/internal/config"
	"lockbar/internal/login"
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
	login.EnterApp()
	lookOnly()
	useOneProcessor()
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	settings, _ := config.Path() // without a place for it nothing can be chosen, and the menu says so at a click
	err := tray.Run(ctx, trayConfig(s, settings))
	switch {
	case errors.Is(err, tray.ErrRunning):
		complain(os.Stderr, err.Error()+"; its padlock is in "+tray.Place)
		tray.PointOut(ctx)
		return nil
	case errors.Is(err, tray.ErrNoDesktop):
		return noDesktop(runtime.GOOS, os.Getenv, os.Geteuid())
	}
	return err
}

func trayConfig(s settings, file string) tray.Config {
	return tray.Config{Stores: s.stores, StateDir: s.stateDir, Settings: file, Version: buildVersion(), Commit: buildCommit(),
		Verbose: s.verbose}
}
