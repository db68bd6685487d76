//go:build linux

package testdesk

import (
	"slices"
	"time"

	"github.com/godbus/dbus/v5"
)

// notifier is the D-Bus object of the notification service.
type notifier struct {
	service *Notifications
	conn    *dbus.Conn
}

// wait blocks while the service hangs and is not stopped.
func (n notifier) wait() {
	var released chan struct{}
	n.service.read(func() { released = n.service.hang })
	if released == nil {
		return
	}
	n.service.update(func() { n.service.held++ })
	select {
	case <-released:
	case <-n.conn.Context().Done():
	}
}

// Notify records the notification, waits while the service hangs, and then shows it.
func (n notifier) Notify(app string, replaces uint32, icon, summary, body string, actions []string,
	hints map[string]dbus.Variant, timeout int32, sender dbus.Sender) (uint32, *dbus.Error) {
	one := n.service.record(Notification{
		App: app, ReplacesID: replaces, Icon: icon, Summary: summary, Body: body, Actions: actions,
		Hints: hints, Timeout: timeout, Sender: string(sender), Received: time.Now(),
	})
	n.wait()
	n.show(one)
	return one.ID, nil
}

// show puts the notification on the screen, unless the service was stopped
// meanwhile.
func (n notifier) show(one Notification) {
	s := n.service
	s.update(func() {
		if s.conn != n.conn {
			return
		}
		at := slices.IndexFunc(s.screen, func(old Notification) bool { return old.ID == one.ID })
		if at < 0 {
			s.screen = append(s.screen, one)
		} else {
			s.screen[at] = one
		}
	})
}

// record records a notification under the ID of the one that it replaces, or
// under the next ID.
func (n *Notifications) record(one Notification) Notification {
	n.update(func() {
		one.ID = one.ReplacesID
		if one.ID == 0 {
			n.lastID++
			one.ID = n.lastID
		}
		n.all = append(n.all, one)
	})
	return one
}

// CloseNotification closes a notification on behalf of its program.
func (n notifier) CloseNotification(id uint32) *dbus.Error {
	n.wait()
	if err := n.service.Close(id, ClosedByCall); err != nil {
		return dbus.MakeFailedError(err)
	}
	return nil
}

// GetCapabilities returns the capabilities that SetCapabilities set.
func (n notifier) GetCapabilities() (capabilities []string, err *dbus.Error) {
	n.wait()
	n.service.read(func() { capabilities = slices.Clone(n.service.capabilities) })
	return capabilities, nil
}

// GetServerInformation returns the name that SetName set, and the version of the protocol.
func (n notifier) GetServerInformation() (name, vendor, version, spec string, err *dbus.Error) {
	n.wait()
	n.service.read(func() { name = n.service.name })
	return name, "lockbar", "1", "1.2", nil
}
