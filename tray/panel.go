package tray

import (
	"time"

	"lockbar/icons"
	"lockbar/internal/desktop"
	"lockbar/notify"
)

// This file tells the user when no panel shows the icon. It looks only at the start: a panel that restarts is back in seconds, GNOME
// takes its own away while the screen is locked, and a user sees that a panel is gone.

const (
	// loginPatience bounds the wait for a panel at login, where all programs start at once.
	loginPatience = 30 * time.Second
	// terminalPatience bounds it where somebody at a terminal waits for the icon.
	terminalPatience = 10 * time.Second
)

func (c Config) patience() time.Duration {
	if c.AtTerminal {
		return terminalPatience
	}
	return loginPatience
}

// tellPanel tells it in the log, which a terminal shows, and by a message. Without a notification service the terminal still shows it.
// A start by hand is always told of; of starts at login only the first is, since the rest would say the same.
func (l *loop) tellPanel(shown bool, current string) {
	missing := !shown
	l.iconShown = shown
	if !missing && !l.told.PanelMissed() {
		return
	}
	var m notify.Message
	advice := desktop.PanelAdvice(current)
	if missing {
		l.log.trouble.Printf("no panel shows the icon: %s; notifications work without it", advice)
	}
	if missing && (l.config.AtTerminal || !l.told.PanelMissed()) {
		m = noPanelMessage(advice)
	}
	l.told = l.told.MissPanel(missing)
	l.order(time.Now(), notify.Order{Slot: notify.PanelSlot, Message: m})
	l.wake(time.Now())
}

func noPanelMessage(advice string) notify.Message {
	return notify.Message{
		Title: "No panel shows Lockbar's padlock",
		Body:  "To see it: " + advice + ". Until then Lockbar works without it, and notifications come as usual.",
		Icon:  icons.HeldHere,
	}
}
