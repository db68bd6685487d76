//go:build !unix

package doctor

import "context"

func checkSession(s session) []Check {
	if s.ssh {
		return one("desktop-session", Warn, "This is an ssh session, which has no tray; start Lockbar at the computer itself; %s", noDesktopAdvice)
	}
	return one("desktop-session", Pass, "The system's own desktop")
}

// desktop checks nothing: the taskbar accepts icons and notifications, and does not report what the user hides.
func (s Subject) desktop(context.Context) []Check {
	return append(
		one("tray-host", Pass, "The taskbar takes icons; if this one is missing, look behind the arrow and drag it out"),
		one("notifications", Pass, "Windows shows them, unless Do not disturb or Settings > Notifications holds them back")...)
}
