package cli

import (
	"fmt"

	"lockbar/internal/words"
	"lockbar/tray"
)

// inTerminal is what works without a desktop.
const inTerminal = "`lockbar watch` shows the same in a terminal"

// noDesktop says, by the system and the environment, why there is no session to show an icon in, and what to do. A display of X11
// on a Mac is no desktop of its own.
func noDesktop(goos string, env func(string) string, euid int) error {
	display := goos != "darwin" && (env("WAYLAND_DISPLAY") != "" || env("DISPLAY") != "")
	switch user := env("SUDO_USER"); {
	case euid == 0 && user != "" && user != "root":
		return fmt.Errorf("root has no desktop session here: run lockbar without sudo, as %s, whose store and desktop it is", words.Clean(user))
	case env("SSH_CONNECTION") != "" || env("SSH_TTY") != "":
		return fmt.Errorf("an ssh session has no desktop to show an icon in: start lockbar at the machine itself; here %s", inTerminal)
	case euid == 0:
		return fmt.Errorf("root has no desktop session here: run lockbar as the user whose desktop it is; %s", inTerminal)
	case display:
		return fmt.Errorf("there is a display and no session bus, which the icon needs: start lockbar from the desktop's menu or at login " +
			"(lockbar login enable), or within dbus-run-session; " + inTerminal)
	}
	return tray.ErrNoDesktop
}
