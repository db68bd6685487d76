// Package cli implements the command line. Each command that users call is in the file of its name (help and completion in cobra.go); run
// and unlock have more files. A command reads its flags, calls other packages, and turns the results into text, JSON (whose names are
// stable) and an exit code. Decisions are plain functions beside the command that carries them out.
package cli

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"lockbar/internal/fsx"
)

// Main runs the command that os.Args names and returns the exit code.
func Main() int {
	runtime.MemProfileRate = 0 // nobody reads a memory profile of this program, and each sample walks the stack
	// cobra treats a start from Explorer as a mistake, but a tray app is usually started so.
	cobra.MousetrapHelpText = ""
	if runtime.GOOS == "windows" {
		lookOnly() // here even for run: the programs that it starts do not inherit this
	}
	return execute(withoutStoreArgument(os.Args[1:]))
}

func execute(args []string) (exitCode int) {
	root := newRoot(&globals{})
	args = commandFirst(args, root)
	if len(args) > 0 && args[0] == cobra.ShellCompRequestCmd {
		plainUsages(root)
	}
	if prints(args) {
		attachConsole()
	}
	root.SetArgs(args)
	cmd, err := root.ExecuteC()
	if err != nil {
		attachConsole() // for the tray, to print the error
	}
	return explain(os.Stderr, cmd, err)
}

// Root returns the tree of commands, for the programs that generate the man page and the completions.
func Root() *cobra.Command { return newRoot(&globals{}) }

func newRoot(g *globals) *cobra.Command {
	cobra.EnableCommandSorting = false // they are listed in the order in which users need them
	var onlyVersion bool
	icon := g.iconCommand(runTray)
	root := &cobra.Command{
		Use:                   "lockbar",
		Short:                 "See who uses the iai-mcp store, in the menu bar and on the command line",
		Long:                  rootHelp,
		Example:               rootExamples,
		Args:                  onlyCommands,
		SilenceUsage:          true,
		SilenceErrors:         true,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if onlyVersion {
				return printVersion(cmd, args)
			}
			return icon(cmd, args)
		},
	}
	g.register(root.PersistentFlags())
	root.Flags().BoolVar(&onlyVersion, "version", false, "print the version, as the command version does")
	root.AddGroup(groups...)
	addGroup(root, groupLook, newStatus(g), newWatch(g), newHistory(g), newDetails(g), newHosts(g), newDoctor(g), newOpen(g))
	addGroup(root, groupChange, newUnlock(g), newRestore(g), newRun(g), newDaemon(g), newAsk(g))
	addGroup(root, groupApp, newTray(g), newLogin(g), newDemo(g), newVersion())
	root.AddCommand(newDeliver(), newDemoHolder(), newMind())
	root.SetFlagErrorFunc(flagError)
	addCobras(root)
	setHelp(root)
	setCompletions(root)
	return root
}

func addGroup(root *cobra.Command, id string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = id
		root.AddCommand(c)
	}
}

const rootExamples = `  lockbar                        show the icon in the menu bar
  lockbar status                 who uses the store now?
  lockbar unlock                 remove a lock that was left behind (it asks first)
  lockbar demo                   see what Lockbar does, on a store made for it
  lockbar --store /x/mem status  look at a store other than yours`

// stayLean saves power and memory in tray and watch, which keep running and nearly always wait.
//
// With GOMAXPROCS 1, each hint of a change wakes one thread, instead of several that look for work and find none. Measured over a quiet
// minute of the tray: 6 voluntary context switches instead of 12, and 1 MB less memory; the time from a change to the icon is
// the same. The runtime would let the heap grow to 4 MB, of which half a megabyte is in use. At 25 % it collects at 1 MB. That saves
// 2 MB after a hundred changes and costs about 15 % more CPU time during them.
func stayLean() {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(25)
}

// onAnyThread moves a command without an icon off the main goroutine. fyne.io/systray locks that goroutine to the main thread, as an icon
// needs, so each exchange with another goroutine would switch threads. The main thread then stays idle and can receive signals: Linux
// delivers the signals of the process to it first, and a thread that hangs on a dead mount receives none.
func onAnyThread(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		ended := make(chan error)
		go func() { ended <- run(cmd, args) }()
		return <-ended
	}
}

// untilInterrupted returns a context that ends when the user interrupts this program, or the system ends it.
func untilInterrupted(ctx context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
}

// lookOnly keeps a command that only looks from downloading files that are only in the cloud. On macOS child processes inherit this, so
// run must not call it there. If the system cannot do it, lockcore still checks each file before it reads it.
func lookOnly() { _ = fsx.NeverDownload() }

// prints reports whether these arguments (command first) belong to a command that prints. The tray must not attach itself to the
// terminal that started it: on Windows it would end when that window is closed.
func prints(args []string) bool {
	for _, a := range args {
		switch a {
		case "-h", "--help", "--version":
			return true
		}
	}
	return len(args) > 0 && args[0] != "tray" && !strings.HasPrefix(args[0], "-")
}
