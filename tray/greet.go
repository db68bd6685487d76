package tray

import (
	"context"
	"runtime"
	"slices"
	"time"

	"lockbar/icons"
	"lockbar/internal/state"
	"lockbar/internal/words"
	"lockbar/notify"
)

// isFirst reports whether the app has never run on this machine: the record of its messages is empty, and no command writes one. It is
// false in a demo, if the record cannot be read, and if nothing is kept: each start would be the first.
func (c Config) isFirst(saved state.Saved, readable bool) bool {
	return readable && !c.Demo && c.StateDir != "" && len(saved.Told) == 0
}

// greet tells a new user once what has been started. It waits until the settings and the state of each store are known, the start at login
// has been read, a panel shows the icon, and notifications are not paused. The greeting never replaces an alarm, which has another slot.
func (l *loop) greet(now time.Time) {
	ready := !l.mute && !slices.Contains(l.seen, false) && l.loginRead && l.iconShown
	if !l.decider.GreetingDue || !ready || l.settings.paused(now) {
		return
	}
	l.decider.GreetingDue = false
	worst := worstOf(l.stores)
	l.order(now, notify.Order{Slot: notify.GreetingSlot, Message: notify.Greeting(worst.Name, words.Now(worst.Snapshot), len(l.stores),
		iconPlace(runtime.GOOS), iconOf(l.stores), l.settings.Login == loginDisabled)})
	l.post(now)
}

// iconPlace returns the name of the place where the icon is.
func iconPlace(goos string) string {
	switch goos {
	case "darwin":
		return "the menu bar"
	case "windows":
		return "the taskbar"
	}
	return "the panel"
}

// startAtLogin handles the button of the greeting. The answer is a message, since the click removed the greeting.
func (l *loop) startAtLogin(ctx context.Context) {
	if l.settings.Login != loginEnabled { // a second click must not undo the first
		l.click(ctx, action{Do: doToggleLogin, InMessage: true})
		return
	}
	l.answer(notify.Message{Title: "Lockbar", Body: "Lockbar starts at login already.", Icon: iconOf(l.stores)})
}

// Place describes where the icon is and, on macOS and Windows, why it may be hidden. If there is no panel, lockbar doctor reports that.
var Place = placeOn(runtime.GOOS)

func placeOn(goos string) string {
	hidden := map[string]string{
		"darwin":  " (not visible? allow Lockbar in System Settings > Menu Bar > Allow in the Menu Bar; on a Mac with a notch, icons that do not fit are hidden)",
		"windows": ", maybe behind the arrow beside the clock", // new icons are hidden at first
	}
	return iconPlace(goos) + hidden[goos]
}

// PointOut tells a user who started Lockbar a second time where the first one is. It sends a message, which works on every system:
// registering the icon again would change nothing that the user sees. It returns within the deadline of a message. A message that cannot
// be shown is not a failure: standard error has the sentence too.
func PointOut(ctx context.Context, stateDir string) {
	_ = notify.Show(ctx, stateDir, notify.Message{
		Title: "Lockbar is already running",
		Body:  "Its padlock is in " + Place + ". To end it, choose Quit Lockbar in its menu.",
		Icon:  icons.HeldHere,
	})
}
