//go:build linux

package testdesk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	notifyName                 = "org.freedesktop.Notifications"
	notifyPath dbus.ObjectPath = "/org/freedesktop/Notifications"
)

// Notifications is a notification service that records notifications.
type Notifications struct {
	bus *Bus
	state
	conn         *dbus.Conn // nil while stopped
	lastID       uint32
	all          []Notification
	screen       []Notification // shown now, oldest first
	closed       map[uint32]Reason
	name         string
	capabilities []string
	broadcast    bool
	hang         chan struct{} // not nil while hanging; closed by Release
	held         int           // number of calls that had to wait for Release
}

// NewNotifications starts a notification service that ends with the test. It has
// the main capabilities of dunst. Like dunst and GNOME it sends its signals only
// to the sender of the notification.
func NewNotifications(t testing.TB, bus *Bus) *Notifications {
	t.Helper()
	n := &Notifications{
		bus: bus, closed: map[uint32]Reason{},
		name: "testdesk", capabilities: []string{"actions", "body", "body-hyperlinks", "body-markup"},
	}
	t.Cleanup(n.Stop)
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	return n
}

// Start starts a service, for the first time or after Stop. It shows nothing yet,
// and its IDs begin with 1.
func (n *Notifications) Start() error {
	conn, err := n.bus.dial(nil)
	if err != nil {
		return err
	}
	n.update(func() { n.conn, n.lastID = conn, 0 })
	if err := conn.Export(notifier{n, conn}, notifyPath, notifyName); err != nil {
		return err
	}
	return own(conn, notifyName)
}

// Stop ends the service, even if it hangs. Its records stay.
func (n *Notifications) Stop() {
	conn := n.connection()
	if conn == nil {
		return
	}
	leave(conn, notifyName)
	n.update(func() { n.conn, n.screen = nil, nil })
}

func (n *Notifications) connection() (conn *dbus.Conn) {
	n.read(func() { conn = n.conn })
	return conn
}

// SetCapabilities sets the result of GetCapabilities.
func (n *Notifications) SetCapabilities(capabilities ...string) {
	n.update(func() { n.capabilities = capabilities })
}

// SetName sets the name that GetServerInformation returns.
func (n *Notifications) SetName(name string) {
	n.update(func() { n.name = name })
}

// SetBroadcast makes the service send its signals to all, as xfce4-notifyd does.
func (n *Notifications) SetBroadcast(broadcast bool) {
	n.update(func() { n.broadcast = broadcast })
}

// Hang makes all calls wait until Release. Notifications whose calls wait are
// recorded (see All), but not shown.
func (n *Notifications) Hang() {
	n.update(func() {
		if n.hang == nil {
			n.hang = make(chan struct{})
		}
	})
}

// WaitHeld waits until count calls have had to wait for Release.
func (n *Notifications) WaitHeld(ctx context.Context, count int) error {
	_, err := await(ctx, &n.state, func() int { return n.held }, func(held int) bool { return held >= count })
	return err
}

// Release ends Hang and lets the waiting calls return.
func (n *Notifications) Release() {
	n.update(func() {
		if n.hang != nil {
			close(n.hang)
			n.hang = nil
		}
	})
}

// All returns every call of Notify so far.
func (n *Notifications) All() (all []Notification) {
	n.read(func() { all = slices.Clone(n.all) })
	return all
}

// WaitCount waits for at least count notifications and returns all.
func (n *Notifications) WaitCount(ctx context.Context, count int) ([]Notification, error) {
	return n.wait(ctx, func(all []Notification) bool { return len(all) >= count })
}

func (n *Notifications) wait(ctx context.Context, ok func([]Notification) bool) ([]Notification, error) {
	return await(ctx, &n.state, func() []Notification { return slices.Clone(n.all) }, ok)
}

// WaitFor waits for a notification that ok accepts, and returns the first.
func (n *Notifications) WaitFor(ctx context.Context, ok func(Notification) bool) (Notification, error) {
	all, err := n.wait(ctx, func(all []Notification) bool { return slices.ContainsFunc(all, ok) })
	if err != nil {
		return Notification{}, err
	}
	return all[slices.IndexFunc(all, ok)], nil
}

// Screen returns the notifications that are shown.
func (n *Notifications) Screen() (shown []Notification) {
	n.read(func() { shown = slices.Clone(n.screen) })
	return shown
}

// WaitScreen waits until ok accepts the notifications that are shown.
func (n *Notifications) WaitScreen(ctx context.Context, ok func([]Notification) bool) ([]Notification, error) {
	return await(ctx, &n.state, func() []Notification { return slices.Clone(n.screen) }, ok)
}

// Press clicks the button with this key or label. As in real services the click
// closes the notification.
func (n *Notifications) Press(id uint32, button string) error {
	for _, one := range n.Screen() {
		if key, ok := one.key(button); ok && one.ID == id {
			if err := n.signal(id, "ActionInvoked", id, key); err != nil {
				return err
			}
			return n.Close(id, Dismissed)
		}
	}
	return fmt.Errorf("notification %d shows no button %q", id, button)
}

// WaitClosing waits until the notification is closed, and returns the reason.
func (n *Notifications) WaitClosing(ctx context.Context, id uint32) (Reason, error) {
	return await(ctx, &n.state, func() Reason { return n.closed[id] }, func(r Reason) bool { return r != 0 })
}

// Close closes a notification for a reason.
func (n *Notifications) Close(id uint32, reason Reason) error {
	if err := n.signal(id, "NotificationClosed", id, uint32(reason)); err != nil {
		return err
	}
	n.update(func() {
		n.closed[id] = reason
		n.screen = slices.DeleteFunc(n.screen, func(one Notification) bool { return one.ID == id })
	})
	return nil
}

// Emit broadcasts a signal.
func (n *Notifications) Emit(member string, args ...any) error {
	return n.send("", member, args...)
}

func (n *Notifications) send(to, member string, args ...any) error {
	conn := n.connection()
	if conn == nil {
		return errors.New("the notification service is stopped")
	}
	return emitTo(conn, to, notifyPath, notifyName, member, args...)
}

// Forge sends a signal to one program from a connection that is not the
// service's. When Forge returns, the bus has received the signal.
func (n *Notifications) Forge(to, member string, args ...any) error {
	conn, err := n.bus.dial(nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := emitTo(conn, to, notifyPath, notifyName, member, args...); err != nil {
		return err
	}
	return conn.BusObject().Call("org.freedesktop.DBus.Peer.Ping", 0).Err
}

// signal sends a signal to the sender of the notification, or to all.
func (n *Notifications) signal(id uint32, member string, args ...any) error {
	to, err := n.sender(id)
	if err != nil {
		return err
	}
	return n.send(to, member, args...)
}

// sender returns the sender of a notification, or "" if the service sends its
// signals to all.
func (n *Notifications) sender(id uint32) (to string, err error) {
	err = fmt.Errorf("no notification %d", id)
	n.read(func() {
		for _, one := range n.all {
			if one.ID == id {
				to, err = one.Sender, nil
			}
		}
		if n.broadcast {
			to = ""
		}
	})
	return to, err
}
