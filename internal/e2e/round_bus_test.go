//go:build linux

package e2e

import (
	"fmt"

	"github.com/godbus/dbus/v5"
)

// connectBus connects to the session's bus twice: once to ask, and once to listen to notifications. The connections end with the round's
// time, and so does every call that waits for a program that hangs.
func (d *desktop) connectBus() (err error) {
	if d.conn, err = dbus.Connect(d.bus.Address(), dbus.WithContext(d.ctx)); err != nil {
		return err
	}
	listener, err := dbus.Connect(d.bus.Address(), dbus.WithContext(d.ctx))
	if err != nil {
		return err
	}
	d.messages, err = listen(listener)
	return err
}

// waitName waits until somebody owns a name on the bus.
func (d *desktop) waitName(name string) error {
	return until(d.ctx, patience, func() error {
		var owned bool
		if err := d.conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&owned); err != nil {
			return err
		}
		if !owned {
			return fmt.Errorf("%s has no owner on the bus", name)
		}
		return nil
	})
}
