//go:build linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/godbus/dbus/v5"

	"lockbar/internal/testdesk"
)

// startBus starts the session's bus and connects to it twice: once to ask, and
// once to listen to notifications.
func (d *desktop) startBus() error {
	config := filepath.Join(d.dir, "bus.conf")
	if err := os.WriteFile(config, testdesk.BusConfig(d.socket()), 0o600); err != nil {
		return err
	}
	path, err := bus.path()
	if err != nil {
		return err
	}
	if _, err := d.start("bus", path, "--nofork", "--nopidfile", "--config-file="+config); err != nil {
		return err
	}
	if d.conn, err = d.connect(); err != nil {
		return err
	}
	listener, err := d.connect()
	if err != nil {
		return err
	}
	d.messages, err = listen(listener)
	return err
}

// connect waits for the bus to take connections. They end with the round's
// time, and so does every call that waits for a program that hangs.
func (d *desktop) connect() (conn *dbus.Conn, err error) {
	err = until(d.ctx, patience, func() error {
		conn, err = dbus.Connect("unix:path="+d.socket(), dbus.WithContext(d.ctx))
		return err
	})
	return conn, err
}

// busChild is the bus as a process, to be killed in the last step.
func (d *desktop) busChild() *child {
	for _, c := range d.children {
		if c.name == "bus" {
			return c
		}
	}
	return nil
}

// waitName waits until somebody owns a name on the bus.
func (d *desktop) waitName(name string) error {
	return until(d.ctx, patience, func() error {
		var owned bool
		if err := d.conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&owned); err != nil {
			return err
		}
		if !owned {
			return fmt.Errorf("nobody on the bus is %s", name)
		}
		return nil
	})
}
