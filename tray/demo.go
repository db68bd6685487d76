package tray

import (
	"context"
	"strings"

	"lockbar/internal/desktop"
	"lockbar/notify"
)

// This file marks everything that a demo shows, so that nobody mistakes its alarm for a real one.

const (
	// demoMark begins the title of each message of a demo.
	demoMark = "Demo: "
	demoLine = "Demo: this is a throw-away store, not yours"
)

// asDemo marks the messages of a demo, except those that are sent again and so are marked already.
func (c Config) asDemo(orders []notify.Order) []notify.Order {
	if !c.Demo {
		return orders
	}
	marked := make([]notify.Order, len(orders))
	for i, o := range orders {
		if !o.Message.IsZero() && !strings.HasPrefix(o.Message.Title, demoMark) {
			o.Message.Title = demoMark + o.Message.Title
		}
		marked[i] = o
	}
	return marked
}

// asDemoView marks the view of a demo.
func (c Config) asDemoView(v view) view {
	if c.Demo {
		v.Tooltip = demoMark + v.Tooltip
		v.Menu = append([]menuItem{line("demo", demoLine)}, v.Menu...)
	}
	return v
}

// copyCommand copies the command that stops the daemon. A demo only names it: it would stop the user's real daemon.
func (c Config) copyCommand(ctx context.Context, command string) result {
	if c.Demo {
		return result{Text: "In the demo nothing is copied; it would be " + command}
	}
	return copied(command, desktop.Copy(ctx, command))
}
