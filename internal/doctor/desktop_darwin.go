package doctor

import (
	"context"

	"lockbar/notify"
)

func checkSession(s session) []Check {
	if s.ssh {
		return one("desktop-session", Warn, "This is an ssh session, which has no menu bar; open Lockbar at the Mac itself; %s", noDesktopAdvice)
	}
	return one("desktop-session", Pass, "macOS")
}

// desktop queries whether this process may notify. Only the user can see whether an icon or a message appears.
func (s Subject) desktop(ctx context.Context) []Check {
	return append(
		one("tray-host", Pass, "The menu bar takes icons; if this one is missing, see System Settings > Menu Bar > Allow in the Menu Bar (macOS 26), or it hides behind the notch"),
		checkMacNotifications(notify.QueryRoute(ctx))...)
}
