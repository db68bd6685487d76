package tray

import (
	"context"
	"runtime"

	"lockbar/icons"
	"lockbar/notify"
)

// Place describes where the icon is, and why it may be hidden. If there is no panel, lockbar doctor reports that.
var Place = placeOn(runtime.GOOS)

func placeOn(goos string) string {
	hidden := map[string]string{
		"darwin":  " (not there? switch Lockbar on in System Settings > Menu Bar > Allow in the Menu Bar; a notch hides what has no room)",
		"windows": ", maybe behind the arrow beside the clock", // new icons are hidden at first
	}
	return iconPlace(goos) + hidden[goos]
}

// PointOut tells a user who started Lockbar a second time where the first one is. It sends a message, which works on every system: an
// icon that is registered again would look as before. It returns within the deadline of a message. A message that cannot be shown is
// no failure: the terminal shows the sentence too.
func PointOut(ctx context.Context, stateDir string) {
	_ = notify.Show(ctx, stateDir, notify.Message{
		Title: "Lockbar is already running",
		Body:  "Its padlock is in " + Place + ". To end it, choose Quit Lockbar in its menu.",
		Icon:  icons.HeldHere,
	})
}
