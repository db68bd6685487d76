package doctor

import "context"

func checkSession(s session) []Check {
	if s.ssh {
		return one("desktop-session", Warn, "This is an ssh session, which has no menu bar; open Lockbar at the Mac itself; %s", noDesktopAdvice)
	}
	return one("desktop-session", Pass, "macOS")
}

// desktop: there is nothing to ask without an app bundle and its permissions, so it is said where to look.
func (s Subject) desktop(context.Context) []Check {
	return append(
		one("tray-host", Pass, "The menu bar takes icons; if this one is missing, see System Settings > Menu Bar, or it hides behind the notch"),
		one("notifications", Pass, "macOS shows them, by Script Editor's name, unless a Focus or System Settings > Notifications holds them back")...)
}
