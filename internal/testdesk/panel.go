//go:build linux

package testdesk

import (
	"slices"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// panel is one run of a watcher, from taking the name to releasing it.
type panel struct {
	watcher    *Watcher
	conn       *dbus.Conn
	properties *prop.Properties
	items      []*Item // guarded by the watcher's state
}

// hosted is the only property that the watcher exports.
const hosted = "IsStatusNotifierHostRegistered"

// open exports the objects, adds the matches, and takes the name last: a program
// that sees the name must be able to use the objects.
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

func (p *panel) export() (err error) {
	if err := p.conn.Export(p, watcherPath, watcherName); err != nil {
		return err
	}
	p.properties, err = prop.Export(p.conn, watcherPath, prop.Map{watcherName: {hosted: {Value: p.watcher.hosted}}})
	return err
}

// RegisterStatusNotifierItem is called over the bus.
func (p *panel) RegisterStatusNotifierItem(path string, sender dbus.Sender) *dbus.Error {
	p.add(Registration{Path: path, Sender: string(sender), Received: time.Now()})
	return nil
}

// matches returns rules that cover the signals of all items. Rules for one item
// would come too late: an item may send a signal while it registers.
func (p *panel) matches() [][]dbus.MatchOption {
	return [][]dbus.MatchOption{
		{dbus.WithMatchInterface(itemInterface)},
		{dbus.WithMatchInterface(menuInterface)},
		{dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged")},
	}
}

// receive routes a signal to the item that sent it.
func (p *panel) receive(s *dbus.Signal) {
	if s.Name == "org.freedesktop.DBus.NameOwnerChanged" {
		if name, newOwner := s.Body[0].(string), s.Body[2]; newOwner == "" {
			p.drop(name)
		}
		return
	}
	p.watcher.update(func() {
		for _, i := range p.items {
			if i.owner == s.Sender {
				i.receive(s)
			}
		}
	})
}

// drop drops the items of a connection that was closed.
func (p *panel) drop(owner string) {
	p.watcher.update(func() {
		for _, i := range p.items {
			if i.owner == owner {
				i.leave()
			}
		}
		p.items = slices.DeleteFunc(p.items, func(i *Item) bool { return i.owner == owner })
	})
}

// add records the registration and shows its item, unless it is shown already.
func (p *panel) add(r Registration) {
	item := newItem(p, r)
	p.watcher.update(func() {
		p.watcher.registrations = append(p.watcher.registrations, r)
		if !slices.ContainsFunc(p.items, item.same) {
			p.items = append(p.items, item)
			go p.show(item)
		}
	})
}

// show waits for a host, and then follows the item until it is gone.
func (p *panel) show(i *Item) {
	if _, err := await(i.gone, i.state, func() bool { return p.watcher.hosted }, isTrue); err != nil {
		return
	}
	// The menu is read apart from the icon: systray does not reply until
	// the menu is built, and a panel shows the icon all the same.
	go i.followMenu()
	i.followProperties()
}
