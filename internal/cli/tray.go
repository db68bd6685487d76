package cli

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"lockbar/internal/config"
	"lockbar/internal/login"
	"lockbar/internal/words"
	"lockbar/notify"
	"lockbar/tray"
)

func newTray(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "tray",
		Short: "Show the icon, as lockbar without a command does",
		Long: `Show the icon in the menu bar (the tray), as lockbar without a command does, until you choose Quit Lockbar in its menu.
There is one icon for each state directory: a second start points out where the first one is, and ends.

Exit code: 0, even if it was already running; 1 if the icon cannot be shown, such as without a desktop session.`,
		SuggestFor: []string{"icon", "app", "menu", "gui", "show-icon"},
		Args:       noArguments,
		RunE:       g.iconCommand(runTray),
	}
}

func runTray(cmd *cobra.Command, s settings, _ []string) error {
	login.EnterApp()
	keepBrokenPipes() // the icon must not end when the program that reads its log ends
	lookOnly()
	stayLean()
	ctx, stop := untilInterrupted(cmd.Context())
	defer stop()
	file, _ := config.Path() // without a path, a click in the menu reports that it cannot save
	c := trayConfig(s, file)
	err := tray.Run(ctx, c)
	switch {
	case errors.Is(err, tray.ErrRunning):
		attachConsole()
		complain(os.Stderr, words.Plain(err)+"; its padlock is in "+tray.Place)
		if byPerson(cmd.HasParent(), atTerminal()) {
			tray.PointOut(ctx, c.StateDir)
		}
		return nil
	case errors.Is(err, tray.ErrNoDesktop):
		return noDesktop(runtime.GOOS, os.Getenv, os.Geteuid())
	}
	return err
}

// byPerson reports whether a user, not the login, started this second process. named is set if the command line has the word tray. Login
// entries run `lockbar tray` without a terminal; launchers and bundles run `lockbar`. So does the login item of macOS, but macOS starts no
// second process of a bundle.
func byPerson(named, terminal bool) bool { return !named || terminal }

// atTerminal reports whether this program was started at a terminal, where somebody waits for the icon.
func atTerminal() bool { return isTerminal(os.Stdin) || isTerminal(os.Stderr) }

func trayConfig(s settings, file string) tray.Config {
	return tray.Config{Stores: s.stores, StateDir: s.stateDir, Settings: file, Version: buildVersion(), Commit: buildCommit(),
		AtTerminal: atTerminal(), Verbose: s.verbose}
}

// inTerminal names a command that works without a desktop.
const inTerminal = "`lockbar watch` shows the same in a terminal"

// noDesktop returns an error that explains why no session can show an icon, and what to do. It judges by the system, the environment and
// the user. An X11 display on a Mac is not a desktop.
func noDesktop(goos string, env func(string) string, euid int) error {
	display := goos != "darwin" && (env("WAYLAND_DISPLAY") != "" || env("DISPLAY") != "")
	switch user := env("SUDO_USER"); {
	case euid == 0 && user != "" && user != "root":
		return fmt.Errorf("root has no desktop session here: run lockbar without sudo, as %s, whose store and desktop it is", words.Clean(user))
	case env("SSH_CONNECTION") != "" || env("SSH_TTY") != "":
		return fmt.Errorf("an ssh session has no desktop to show an icon in: start lockbar at the computer itself; here %s", inTerminal)
	case euid == 0:
		return fmt.Errorf("root has no desktop session here: run lockbar as the user whose desktop it is; %s", inTerminal)
	case display:
		return fmt.Errorf("there is a display, but no session bus, which the icon needs: start lockbar from the desktop's menu or at login " +
			"(lockbar login enable), or within dbus-run-session; " + inTerminal)
	}
	return tray.ErrNoDesktop
}

// newDeliver returns the command that reads one notification from standard input and shows it. Lockbar runs it as a child process where it
// uses beeep (notify.Deliver).
func newDeliver() *cobra.Command {
	return &cobra.Command{
		Use:    notify.DeliverCommand,
		Hidden: true,
		Args:   noArguments,
		RunE:   func(*cobra.Command, []string) error { return commandError(notify.Deliver(os.Stdin)) },
	}
}
