// Package cli is the command line: one file per command. A command reads its flags, calls lockcore, watch or tray, and
// turns what they say into text, JSON (whose names are stable) and an exit code. Decisions are
// plain functions beside the command that does them.
package cli

import (
	"os"
	"runtime"

	"github.com/spf13/cobra"
)

// Main runs the command that os.Args names and gives the exit code.
func Main() int {
	runtime.MemProfileRate = 0 // nobody reads a memory profile of this program, and each sample walks the stack
	// cobra would take a start by Explorer for a mistake: for a tray app it is the usual one.
	cobra.MousetrapHelpText = ""
	root := newRoot(&globals{})
	args := commandFirst(withoutClaim(os.Args[1:]), root)
	if len(args) > 0 && args[0] == cobra.ShellCompRequestCmd {
		plainUsages(root)
	}
	if prints(args) {
		attachConsole()
	}
	root.SetArgs(args)
	err := root.Execute()
	if err != nil {
		attachConsole() // the tray has something to say after all
	}
	return explain(os.Stderr, err)
}

// Root is the tree of commands, for the programs that describe it: man page, completions.
func Root() *cobra.Command { return newRoot(&globals{}) }

func newRoot(g *globals) *cobra.Command {
	root := &cobra.Command{
		Use:           "lockbar",
		Short:         "Who holds the iai-mcp store, in the menu bar and on the command line",
		Long:          rootHelp,
		Version:       buildVersion(),
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          g.iconCommand(runTray),
	}
	g.register(root.PersistentFlags())
	root.AddCommand(newTray(g), newStatus(g), newWatch(g), newUnlock(g), newRestore(g), newRun(g), newHistory(g), newDoctor(g),
		newOpen(g), newDetails(g), newDemo(g), newLogin(g), newVersion(), newDeliver(), newDemoHolder(), newMind())
	root.SetFlagErrorFunc(flagError)
	addCobras(root)
	completing(root)
	return root
}

const rootHelp = `Who holds the iai-mcp store, in the menu bar and on the command line.

The store is, in this order: --store, $IAI_MCP_STORE, what the config file lists, the IAI_MCP_STORE of the
daemon's own launchd agent or systemd user unit, ~/.iai-mcp. The config file is config.json in the directory
~/Library/Application Support/Lockbar, $XDG_CONFIG_HOME/lockbar (~/.config/lockbar) or %AppData%\Lockbar, or
the file that $LOCKBAR_CONFIG names:

  {"stores": ["~/.iai-mcp"], "notify": {"takeover": true, "stale": true, "contested": true,
   "corrupt": true, "resurrected": true, "away": true}, "paused_until": null}`
