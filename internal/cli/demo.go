package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"lockbar/internal/demo"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/tray"
)

func newDemo(g *globals) *cobra.Command {
	var pace float64
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Play a takeover, a crash and a conflict on a throw-away store",
		Long: `Play a takeover, a crash and a conflict in about a minute, on a store that is made for it and thrown
away: in the tray if there is a desktop, and in the terminal. Your own store is not touched.`,
		Args: noArguments,
		RunE: g.settled(func(cmd *cobra.Command, s settings, _ []string) error {
			if pace < 0 {
				return usageError(errors.New("--pace is negative"))
			}
			return runDemo(cmd.Context(), s, pace)
		}),
	}
	cmd.Flags().Float64Var(&pace, "pace", 1, "`factor` on the time between the acts: 0.1 is ten times as fast")
	return cmd
}

// newDemoHolder is the daemon of the demo: a process of this program that takes the lock of the demo's store.
func newDemoHolder() *cobra.Command {
	return &cobra.Command{
		Use:    demo.HolderCommand,
		Hidden: true,
		Args:   exactly(demo.HolderArgs, "arguments"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return commandError(demo.Hold(cmd.Context(), args, os.Stdin, os.Stdout))
		},
	}
}

func runDemo(ctx context.Context, s settings, pace float64) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	keepBrokenPipes()
	p := paletteFor(os.Stdout)
	config := demo.Config{
		Hostname: s.hostname,
		Pace:     pace,
		Say:      func(text string) { fmt.Printf("\n%s\n", p.paint(bold, text)) },
		Event:    func(c watch.Change) { _ = printEvent(os.Stdout, p, c, false) },
	}
	if tray.HasDesktop(ctx) {
		config.Tray = func(ctx context.Context, store *lockcore.Store, stateDir string) error {
			s.stores, s.stateDir = []*lockcore.Store{store}, stateDir
			c := trayConfig(s, filepath.Join(stateDir, "config.json")) // what is chosen in the demo is part of it
			c.Demo = true
			return tray.Run(ctx, c)
		}
	}
	err := demo.Play(ctx, config)
	if errors.Is(err, context.Canceled) { // by Ctrl-C, or by Quit in the menu
		fmt.Println("\nThe demo was stopped. Nothing is left of it.")
		return nil
	}
	return err
}
