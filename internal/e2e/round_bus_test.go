//go:build linux

package e2e

import (
	"fmt"

	"github.com/godbus/dbus/v5"
)

// connectBus connects to the session's bus twice: once for calls, and once to monitor notifications. Both connections end with the
// context of the round, which also ends a call to a program that hangs.
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

// waitName waits until a name on the bus has an owner.
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
