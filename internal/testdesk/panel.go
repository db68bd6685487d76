//go:build linux

package testdesk

import (
	"context"
	"slices"
	"sync"

	"github.com/godbus/dbus/v5"
)

// panel is one run of a watcher, from taking the name to releasing it.
type panel struct {
	watcher *Watcher
	conn    *dbus.Conn
	items   []*Item // guarded by the watcher's state, like closed
	closed  bool
	work    sync.WaitGroup
}

func newPanel(w *Watcher) (*panel, error) {
	p := &panel{watcher: w}
	conn, err := w.bus.dial(p.receive)
	p.conn = conn
	return p, err
}

// open exports the objects and adds the matches before it takes the name: a
// program that sees the name must be able to use them.
func (p *panel) open() error {
	if err := p.export(); err != nil {
		return err
	}
	for _, match := range p.matches() {
		if err := p.conn.AddMatchSignal(match...); err != nil {
			return err
		}
	}
	return own(p.conn, watcherName)
}

func (p *panel) export() error {
	if err := p.conn.Export(registry{p}, watcherPath, watcherName); err != nil {
		return err
	}
	return p.conn.Export(registryProperties{p}, watcherPath, "org.freedesktop.DBus.Properties")
}

// matches returns rules for all senders instead of one per item, so that no
// signal is missed that an item sends while it registers.
func (p *panel) matches() [][]dbus.MatchOption {
	return [][]dbus.MatchOption{
		{dbus.WithMatchInterface(itemInterface)},
		{dbus.WithMatchInterface(menuInterface)},
		{dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged")},
	}
}

// spawn runs f in a goroutine, for which close waits.
func (p *panel) spawn(f func()) {
	p.watcher.read(func() {
		if !p.closed {
			p.work.Go(f)
		}
	})
}

func (p *panel) close() {
	p.watcher.update(func() { p.closed = true })
	leave(p.conn, watcherName)
	p.work.Wait()
	p.watcher.update(func() { p.items = nil })
}

func (p *panel) emit(member string, args ...any) error {
	return p.conn.Emit(watcherPath, watcherName+"."+member, args...)
}

// receive routes a signal to the item that sent it.
func (p *panel) receive(s *dbus.Signal) {
	if s.Name == "org.freedesktop.DBus.NameOwnerChanged" {
		p.ownerChanged(s.Body)
		return
	}
	for _, i := range p.list() {
		if i.owner == s.Sender {
			i.receive(s)
		}
	}
}

func (p *panel) list() (items []*Item) {
	p.watcher.read(func() { items = slices.Clone(p.items) })
	return items
}

// ownerChanged drops the items of a connection that was closed.
func (p *panel) ownerChanged(body []any) {
	name, newOwner := body[0].(string), body[2].(string)
	if newOwner != "" {
		return
	}
	for _, i := range p.list() {
		if i.owner == name {
			p.drop(i)
		}
	}
}

func (p *panel) drop(gone *Item) {
	p.watcher.update(func() {
		p.items = slices.DeleteFunc(p.items, func(i *Item) bool { return i == gone })
	})
	gone.leave()
	// This goroutine reads the socket and must not block on a write.
	p.spawn(func() { p.emit("StatusNotifierItemUnregistered", gone.service()) })
}

// add records the registration and shows its item, unless it is shown already.
func (p *panel) add(r Registration) {
	item := newItem(p.conn, r)
	isNew := true
	p.watcher.update(func() {
		p.watcher.registrations = append(p.watcher.registrations, r)
		isNew = !slices.ContainsFunc(p.items, item.same)
		if isNew {
			p.items = append(p.items, item)
		}
	})
	if isNew {
		p.spawn(func() { p.show(item) })
		p.emit("StatusNotifierItemRegistered", item.service())
	}
}

// show waits for a host, and then follows the item until it is gone.
func (p *panel) show(i *Item) {
	ctx, cancel := context.WithCancel(p.conn.Context())
	defer cancel()
	context.AfterFunc(i.gone, cancel)
	hosted := func() bool { return p.watcher.hosted }
	if _, err := await(ctx, &p.watcher.state, hosted, func(h bool) bool { return h }); err != nil {
		return
	}
	// The menu is read apart from the icon: systray does not reply for a menu
	// that is not built yet, and a panel shows the icon all the same.
	var readers sync.WaitGroup
	readers.Go(func() { i.followMenu(ctx) })
	i.readProperties(ctx)
	p.watcher.update(func() {}) // the item is known now
	follow(ctx, i.propertyHints, func() { i.readProperties(ctx) })
	readers.Wait()
}
