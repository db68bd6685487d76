package cli

import (
	"github.com/spf13/cobra"
)

// mindCommand is the second process of run. Its arguments have nothing of a daemon's, and nothing of a lockbar run's.
const mindCommand = "mind"

func newMind() *cobra.Command {
	cmd := &cobra.Command{
		Use:    mindCommand,
		Hidden: true,
		Args:   cobra.MinimumNArgs(1),
		RunE:   func(_ *cobra.Command, args []string) error { return commandError(mind(args)) },
	}
	cmd.Flags().SetInterspersed(false)
	return cmd
}
