package cli

import "github.com/spf13/cobra"

const (
	// mindCommand is the second process of run. Its arguments have nothing of a daemon's, and nothing of a lockbar run's.
	mindCommand = "mind"
	// terminalFlag has CMD started in the foreground of the terminal.
	terminalFlag = "terminal"
	// ordersFlag and reportFlag are the numbers of the files that the minder gets: signals for CMD, each a byte, whose end is the
	// end of the holder; and for the exit code of CMD, a byte. CMD gets neither.
	ordersFlag, reportFlag = "orders", "report"
)

func newMind() *cobra.Command {
	var terminal bool
	var orders, report int
	cmd := &cobra.Command{
		Use:    mindCommand,
		Hidden: true,
		Args:   atLeast(1, "command"),
		RunE:   func(_ *cobra.Command, args []string) error { return commandError(mind(args, terminal, orders, report)) },
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().BoolVar(&terminal, terminalFlag, false, "")
	cmd.Flags().IntVar(&orders, ordersFlag, -1, "")
	cmd.Flags().IntVar(&report, reportFlag, -1, "")
	return cmd
}
