//go:build linux

package testdesk

import (
	"time"

	"github.com/godbus/dbus/v5"
)

// registry is the D-Bus object of the watcher.
type registry struct{ panel *panel }

// RegisterStatusNotifierItem takes the bus name from the sender: systray passes
// an object path, other libraries their bus name.
func (r registry) RegisterStatusNotifierItem(service string, sender dbus.Sender) *dbus.Error {
	r.panel.add(Registration{Service: service, Sender: string(sender), Received: time.Now()})
	return nil
}

// registryProperties serves the one property of the watcher that programs read.
type registryProperties struct{ panel *panel }

// Get implements org.freedesktop.DBus.Properties.
func (r registryProperties) Get(iface, name string) (dbus.Variant, *dbus.Error) {
	if iface != watcherName || name != "IsStatusNotifierHostRegistered" {
		return dbus.Variant{}, dbus.NewError("org.freedesktop.DBus.Error.UnknownProperty", []any{iface + "." + name})
	}
	var hosted bool
	r.panel.watcher.read(func() { hosted = r.panel.watcher.hosted })
	return dbus.MakeVariant(hosted), nil
}
