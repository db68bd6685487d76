// Package cli is the command line: one file per command. A command reads its flags, calls lockcore, watch or tray, and
// turns what they say into text, JSON (whose names are stable) and an exit code. Decisions are
// plain functions beside the command that does them.
package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"lockbar/internal/fsx"
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

  {"stores": ["~/.iai-mcp"], "notify": {"takeover": true, "stale": true, "crashes": true, "contested": true,
   "corrupt": true, "resurrected": true, "away": true}, "paused_until": null}`

// stayLean is for the commands that stay: they wait nearly always.
//
// With one processor each hint wakes one thread instead of several that look for work and find none. Measured over a quiet
// minute of the tray: 6 voluntary context switches instead of 12, and 1 MB less memory; the time from a change to the icon is
// the same. And where the runtime would let 4 MB of garbage gather beside half a megabyte that is in use, it collects at 1 MB:
// 2 MB less memory after a hundred changes, for some 15 % more processor time while they come.
func stayLean() {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(25)
}

// onAnyThread wraps a command without an icon. fyne.io/systray binds the main goroutine to the main thread, as the icon needs
// it; in that goroutine each word with another one would be a switch between threads. The main thread stays behind and does
// nothing: Linux hands it the signals of the process, which it could not take while it hangs at a dead mount.
func onAnyThread(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		ended := make(chan error)
		go func() { ended <- run(cmd, args) }()
		return <-ended
	}
}

// lookOnly is for the commands that only look: they download nothing. The policy is inherited, so a command that runs another
// program (run) must not have it. Where it cannot be set, lockcore still looks before it reads.
func lookOnly() { _ = fsx.NeverDownload() }

// prints reports whether these arguments (command first) are of a command that prints. The tray does not attach itself to the
// terminal that it is started from: on Windows it would end when that window is closed.
func prints(args []string) bool {
	for _, a := range args {
		switch a {
		case "-h", "--help", "--version":
			return true
		}
	}
	return len(args) > 0 && args[0] != "tray" && !strings.HasPrefix(args[0], "-")
}
