package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// commandFirst moves the command's name before the flags that stand in front of it. cobra alone accepts only global
// flags there: it takes the command in `lockbar --json status` for the value of --json.
func commandFirst(args []string, root *cobra.Command) []string {
	valued := valuedFlags(root)
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--":
			return args
		case strings.HasPrefix(args[i], "-"):
			if valued[args[i]] {
				i++
			}
		default:
			return slices.Concat(args[i:i+1], args[:i], args[i+1:])
		}
	}
	return args
}

// valuedFlags are all flags, of any command, whose value may be the next argument.
func valuedFlags(root *cobra.Command) map[string]bool {
	valued := map[string]bool{}
	add := func(f *pflag.Flag) {
		if f.NoOptDefVal == "" {
			valued["--"+f.Name], valued["-"+f.Shorthand] = true, true
		}
	}
	root.PersistentFlags().VisitAll(add)
	for _, c := range root.Commands() {
		c.Flags().VisitAll(add)
	}
	return valued
}
