package cli

import "github.com/spf13/cobra"

const (
	// mindCommand runs the second process of run. Its arguments must resemble neither a daemon's nor a lockbar run's.
	mindCommand = "mind"
	// terminalFlag starts CMD in the foreground of the terminal.
	terminalFlag = "terminal"
	// ordersFlag and reportFlag give the minder the numbers of two open files. It reads signals for CMD from orders, one byte each;
	// the end of that file means that the holder has ended. It writes the exit code of CMD to report, one byte. CMD inherits neither file.
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
