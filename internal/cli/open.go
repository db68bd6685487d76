package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"lockbar/internal/desktop"
)

func newOpen(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "open",
		Short: "Show the store in the file manager",
		Args:  noArguments,
		Long:  "Show the directory of the store in the file manager.",
		RunE: g.command(func(cmd *cobra.Command, s settings, _ []string) error {
			if len(s.stores) > 1 { // not oneStore: a doubt about which store is meant does not matter for a look
				return usageError(errors.New("this command works on one store: give --store once"))
			}
			if err := desktop.Open(cmd.Context(), s.stores[0].Dir()); err != nil {
				return failf(exitError, "%s was not opened: %w", path(s.stores[0].Dir()), err)
			}
			return nil
		}),
	}
}
