package doctor

import (
	"context"
	"os"
)

// session is what the environment tells of where the program runs.
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

func (s Subject) desktopSession(context.Context) []Check {
	return checkSession(sessionOf(os.Getenv))
}

// noDesktopAdvice is what works without one.
const noDesktopAdvice = "lockbar watch and lockbar status work here"
