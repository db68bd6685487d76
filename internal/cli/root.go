package cli

import "github.com/spf13/cobra"

// Root is the tree of commands, for the programs that describe it: man page, completions. It is not run, so it gets here what
// cobra adds when it runs one.
func Root() *cobra.Command {
	root := newRoot(&globals{})
	root.InitDefaultCompletionCmd()
	return root
}
