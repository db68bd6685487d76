package cli

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"lockbar/lockcore"
)

// runAsDaemon runs this program again as a child, with the arguments by which daemons respect its lock, and hands its exit code
// on: Windows cannot put one program in the place of another.
func runAsDaemon(store *lockcore.Store) error {
	self, err := os.Executable()
	if err != nil {
		return failf(exitNotTaken, "the lock was not taken: cannot run again: %w", err)
	}
	signal.Notify(make(chan os.Signal, 1), passedOn()...) // the console sends them to the child too, which decides
	cmd := exec.Command(self, append(claimArguments(store), os.Args[1:]...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return failf(exitNotTaken, "the lock was not taken: cannot run again: %w", err)
	}
	err = cmd.Wait()
	return childFailure(cmd.ProcessState, err)
}

// passedOn are what the console sends: Ctrl-C and Ctrl-Break, and, as SIGTERM to those who ask for it, that its window is
// closed, the user logs off or the machine shuts down (os/signal, "Windows"). After these Windows ends us in any case, but
// leaves us about five seconds: where CMD ends in that time, the lock is given back.
func passedOn() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

// sentByTerminal: all of them reach CMD by themselves, since it is on the same console.
func sentByTerminal(os.Signal) bool { return true }

func exitCodeOf(state *os.ProcessState) int { return state.ExitCode() }
