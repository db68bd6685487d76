//go:build linux

package testdesk

import (
	"context"
	"fmt"
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

	looks, menus chan struct{} // hints: the icon or its texts, or the menu, may be old
	gone         context.Context
	leave        context.CancelFunc

	state
	properties *Properties // nil until first read
	newIcon    time.Time   // when the last NewIcon was read from the socket
	menu       Entry       // empty until first read
	revision   uint32      // of the menu
	told       uint32      // the newest revision that a signal told
	trouble    error       // the last failed question
}

// Properties is what an item says of itself.
type Properties struct {
	ID, Status, Title string
	ToolTip           string
	Menu              dbus.ObjectPath
	Icon              Icon
}

func newItem(conn *dbus.Conn, r Registration) *Item {
	i := &Item{conn: conn, owner: r.Sender, path: "/StatusNotifierItem", registered: r.Received,
		looks: make(chan struct{}, 1), menus: make(chan struct{}, 1)}
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

// receive gives a hint to whoever reads what the signal is about. Like panels
// it follows the New* signals and does not believe PropertiesChanged.
func (i *Item) receive(s *dbus.Signal) {
	switch {
	case s.Name == menuInterface+".LayoutUpdated":
		i.update(func() { i.told = max(i.told, revisionOf(s)) })
		hint(i.menus)
	case s.Name == itemInterface+".NewIcon":
		i.update(func() { i.newIcon = time.Now() })
		hint(i.looks)
	case strings.HasPrefix(s.Name, itemInterface+".New"):
		hint(i.looks)
	}
}

func hint(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// follow reads whenever there is a hint that something changed.
func follow(ctx context.Context, hints <-chan struct{}, read func()) {
	for {
		select {
		case <-hints:
			read()
		case <-ctx.Done():
			return
		}
	}
}

// Properties returns what the host knows.
func (i *Item) Properties() (p Properties) {
	i.read(func() { p = i.look() })
	return p
}

// look runs while the caller holds the state.
func (i *Item) look() Properties {
	if i.properties == nil {
		return Properties{}
	}
	return *i.properties
}

// WaitProperties waits until the properties are as ok wants them.
func (i *Item) WaitProperties(ctx context.Context, ok func(Properties) bool) (Properties, error) {
	p, err := await(ctx, &i.state, i.look, ok)
	return p, i.explain("the properties", err)
}

// Icon is the icon in the tray now.
func (i *Item) Icon() Icon { return i.Properties().Icon }

// WaitIcon waits until the icon in the tray is one that ok accepts. Icons that
// come and go meanwhile may be passed over.
func (i *Item) WaitIcon(ctx context.Context, ok func(Icon) bool) (Icon, error) {
	icon, err := await(ctx, &i.state, func() Icon { return i.look().Icon }, ok)
	return icon, i.explain("an icon", err)
}

func (i *Item) known() (known bool) {
	i.read(func() { known = i.properties != nil })
	return known
}

// readLook reads all properties. An icon was received when its signal was, and
// the first one, which no signal told, now.
func (i *Item) readLook(ctx context.Context) {
	var received time.Time
	i.read(func() { received = i.newIcon })
	var all properties
	call := i.object().CallWithContext(ctx, "org.freedesktop.DBus.Properties.GetAll", 0, itemInterface)
	if err := call.Store(&all); err != nil {
		i.fail(fmt.Errorf("read the item's properties: %w", err))
		return
	}
	if received.IsZero() {
		received = time.Now()
	}
	p := all.decode()
	p.Icon.Received = received
	i.update(func() { i.properties = &p })
}

// properties is what an object told of itself, of any type under any name.
type properties map[string]dbus.Variant

func (p properties) decode() (d Properties) {
	p.fill("Id", &d.ID)
	p.fill("Status", &d.Status)
	p.fill("Title", &d.Title)
	p.fill("Menu", &d.Menu)
	p.fill("IconPixmap", &d.Icon.Pixmaps)
	var tip struct {
		IconName    string
		Pixmaps     []Pixmap
		Title, Text string
	}
	p.fill("ToolTip", &tip)
	d.ToolTip = tip.Title // systray fills no other
	return d
}

// fill stores a property, or leaves the default where it is missing or has
// another type. (The Store of a zero Variant panics.)
func (p properties) fill(name string, into any) {
	if v, ok := p[name]; ok && v.Value() != nil {
		v.Store(into)
	}
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
