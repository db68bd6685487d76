package cli

import (
	"os"
	"os/exec"
	"os/signal"
	"slices"

	"lockbar/internal/words"
)

// runAsDaemon runs this program again as a child, with the argument that today's daemons look for in a holder's command
// line (DESIGN.md §2), and hands its exit code on: Windows cannot put one program in the place of another.
func runAsDaemon() error {
	self, err := os.Executable()
	if err != nil {
		return failf(exitNotTaken, "the lock was not taken: cannot start anew: %w", err)
	}
	signal.Notify(make(chan os.Signal, 1), os.Interrupt) // the console sends it to the child too, which decides
	cmd := exec.Command(self, slices.Insert(slices.Clone(os.Args[1:]), 0, words.RunArgument)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return failf(exitNotTaken, "the lock was not taken: cannot start anew: %w", err)
	}
	err = cmd.Wait()
	return childFailure(cmd.ProcessState, err)
}

// passedOn: Windows knows only the console's interrupt, which reaches CMD by itself.
func passedOn() []os.Signal { return []os.Signal{os.Interrupt} }

func sentByTerminal(os.Signal) bool { return true }

func exitCodeOf(state *os.ProcessState) int { return state.ExitCode() }
