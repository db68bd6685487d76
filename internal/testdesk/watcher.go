//go:build linux

package testdesk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	watcherName                 = "org.kde.StatusNotifierWatcher"
	watcherPath dbus.ObjectPath = "/StatusNotifierWatcher"
)

// Watcher is the tray of a panel: the service where programs register their
// icons, and the host that shows them.
type Watcher struct {
	bus *Bus
	state
	hosted        bool
	panel         *panel // nil while stopped
	registrations []Registration
}

// Registration is one call of RegisterStatusNotifierItem. A program may call
// it several times for one item; hosts list the item once.
type Registration struct {
	Service  string // the argument: a bus name, or (fyne.io/systray) an object path
	Sender   string // the caller's unique bus name
	Received time.Time
}

// NewWatcher starts a tray with a host. It ends with the test.
func NewWatcher(t testing.TB, bus *Bus) *Watcher {
	t.Helper()
	return newWatcher(t, bus, true)
}

// NewWatcherWithoutHost starts a tray that takes registrations and shows
// nothing, as some desktops do. SetHost gives it a host.
func NewWatcherWithoutHost(t testing.TB, bus *Bus) *Watcher {
	t.Helper()
	return newWatcher(t, bus, false)
}

func newWatcher(t testing.TB, bus *Bus, hosted bool) *Watcher {
	t.Helper()
	w := &Watcher{bus: bus, hosted: hosted}
	t.Cleanup(w.Stop)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	return w
}

// Start takes the watcher's name on a new connection, after Stop.
func (w *Watcher) Start() error {
	if w.current() != nil {
		return errors.New("the watcher runs already")
	}
	p, err := newPanel(w)
	if err != nil {
		return fmt.Errorf("start the watcher: %w", err)
	}
	w.update(func() { w.panel = p })
	return p.open()
}

// Stop ends the panel: the name is released and the connection closed. The
// items that it showed are gone for good. Stopping twice does nothing.
func (w *Watcher) Stop() {
	p := w.current()
	if p == nil {
		return
	}
	p.close()
	w.update(func() { w.panel = nil })
}

// Restart is a panel that crashed and came back. It knows no items until they
// register anew.
func (w *Watcher) Restart() error {
	w.Stop()
	return w.Start()
}

// SetHost says whether a host shows the items. From true on they are read;
// taking the host away changes only what the property tells.
func (w *Watcher) SetHost(hosted bool) error {
	w.update(func() { w.hosted = hosted })
	p := w.current()
	if p == nil {
		return nil
	}
	if hosted {
		return p.emit("StatusNotifierHostRegistered")
	}
	return p.emit("StatusNotifierHostUnregistered")
}

func (w *Watcher) current() (p *panel) {
	w.read(func() { p = w.panel })
	return p
}

// Registrations lists all calls so far, those before a Restart too.
func (w *Watcher) Registrations() (all []Registration) {
	w.read(func() { all = slices.Clone(w.registrations) })
	return all
}

// WaitRegistrations waits until at least n calls came in.
func (w *Watcher) WaitRegistrations(ctx context.Context, n int) ([]Registration, error) {
	look := func() []Registration { return slices.Clone(w.registrations) }
	all, err := await(ctx, &w.state, look, func(all []Registration) bool { return len(all) >= n })
	if err != nil {
		return all, fmt.Errorf("wait for %d registrations: %w", n, err)
	}
	return all, nil
}

// Items lists what the host shows now.
func (w *Watcher) Items() (items []*Item) {
	w.read(func() { items = w.shown() })
	return items
}

// WaitItem waits for an item that is registered and whose properties the host
// has read, and returns the first.
func (w *Watcher) WaitItem(ctx context.Context) (*Item, error) {
	look := func() []*Item { return w.shown() }
	items, err := await(ctx, &w.state, look, func(items []*Item) bool { return len(items) > 0 })
	if err != nil {
		return nil, fmt.Errorf("wait for an item in the tray: %w (%d registrations)", err, len(w.Registrations()))
	}
	return items[0], nil
}

// shown is the list of items that have been read. The caller holds the state.
func (w *Watcher) shown() []*Item {
	if w.panel == nil {
		return nil
	}
	var items []*Item
	for _, i := range w.panel.items {
		if i.known() {
			items = append(items, i)
		}
	}
	return items
}
