package cli

import "github.com/spf13/cobra"

const (
	// mindCommand is the second process of run. Its arguments have nothing of a daemon's, and nothing of a lockbar run's.
	mindCommand = "mind"
	// terminalFlag has CMD started in the foreground of the terminal.
	terminalFlag = "terminal"
)

func newMind() *cobra.Command {
	var terminal bool
	cmd := &cobra.Command{
		Use:    mindCommand,
		Hidden: true,
		Args:   cobra.MinimumNArgs(1),
		RunE:   func(_ *cobra.Command, args []string) error { return commandError(mind(args, terminal)) },
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().BoolVar(&terminal, terminalFlag, false, "")
	return cmd
}
