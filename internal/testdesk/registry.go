//go:build linux

package testdesk

import (
	"time"

	"github.com/godbus/dbus/v5"
)

// registry is the D-Bus face of the watcher.
type registry struct{ panel *panel }

// RegisterStatusNotifierItem takes the item's bus name from the sender:
// systray passes an object path, others their bus name.
func (r registry) RegisterStatusNotifierItem(service string, sender dbus.Sender) *dbus.Error {
	r.panel.add(Registration{Service: service, Sender: string(sender), Received: time.Now()})
	return nil
}

// RegisterStatusNotifierHost lets a foreign host join.
func (r registry) RegisterStatusNotifierHost(string) *dbus.Error {
	if err := r.panel.watcher.SetHost(true); err != nil {
		return dbus.MakeFailedError(err)
	}
	return nil
}

// registryProperties computes the properties whenever somebody asks.
type registryProperties struct{ panel *panel }

func (r registryProperties) all() map[string]dbus.Variant {
	services := []string{}
	for _, i := range r.panel.list() {
		services = append(services, i.service())
	}
	var hosted bool
	r.panel.watcher.read(func() { hosted = r.panel.watcher.hosted })
	return map[string]dbus.Variant{
		"RegisteredStatusNotifierItems":  dbus.MakeVariant(services),
		"IsStatusNotifierHostRegistered": dbus.MakeVariant(hosted),
		"ProtocolVersion":                dbus.MakeVariant(int32(0)), // as KDE and xfce say
	}
}

// Get implements org.freedesktop.DBus.Properties.
func (r registryProperties) Get(iface, name string) (dbus.Variant, *dbus.Error) {
	value, ok := r.all()[name]
	if iface != watcherName || !ok {
		return value, dbus.NewError("org.freedesktop.DBus.Error.UnknownProperty", []any{iface + "." + name})
	}
	return value, nil
}

// GetAll implements org.freedesktop.DBus.Properties.
func (r registryProperties) GetAll(iface string) (map[string]dbus.Variant, *dbus.Error) {
	if iface != watcherName {
		return nil, dbus.NewError("org.freedesktop.DBus.Error.UnknownInterface", []any{iface})
	}
	return r.all(), nil
}
