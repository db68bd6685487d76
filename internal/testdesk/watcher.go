//go:build linux

package testdesk

import (
	"context"
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

// Watcher is the tray of a panel: the service with which programs register
// their icons, and the host that shows the icons.
type Watcher struct {
	bus *Bus
	state
	hosted        bool
	panel         *panel // nil while stopped
	registrations []Registration
}

// Registration is one call of RegisterStatusNotifierItem. A program may register
// one item several times; hosts show it once.
type Registration struct {
	Path     string // of the item
	Sender   string // the caller's unique bus name
	Received time.Time
}

// NewWatcher starts a tray with a host. The tray ends with the test.
func NewWatcher(t testing.TB, bus *Bus) *Watcher {
	t.Helper()
	return newWatcher(t, bus, true)
}

// NewWatcherWithoutHost starts a tray that accepts registrations and, until
// AddHost, shows nothing. Some desktops have such a tray.
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

// Start takes the watcher's name on a new connection, for the first time or after Stop.
func (w *Watcher) Start() (err error) {
	p := &panel{watcher: w}
	if p.conn, err = w.bus.dial(p.receive); err != nil {
		return err
	}
	w.update(func() { w.panel = p })
	return p.open()
}

// Stop releases the name, closes the connection and drops the items. A second
// call does nothing.
func (w *Watcher) Stop() {
	p := w.current()
	if p == nil {
		return
	}
	leave(p.conn, watcherName)
	w.update(func() { w.panel = nil })
}

// Restart simulates a panel that crashed and was restarted. The tray has no items
// until the programs register them again.
func (w *Watcher) Restart() error {
	w.Stop()
	return w.Start()
}

// AddHost adds a host, which shows the items.
func (w *Watcher) AddHost() error {
	w.update(func() { w.hosted = true })
	w.current().properties.SetMust(watcherName, hosted, true)
	return w.current().conn.Emit(watcherPath, watcherName+".StatusNotifierHostRegistered")
}

func (w *Watcher) current() (p *panel) {
	w.read(func() { p = w.panel })
	return p
}

// Registrations returns all registrations so far, including those before a Restart.
func (w *Watcher) Registrations() (all []Registration) {
	w.read(func() { all = slices.Clone(w.registrations) })
	return all
}

// WaitRegistrations waits for at least n registrations and returns all.
func (w *Watcher) WaitRegistrations(ctx context.Context, n int) ([]Registration, error) {
	get := func() []Registration { return slices.Clone(w.registrations) }
	return await(ctx, &w.state, get, func(all []Registration) bool { return len(all) >= n })
}

// Items returns the items that the host shows.
func (w *Watcher) Items() (items []*Item) {
	w.read(func() { items = w.shown() })
	return items
}

// WaitItem waits until the host shows an item, and returns the first.
func (w *Watcher) WaitItem(ctx context.Context) (*Item, error) {
	items, err := await(ctx, &w.state, w.shown, func(items []*Item) bool { return len(items) > 0 })
	if err != nil {
		return nil, fmt.Errorf("wait for an item in the tray: %w (%d registrations)", err, len(w.Registrations()))
	}
	return items[0], nil
}

// shown returns the items whose properties have been read. The caller holds the
// lock of the state.
func (w *Watcher) shown() []*Item {
	if w.panel == nil {
		return nil
	}
	var items []*Item
	for _, i := range w.panel.items {
		if i.properties != nil {
			items = append(items, i)
		}
	}
	return items
}
