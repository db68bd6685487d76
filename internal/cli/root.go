package cli

import "github.com/spf13/cobra"

// Root is the tree of commands, for the programs that describe it: man page, completions.
func Root() *cobra.Command { return newRoot(&globals{}) }
