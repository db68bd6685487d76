package tray

import (
	"context"

	"lockbar/icons"
	"lockbar/notify"
)

// Place is where people find the icon, and why they may not see it.
const Place = trayPlace + trayHidden

// PointOut tells who started Lockbar a second time where the first one is. A message does that on every system; an icon
// that is announced again would look as it did. It returns within the deadline of a message, and whether that could be
// shown does not matter: the terminal has the sentence too.
func PointOut(ctx context.Context) {
	_ = notify.Show(ctx, notify.Message{
		Title: "Lockbar is already running",
		Body:  "Its padlock is in " + Place + ". To end it, choose Quit Lockbar in its menu.",
		Icon:  icons.HeldHere,
	})
}
