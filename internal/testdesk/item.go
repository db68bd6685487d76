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

// Item is one icon in the tray, as the host sees it. It can still be read after
// the program has ended.
type Item struct {
	conn       *dbus.Conn
	owner      string
	path       dbus.ObjectPath
	registered time.Time

	propertyHints, menuHints chan struct{} // the properties or the menu may have changed
	gone                     context.Context
	leave                    context.CancelFunc

	state
	properties *Properties // nil until first read
	newIcon    time.Time   // when the last NewIcon was read from the socket
	menu       Entry       // empty until first read
	revision   uint32      // of the menu
	announced  uint32      // the newest revision that a signal announced
	callErr    error       // of the last call that failed
}

// Properties holds the properties of an item.
type Properties struct {
	ID, Status, Title string
	ToolTip           string
	Menu              dbus.ObjectPath
	Icon              Icon
}

func newItem(conn *dbus.Conn, r Registration) *Item {
	i := &Item{conn: conn, owner: r.Sender, path: "/StatusNotifierItem", registered: r.Received,
		propertyHints: make(chan struct{}, 1), menuHints: make(chan struct{}, 1)}
	if strings.HasPrefix(r.Service, "/") {
		i.path = dbus.ObjectPath(r.Service)
	}
	i.gone, i.leave = context.WithCancel(context.Background())
	return i
}

// service returns the item's name in the watcher's signals, in KDE's form.
func (i *Item) service() string { return i.owner + string(i.path) }

func (i *Item) same(other *Item) bool { return i.service() == other.service() }

// Owner returns the unique bus name of the program.
func (i *Item) Owner() string { return i.owner }

// Registered returns the time of the call that registered the item.
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

// receive turns a signal into a hint for the goroutine that reads the properties
// or the menu. Like panels it follows the New* signals and ignores PropertiesChanged.
func (i *Item) receive(s *dbus.Signal) {
	switch {
	case s.Name == menuInterface+".LayoutUpdated":
		i.update(func() { i.announced = max(i.announced, revisionOf(s)) })
		hint(i.menuHints)
	case s.Name == itemInterface+".NewIcon":
		i.update(func() { i.newIcon = time.Now() })
		hint(i.propertyHints)
	case strings.HasPrefix(s.Name, itemInterface+".New"):
		hint(i.propertyHints)
	}
}

func hint(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// follow calls read for each hint, until ctx ends.
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

// Properties returns the properties as last read.
func (i *Item) Properties() (p Properties) {
	i.read(func() { p = i.current() })
	return p
}

// current requires that the caller holds the state.
func (i *Item) current() Properties {
	if i.properties == nil {
		return Properties{}
	}
	return *i.properties
}

// WaitProperties waits until ok accepts the properties.
func (i *Item) WaitProperties(ctx context.Context, ok func(Properties) bool) (Properties, error) {
	p, err := await(ctx, &i.state, i.current, ok)
	return p, i.explain("the properties", err)
}

// Icon returns the icon in the tray.
func (i *Item) Icon() Icon { return i.Properties().Icon }

// WaitIcon waits until ok accepts the icon in the tray. It may miss icons that
// are shown only for a moment.
func (i *Item) WaitIcon(ctx context.Context, ok func(Icon) bool) (Icon, error) {
	icon, err := await(ctx, &i.state, func() Icon { return i.current().Icon }, ok)
	return icon, i.explain("an icon", err)
}

func (i *Item) known() (known bool) {
	i.read(func() { known = i.properties != nil })
	return known
}

// readProperties reads all properties. An icon counts as received when its
// signal was. The first icon has no signal and counts as received now.
func (i *Item) readProperties(ctx context.Context) {
	var received time.Time
	i.read(func() { received = i.newIcon })
	var all properties
	call := i.object().CallWithContext(ctx, "org.freedesktop.DBus.Properties.GetAll", 0, itemInterface)
	if err := call.Store(&all); err != nil {
		i.setCallErr(fmt.Errorf("read the item's properties: %w", err))
		return
	}
	if received.IsZero() {
		received = time.Now()
	}
	p := all.decode()
	p.Icon.Received = received
	i.update(func() { i.properties = &p })
}

// properties holds the properties of an object by name.
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
	d.ToolTip = tip.Title // systray sets no other field
	return d
}

// fill stores a property. It keeps the default if the property is missing or has
// another type. (Store panics on a zero Variant.)
func (p properties) fill(name string, into any) {
	if v, ok := p[name]; ok && v.Value() != nil {
		v.Store(into)
	}
}

func (i *Item) object() dbus.BusObject { return i.conn.Object(i.owner, i.path) }

// setCallErr keeps the error of a failed call for the errors of waits.
func (i *Item) setCallErr(err error) {
	i.update(func() { i.callErr = err })
}

// explain adds the last failed call to the error of a wait.
func (i *Item) explain(awaited string, err error) error {
	if err == nil {
		return nil
	}
	var callErr error
	i.read(func() { callErr = i.callErr })
	if callErr == nil {
		return fmt.Errorf("wait for %s: %w", awaited, err)
	}
	return fmt.Errorf("wait for %s: %w (last failed call: %w)", awaited, err, callErr)
}
