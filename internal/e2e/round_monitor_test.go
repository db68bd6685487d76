//go:build linux

package e2e

import (
	"slices"
	"sync"

	"github.com/godbus/dbus/v5"

	"lockbar/internal/testdesk"
)

// notification is one call of Notify on the bus. Its ID is the one in the service's reply, or 0 before the reply.
type notification struct {
	testdesk.Notification
	serial uint32
}

// monitor records all calls on the bus that show or withdraw a notification.
type monitor struct {
	mu        sync.Mutex
	seen      []notification
	withdrawn []uint32 // the IDs that CloseNotification was called with
}

// listen turns a connection into a monitor, which can make no more calls.
func listen(conn *dbus.Conn) (*monitor, error) {
	rules := []string{
		"type='method_call',interface='" + notifyName + "',member='Notify'",
		"type='method_call',interface='" + notifyName + "',member='" + withdrawal + "'",
		"type='method_return'",
	}
	if err := conn.BusObject().Call("org.freedesktop.DBus.Monitoring.BecomeMonitor", 0, rules, uint32(0)).Err; err != nil {
		return nil, err
	}
	m := &monitor{}
	messages := make(chan *dbus.Message, 1024) // godbus drops messages if the channel is full
	conn.Eavesdrop(messages)                   // only now, because it would take the reply to the call above
	go func() {
		for message := range messages {
			m.take(message)
		}
	}()
	return m, nil
}

func (m *monitor) take(message *dbus.Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch message.Type {
	case dbus.TypeMethodCall:
		if message.Headers[dbus.FieldMember].Value() == withdrawal {
			id, _ := message.Body[0].(uint32)
			m.withdrawn = append(m.withdrawn, id)
		} else if n, ok := decode(message); ok {
			m.seen = append(m.seen, n)
		}
	case dbus.TypeMethodReply:
		m.answer(message)
	}
}

const withdrawal = "CloseNotification"

// hasWithdrawn reports whether a program has withdrawn a notification.
func (m *monitor) hasWithdrawn(id uint32) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Contains(m.withdrawn, id)
}

// decode decodes the arguments of Notify.
func decode(message *dbus.Message) (notification, bool) {
	n := notification{serial: message.Serial()}
	n.Sender, _ = message.Headers[dbus.FieldSender].Value().(string)
	err := dbus.Store(message.Body, &n.App, &n.ReplacesID, &n.Icon, &n.Summary, &n.Body, &n.Actions, &n.Hints, &n.Timeout)
	return n, err == nil
}

// answer records the ID in a reply to Notify.
func (m *monitor) answer(message *dbus.Message) {
	serial, _ := message.Headers[dbus.FieldReplySerial].Value().(uint32)
	to, _ := message.Headers[dbus.FieldDestination].Value().(string)
	for i, n := range m.seen {
		if n.serial == serial && n.Sender == to && len(message.Body) == 1 {
			m.seen[i].ID, _ = message.Body[0].(uint32)
		}
	}
}

func (m *monitor) all() []notification {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.seen)
}
