package tray

import (
	"time"

	"lockbar/icons"
	"lockbar/internal/desktop"
	"lockbar/notify"
)

// The code here tells the user when no panel shows the icon. It checks only until the first panel is seen: a panel that restarts is back in
// seconds, GNOME removes its own while the screen is locked, and the user notices when a panel is gone.

const (
	// loginPatience bounds the wait for a panel at login, where all programs start at once.
	loginPatience = 30 * time.Second
	// terminalPatience bounds that wait if a user at a terminal waits for the icon.
	terminalPatience = 10 * time.Second
)

func (c Config) patience() time.Duration {
	if c.AtTerminal {
		return terminalPatience
	}
	return loginPatience
}

// tellPanel acts on whether a panel shows the icon. If none does, it logs that, since a terminal shows the log even without a notification
// service, and sends a message: at every start at a terminal, but at any other start only the first time since a panel was seen, since each
// login would repeat it. If a panel shows the icon, tellPanel withdraws the message.
func (l *loop) tellPanel(shown bool, current string) {
	missing := !shown
	l.iconShown = shown
	if !missing && !l.decider.PanelMissing {
		return
	}
	var m notify.Message
	advice := desktop.PanelAdvice(current)
	if missing {
		l.log.trouble.Printf("no panel shows the icon: %s; notifications work without it", advice)
	}
	if missing && (l.config.AtTerminal || !l.decider.PanelMissing) {
		m = noPanelMessage(advice)
	}
	l.decider.PanelMissing = missing
	l.order(time.Now(), notify.Order{Slot: notify.PanelSlot, Message: m})
	l.tellDue(time.Now())
}

func noPanelMessage(advice string) notify.Message {
	return notify.Message{
		Title: "No panel shows Lockbar's padlock",
		Body:  "To see it: " + advice + ". Until then Lockbar works without it, and notifications come as usual.",
		Icon:  icons.HeldHere,
	}
}
