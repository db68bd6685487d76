//go:build linux

package testdesk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

const itemInterface = "org.kde.StatusNotifierItem"

// Item is one icon in the tray, as the host sees it. It stays readable after
// the program has gone.
type Item struct {
	conn       *dbus.Conn
	owner      string
	path       dbus.ObjectPath
	registered time.Time

	looks, menus mailbox
	gone         context.Context
	leave        context.CancelFunc

	state
	properties properties // nil until first read
	icons      []Icon
	signals    []Signal
	menu       *Entry // nil until first read
	revision   uint32
	menuRead   dbus.Sequence
	trouble    error // the last failed question
}

// Signal is one signal that the item sent, counted whether or not it changed
// anything.
type Signal struct {
	Interface string
	Member    string // NewIcon, NewToolTip, LayoutUpdated, PropertiesChanged, ...
	Received  time.Time
}

func newItem(conn *dbus.Conn, r Registration) *Item {
	i := &Item{conn: conn, owner: r.Sender, path: "/StatusNotifierItem", registered: r.Received}
	if strings.HasPrefix(r.Service, "/") {
		i.path = dbus.ObjectPath(r.Service)
	}
	i.gone, i.leave = context.WithCancel(context.Background())
	return i
}

// service is the item's name in RegisteredStatusNotifierItems, as KDE has it.
func (i *Item) service() string { return i.owner + string(i.path) }

func (i *Item) same(other *Item) bool { return i.service() == other.service() }

// Owner is the unique bus name of the program.
func (i *Item) Owner() string { return i.owner }

// Registered is when the call that registered the item came in.
func (i *Item) Registered() time.Time { return i.registered }

// WaitGone waits until the program has left the bus.
func (i *Item) WaitGone(ctx context.Context) error {
	select {
	case <-i.gone.Done():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for %s to leave the bus: %w", i.owner, context.Cause(ctx))
	}
}

// receive counts a signal and passes it to whoever reads that part.
func (i *Item) receive(mail stamped) {
	dot := strings.LastIndexByte(mail.Name, '.')
	s := Signal{mail.Name[:dot], mail.Name[dot+1:], mail.received}
	i.update(func() { i.signals = append(i.signals, s) })
	switch s.Interface {
	case itemInterface:
		i.looks.put(mail)
	case menuInterface:
		i.menus.put(mail)
	}
}

// Signals lists everything that the item sent since it registered.
func (i *Item) Signals() (all []Signal) {
	i.read(func() { all = slices.Clone(i.signals) })
	return all
}

// Count says how many signals of one name came.
func (i *Item) Count(member string) (n int) {
	i.read(func() { n = i.count(member) })
	return n
}

func (i *Item) count(member string) (n int) {
	for _, s := range i.signals {
		if s.Member == member {
			n++
		}
	}
	return n
}

// WaitCount waits until at least n signals of one name have come.
func (i *Item) WaitCount(ctx context.Context, member string, n int) error {
	look := func() int { return i.count(member) }
	if _, err := await(ctx, &i.state, look, func(have int) bool { return have >= n }); err != nil {
		return fmt.Errorf("wait for %d %s: %w", n, member, err)
	}
	return nil
}

// Activate is a left click on the icon.
func (i *Item) Activate(ctx context.Context) error {
	return i.object().CallWithContext(ctx, itemInterface+".Activate", 0, int32(0), int32(0)).Err
}

func (i *Item) object() dbus.BusObject { return i.conn.Object(i.owner, i.path) }

// fail remembers why a question got no answer; the waits tell it.
func (i *Item) fail(err error) {
	i.update(func() { i.trouble = err })
}

// explain adds the last failed question to the error of a wait.
func (i *Item) explain(what string, err error) error {
	if err == nil {
		return nil
	}
	var trouble error
	i.read(func() { trouble = i.trouble })
	if trouble == nil {
		return fmt.Errorf("wait for %s: %w", what, err)
	}
	return fmt.Errorf("wait for %s: %w (the last question failed: %w)", what, err, trouble)
}
