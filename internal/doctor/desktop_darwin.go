package doctor

import "context"

func checkSession(s session) []Check {
	if s.ssh {
		return one("desktop-session", Warn, "This is an ssh session, which has no menu bar; open Lockbar at the Mac itself; %s", noDesktopAdvice)
	}
	return one("desktop-session", Pass, "macOS")
}

// desktop: there is nothing to ask without an app bundle and its permissions, so it is said where to look. Whether notifications
// are seen nobody can tell but the user.
func (s Subject) desktop(context.Context) []Check {
	return append(
		one("tray-host", Pass, "The menu bar takes icons; if this one is missing, see System Settings > Menu Bar > Allow in the Menu Bar (macOS 26), or it hides behind the notch"),
		one("notifications", Warn, "macOS shows them under Script Editor's name, and only once that app is allowed to: "+
			"System Settings > Notifications > Script Editor; if it is not listed there, open Script Editor and run: display notification \"Lockbar\"; "+
			"then try Send a Test Notification in Lockbar's menu (a Focus holds it back, too)")...)
}
