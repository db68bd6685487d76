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
	*state     // the watcher's
	conn       *dbus.Conn
	owner      string
	path       dbus.ObjectPath
	registered time.Time
	gone       context.Context // ends when the program or the watcher has left the bus
	leave      context.CancelFunc

	properties *Properties // nil until first read
	changes    int         // number of signals that announced changed properties
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

// newItem returns the item of a program that passed an object path, as systray
// does. (Other libraries pass their bus name.)
func newItem(p *panel, r Registration) *Item {
	i := &Item{state: &p.watcher.state, conn: p.conn, owner: r.Sender, path: dbus.ObjectPath(r.Path), registered: r.Received}
	i.gone, i.leave = context.WithCancel(p.conn.Context())
	return i
}

func (i *Item) same(other *Item) bool { return i.owner == other.owner && i.path == other.path }

// Owner returns the unique bus name of the program.
func (i *Item) Owner() string { return i.owner }

// Registered returns the time of the call that registered the item.
func (i *Item) Registered() time.Time { return i.registered }

// WaitGone waits until the program, or the watcher, has left the bus.
func (i *Item) WaitGone(ctx context.Context) error {
	select {
	case <-i.gone.Done():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for %s to leave the bus: %w", i.owner, context.Cause(ctx))
	}
}

// receive records a signal for the goroutines that read the properties and the
// menu. Like panels it follows the New* signals and ignores PropertiesChanged.
// The caller holds the lock of the state.
func (i *Item) receive(s *dbus.Signal) {
	switch {
	case s.Name == menuInterface+".LayoutUpdated":
		var revision uint32
		_ = dbus.Store(s.Body, &revision, new(int32)) // stays 0 if the signal has none
		i.announced = max(i.announced, revision)
	case strings.HasPrefix(s.Name, itemInterface+".New"):
		i.changes++
	}
	if s.Name == itemInterface+".NewIcon" {
		i.newIcon = time.Now()
	}
}

// Properties returns the properties as last read.
func (i *Item) Properties() (p Properties) {
	i.read(func() { p = i.current() })
	return p
}

// current returns the properties as last read. The caller holds the lock of the
// state.
func (i *Item) current() Properties {
	if i.properties == nil {
		return Properties{}
	}
	return *i.properties
}

// WaitProperties waits until ok accepts the properties.
func (i *Item) WaitProperties(ctx context.Context, ok func(Properties) bool) (Properties, error) {
	p, err := await(ctx, i.state, i.current, ok)
	return p, i.explain("the properties", err)
}

// Icon returns the icon as last read.
func (i *Item) Icon() Icon { return i.Properties().Icon }

// WaitIcon waits until ok accepts the icon in the tray. It may miss icons that
// are shown only for a moment.
func (i *Item) WaitIcon(ctx context.Context, ok func(Icon) bool) (Icon, error) {
	icon, err := await(ctx, i.state, func() Icon { return i.current().Icon }, ok)
	return icon, i.explain("an icon", err)
}

// followProperties reads the properties, and rereads them after each signal.
func (i *Item) followProperties() {
	var err error
	for read := 0; err == nil; {
		i.readProperties()
		changes := func() int { return i.changes }
		read, err = await(i.gone, i.state, changes, func(n int) bool { return n > read })
	}
}

// readProperties reads all properties. The icon's time is that of the last
// NewIcon signal, or that of this reply if there was no such signal.
func (i *Item) readProperties() {
	var received time.Time
	i.read(func() { received = i.newIcon })
	var all properties
	call := i.conn.Object(i.owner, i.path).CallWithContext(i.gone, "org.freedesktop.DBus.Properties.GetAll", 0, itemInterface)
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

// fill stores a property in into, and leaves into as it is if the property is
// missing or has another type. (Store panics on a zero Variant.)
func (p properties) fill(name string, into any) {
	if v, ok := p[name]; ok && v.Value() != nil {
		v.Store(into)
	}
}

// setCallErr keeps the error of a failed call for the errors of waits.
func (i *Item) setCallErr(err error) {
	i.update(func() { i.callErr = err })
}

// explain adds the last failed call to the error of a wait.
func (i *Item) explain(awaited string, err error) error {
	if err == nil {
		return nil
	}
	i.read(func() {
		if i.callErr != nil {
			err = fmt.Errorf("%w (last failed call: %w)", err, i.callErr)
		}
	})
	return fmt.Errorf("wait for %s: %w", awaited, err)
}
