package tray

import (
	"context"
	"runtime"

	"lockbar/icons"
	"lockbar/notify"
)

// Place says where people find the icon, and why they may not see it. Where there is no panel, lockbar doctor says so.
var Place = placeOn(runtime.GOOS)

func placeOn(goos string) string {
	switch goos {
	case "darwin":
		return "the menu bar (not there? switch Lockbar on in System Settings > Menu Bar > Allow in the Menu Bar; a notch hides what has no room)"
	case "windows":
		return "the taskbar, maybe behind the arrow beside the clock" // new icons are hidden at first
	}
	return "the panel"
}

// PointOut tells a user who started Lockbar a second time where the first one is. A message does that on every system; an icon
// that is announced again would look as it did. It returns within the deadline of a message, and whether that could be
// shown does not matter: the terminal has the sentence too.
func PointOut(ctx context.Context, stateDir string) {
	_ = notify.Show(ctx, stateDir, notify.Message{
		Title: "Lockbar is already running",
		Body:  "Its padlock is in " + Place + ". To end it, choose Quit Lockbar in its menu.",
		Icon:  icons.HeldHere,
	})
}
