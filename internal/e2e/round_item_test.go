//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

const itemInterface = "org.kde.StatusNotifierItem"

// item is lockbar's item in the tray, as seen from the bus.
type item struct {
	conn *dbus.Conn
	name string
	path dbus.ObjectPath
}

// item returns the only item in the panel's tray.
func (d *desktop) item() (item, error) {
	var names []string
	watcher := d.conn.Object(watcherName, watcherPath)
	if err := watcher.StoreProperty(watcherName+".RegisteredStatusNotifierItems", &names); err != nil {
		return item{}, err
	}
	if len(names) != 1 {
		return item{}, fmt.Errorf("the tray holds %d icons: %q", len(names), names)
	}
	name, path, _ := strings.Cut(names[0], "/")
	return item{d.conn, name, dbus.ObjectPath("/" + path)}, nil
}

func (i item) property(name string, into any) error {
	return i.conn.Object(i.name, i.path).StoreProperty(itemInterface+"."+name, into)
}

// shows compares the icon on the bus with a kind, pixel by pixel.
func (i item) shows(kind icons.Kind) error {
	var icon testdesk.Icon
	if err := i.property("IconPixmap", &icon.Pixmaps); err != nil {
		return err
	}
	if !icon.Same(picture(kind)) {
		return fmt.Errorf("the icon is %s, want %v", iconName(icon), kind)
	}
	return nil
}

// iconName returns the kind of an icon, for messages.
func iconName(icon testdesk.Icon) string {
	for kind := icons.Unknown; kind <= icons.Corrupt; kind++ {
		if icon.Same(picture(kind)) {
			return kind.String()
		}
	}
	return icon.String()
}

// callMenu calls a method of the menu.
func (i item) callMenu(method string, args ...any) *dbus.Call {
	var path dbus.ObjectPath
	if err := i.property("Menu", &path); err != nil {
		return &dbus.Call{Err: err}
	}
	return i.conn.Object(i.name, path).Call("com.canonical.dbusmenu."+method, 0, args...)
}

// choose sends a click on an entry of the menu, as a panel does.
func (i item) choose(label string) error {
	menu, err := i.menu()
	if err != nil {
		return err
	}
	entry, ok := menu.FindShown(label)
	if !ok {
		return fmt.Errorf("no %q in the menu\n%v", label, menu)
	}
	return i.callMenu("Event", entry.ID, "clicked", dbus.MakeVariant(""), uint32(0)).Err
}

// menu reads the menu. It fails while systray's reply lacks submenus.
func (i item) menu() (testdesk.Entry, error) {
	var revision uint32
	var root testdesk.Layout
	if err := i.callMenu("GetLayout", int32(0), int32(-1), []string{}).Store(&revision, &root); err != nil {
		return testdesk.Entry{}, err
	}
	menu, err := root.Entry()
	if err == nil && !menu.Whole() {
		err = errors.New("submenus are missing")
	}
	return menu, err
}
