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

// Properties is what an item says of itself.
type Properties struct {
	ID, Category, Status, Title string
	ToolTip                     ToolTip
	ItemIsMenu                  bool
	Menu                        dbus.ObjectPath
	Icon                        Icon
}

// ToolTip is the text under the pointer. systray fills only Title.
type ToolTip struct{ Title, Text string }

// Properties returns what the host knows. Like panels it follows the New*
// signals of the protocol and does not believe PropertiesChanged.
func (i *Item) Properties() (p Properties) {
	i.read(func() { p = i.look() })
	return p
}

// Icon is the icon in the tray now.
func (i *Item) Icon() Icon { return i.Properties().Icon }

// Icons lists every icon since the item registered, one per NewIcon signal.
// Its picture was fetched after the signal, as a panel does: of two changes in
// quick succession the first may already carry the second's picture.
func (i *Item) Icons() (all []Icon) {
	i.read(func() { all = slices.Clone(i.icons) })
	return all
}

// WaitProperties waits until the properties are as ok wants them.
func (i *Item) WaitProperties(ctx context.Context, ok func(Properties) bool) (Properties, error) {
	p, err := await(ctx, &i.state, i.look, ok)
	return p, i.explain("the properties", err)
}

// WaitIcon waits until the icon in the tray is one that ok accepts. Icons that
// come and go meanwhile may be passed over; see [Item.WaitIconSince].
func (i *Item) WaitIcon(ctx context.Context, ok func(Icon) bool) (Icon, error) {
	icon, err := await(ctx, &i.state, i.icon, ok)
	return icon, i.explain("an icon", err)
}

// WaitIconSince waits for the first icon received after since that ok accepts,
// even if another has replaced it. It is for latencies: its Received minus
// since.
func (i *Item) WaitIconSince(ctx context.Context, since time.Time, ok func(Icon) bool) (Icon, error) {
	var found Icon
	wanted := func(icon Icon) bool { return icon.Received.After(since) && ok(icon) }
	_, err := await(ctx, &i.state, i.allIcons, func(all []Icon) bool {
		n := slices.IndexFunc(all, wanted)
		if n >= 0 {
			found = all[n]
		}
		return n >= 0
	})
	return found, i.explain("an icon", err)
}

func (i *Item) known() (known bool) {
	i.read(func() { known = i.properties != nil })
	return known
}

// followLook reads the item, says so, and reads again what its signals name.
func (i *Item) followLook(ctx context.Context, ready func()) {
	if err := i.readAll(ctx); err != nil {
		i.fail(err)
		return
	}
	i.update(func() { i.addIcon(time.Now()) })
	ready()
	for {
		mail, err := i.looks.take(ctx)
		if err != nil {
			return
		}
		i.readAgain(ctx, mail)
	}
}

func (i *Item) readAll(ctx context.Context) error {
	var all properties
	call := i.object().CallWithContext(ctx, "org.freedesktop.DBus.Properties.GetAll", 0, itemInterface)
	if err := call.Store(&all); err != nil {
		return fmt.Errorf("read the item's properties: %w", err)
	}
	i.update(func() { i.properties = all })
	return nil
}

// readAgain fetches the one property that a signal named: NewIcon means
// IconPixmap, NewToolTip means ToolTip.
func (i *Item) readAgain(ctx context.Context, mail stamped) {
	name := strings.TrimPrefix(mail.Name, itemInterface+".New")
	if strings.HasSuffix(name, "Icon") {
		name += "Pixmap"
	}
	var value dbus.Variant
	call := i.object().CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, itemInterface, name)
	if err := call.Store(&value); err != nil {
		i.fail(fmt.Errorf("read %s: %w", name, err))
		return
	}
	i.update(func() {
		i.properties[name] = value
		if name == "IconPixmap" {
			i.addIcon(mail.received)
		}
	})
}

// The functions below run while the caller holds the state.

func (i *Item) addIcon(received time.Time) {
	icon := Icon{Received: received}
	i.properties.fill("IconPixmap", &icon.Pixmaps) // none when it has the wrong type
	i.icons = append(i.icons, icon)
}

func (i *Item) allIcons() []Icon { return slices.Clone(i.icons) }

func (i *Item) icon() (last Icon) {
	if n := len(i.icons); n > 0 {
		last = i.icons[n-1]
	}
	return last
}

func (i *Item) look() Properties {
	p := Properties{Icon: i.icon()}
	i.properties.fill("Id", &p.ID)
	i.properties.fill("Category", &p.Category)
	i.properties.fill("Status", &p.Status)
	i.properties.fill("Title", &p.Title)
	i.properties.fill("ItemIsMenu", &p.ItemIsMenu)
	i.properties.fill("Menu", &p.Menu)
	var tip struct {
		IconName    string
		Pixmaps     []Pixmap
		Title, Text string
	}
	i.properties.fill("ToolTip", &tip)
	p.ToolTip = ToolTip{tip.Title, tip.Text}
	return p
}

// properties is what an object told of itself, of any type under any name.
type properties map[string]dbus.Variant

// fill stores a property, or leaves the default where it is missing or has
// another type. (The Store of a zero Variant panics.)
func (p properties) fill(name string, into any) {
	if v, ok := p[name]; ok && v.Value() != nil {
		v.Store(into)
	}
}
