package doctor

import (
	"context"
	"os"

	"lockbar/notify"
)

// session holds the environment's description of the desktop.
type session struct {
	ssh     bool
	display bool   // X11 or Wayland
	wayland bool   // Wayland
	desktop string // XDG_CURRENT_DESKTOP: "XFCE", "ubuntu:GNOME"
}

func sessionOf(env func(string) string) session {
	return session{
		ssh:     env("SSH_CONNECTION") != "" || env("SSH_TTY") != "",
		display: env("DISPLAY") != "" || env("WAYLAND_DISPLAY") != "",
		wayland: env("WAYLAND_DISPLAY") != "",
		desktop: env("XDG_CURRENT_DESKTOP"),
	}
}

// mayShow reports whether an icon may be shown. An ssh session has no desktop; else macOS and Windows always have one, and other systems
// have one if the environment names a display.
func (s session) mayShow(goos string) bool {
	return !s.ssh && (s.display || goos == "darwin" || goos == "windows")
}

func (s Subject) desktopSession(context.Context) []Check {
	return checkSession(sessionOf(os.Getenv))
}

// noDesktopAdvice names commands that work without a desktop.
const noDesktopAdvice = "lockbar watch and lockbar status work here"

// checkMacNotifications checks the notifications of macOS. A program that was not started from the bundle, such as by a link in PATH,
// cannot know how the app in the menu bar sends its notifications.
func checkMacNotifications(w notify.Route) []Check {
	const try = "then try Send a Test Notification in Lockbar's menu (a Focus holds it back too)"
	switch w {
	case notify.OwnName:
		return one("notifications", Pass, "macOS shows them under Lockbar's name, and asks for your permission at the first one; "+
			"the switch is in System Settings > Notifications > Lockbar; %s", try)
	case notify.SwitchedOff:
		return one("notifications", Warn, "They are switched off for Lockbar, so only the icon shows changes; "+
			"switch them on in System Settings > Notifications > Lockbar; %s", try)
	}
	return one("notifications", Warn, "This program's notifications go through osascript: macOS shows them under Script Editor's name, and only once that app is allowed to send them: "+
		"System Settings > Notifications > Script Editor; if it is not listed there, open Script Editor and run: display notification \"Lockbar\"; "+
		"if Lockbar is listed there, the app in the menu bar sends its own notifications, and that switch counts; %s", try)
}
