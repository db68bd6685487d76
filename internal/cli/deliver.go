package cli

import (
	"os"

	"github.com/spf13/cobra"

	"lockbar/notify"
)

// newDeliver shows one notification, given on standard input. The tray runs it as a child: what a notification library
// does to the session bus must not touch the tray's connection.
func newDeliver() *cobra.Command {
	return &cobra.Command{
		Use:    notify.DeliverCommand,
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE:   func(*cobra.Command, []string) error { return commandError(notify.Deliver(os.Stdin)) },
	}
}
