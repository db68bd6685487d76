//go:build linux

package main

import (
	"github.com/godbus/dbus/v5"

	"lockbar/internal/testdesk"
)

// layout is a menu entry on the wire: (ia{sv}av).
type layout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

// entry fills in the defaults of the protocol.
func (l layout) entry() (testdesk.Entry, error) {
	e := testdesk.Entry{ID: l.ID, Enabled: true, Visible: true, Type: "standard"}
	e.Label, _ = l.Properties["label"].Value().(string)
	if v, ok := l.Properties["enabled"].Value().(bool); ok {
		e.Enabled = v
	}
	if v, ok := l.Properties["visible"].Value().(bool); ok {
		e.Visible = v
	}
	if v, ok := l.Properties["type"].Value().(string); ok {
		e.Type = v
	}
	e.Submenu = l.Properties["children-display"].Value() == "submenu"
	return l.withChildren(e)
}

func (l layout) withChildren(e testdesk.Entry) (testdesk.Entry, error) {
	for _, v := range l.Children {
		var child layout
		if err := v.Store(&child); err != nil {
			return e, err
		}
		below, err := child.entry()
		if err != nil {
			return e, err
		}
		e.Children = append(e.Children, below)
	}
	return e, nil
}
