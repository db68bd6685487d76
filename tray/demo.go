package tray

import (
	"context"
	"strings"

	"lockbar/internal/desktop"
	"lockbar/notify"
)

// This file marks the messages, the tooltip and the menu of a demo, so that nobody mistakes its alarm for a real one.

const (
	// demoMark begins the title of each message of a demo.
	demoMark = "Demo: "
	demoLine = "Demo: this is a throw-away store, not yours"
)

// asDemo marks a message of a demo, unless it already has the mark because it is sent again.
func (c Config) asDemo(m notify.Message) notify.Message {
	if c.Demo && !m.IsZero() && !strings.HasPrefix(m.Title, demoMark) {
		m.Title = demoMark + m.Title
	}
	return m
}

func (c Config) asDemoView(v view) view {
	if c.Demo {
		v.Tooltip = demoMark + v.Tooltip
		v.Menu = append([]menuItem{line("demo", demoLine)}, v.Menu...)
	}
	return v
}

// copyCommand copies the command that stops the daemon. A demo only names the command, which would stop the user's
// real daemon.
func (c Config) copyCommand(ctx context.Context, command string) result {
	if c.Demo {
		return result{Text: "The demo copies nothing. Outside it, this would copy: " + command}
	}
	return copied(command, desktop.Copy(ctx, command))
}
