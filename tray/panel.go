package tray

import (
	"time"

	"lockbar/icons"
	"lockbar/internal/desktop"
	"lockbar/notify"
)

// This file says when no panel shows the icon. Only the start counts: a panel that restarts is back in seconds, GNOME takes its own away
// while the screen is locked, and whoever loses a panel sees it.

const (
	// loginPatience is how long a panel may take at login, where all starts at once.
	loginPatience = 30 * time.Second
	// terminalPatience is the same for somebody who waits for the icon.
	terminalPatience = 10 * time.Second
)

func (c Config) patience() time.Duration {
	if c.AtTerminal {
		return terminalPatience
	}
	return loginPatience
}

// panelNews is what is to be said of panels.
type panelNews uint8

const (
	noNews panelNews = iota
	panelMissing
	panelThere // the first since the start
)

// newsOf says what is to be said as long as no panel has shown icons: whether one does now, and whether it has had the time to come.
func newsOf(there, late bool) panelNews {
	switch {
	case there:
		return panelThere
	case late:
		return panelMissing
	}
	return noNews
}

// tellPanel says it in the log, which a terminal shows, and by a message: who has no notification service either has read it there. Who
// starts Lockbar by hand waits for the icon; who has it started at login is told at the first login, and not at each.
func (l *loop) tellPanel(n panelNews, current string) {
	missing := n == panelMissing
	l.iconShown = !missing
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
