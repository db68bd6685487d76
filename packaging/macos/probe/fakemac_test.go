//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net"
	"net/rpc"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// A fakeMac is a Mac's menu bar that shows the items of real lockbars on a private bus. The helper runs in other processes, which talk to
// the fakeMac through a socket.
type fakeMac struct {
	bus     *testdesk.Bus
	conn    *dbus.Conn
	watcher *testdesk.Watcher
	items   map[int]*testdesk.Item // by process

	mu      sync.Mutex
	mouse   point
	open    int   // the process whose menu is open
	unfolds int32 // the entry whose submenu is open
}

// The bar is one item high, and the entries of a menu hang below it.
const (
	itemWidth, itemHeight   = 30, 24
	entryWidth, entryHeight = 300, 20
	// itemTime bounds one question to an app that may be ending.
	itemTime = 5 * time.Second
)

func newFakeMac(t *testing.T) *fakeMac {
	bus := testdesk.NewBus(t)
	testdesk.NewNotifications(t, bus)
	return &fakeMac{bus: bus, conn: bus.Connect(t), watcher: testdesk.NewWatcher(t, bus), items: map[int]*testdesk.Item{}}
}

// serve answers at a socket until the test ends.
func (m *fakeMac) serve(t *testing.T, socket string) {
	listener, err := net.Listen("unix", socket)
	testfs.Check(t, err)
	t.Cleanup(func() { listener.Close() })
	go m.follow(t.Context())
	server := rpc.NewServer()
	testfs.Check(t, server.RegisterName("Mac", m))
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go server.ServeConn(conn)
		}
	}()
}

// follow records each new item and its process.
func (m *fakeMac) follow(ctx context.Context) {
	for {
		item, err := m.watcher.WaitItem(ctx)
		if err != nil {
			return
		}
		m.note(item)
		_ = item.WaitGone(ctx)
	}
}

func (m *fakeMac) note(item *testdesk.Item) {
	var pid uint32
	if err := m.conn.BusObject().Call("org.freedesktop.DBus.GetConnectionUnixProcessID", 0, item.Owner()).Store(&pid); err != nil {
		return // the item disappeared
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.items[int(pid)] = item
}

// A Question is a request of the helper; a Reply answers it. Package rpc wants exported names.
type (
	Question struct {
		Verb string
		PID  int
		Do   action
		At   point
		File string
	}
	Reply struct {
		Frame   rect
		Entries []entry
		At      point
	}
)

// Ask answers one question.
func (m *fakeMac) Ask(q Question, r *Reply) (err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch q.Verb {
	case "item":
		r.Frame = rect{100, 0, itemWidth, itemHeight}
		return m.has(q.PID)
	case "menu":
		r.Entries, err = m.entries(q.PID)
	case "pointer":
		r.At = m.mouse
	case "mouse":
		err = m.move(q.Do, q.At)
	case "escape":
		m.open = 0
	case "shot":
		err = m.shot(q.File)
	}
	return err
}

func (m *fakeMac) has(pid int) error {
	if m.items[pid] == nil {
		return errNone
	}
	return nil
}

// entries lists the menu of a process as Accessibility does, but without hidden entries; the entries of a closed menu have no height.
func (m *fakeMac) entries(pid int) ([]entry, error) {
	if err := m.has(pid); err != nil {
		return nil, err
	}
	var all []entry
	m.walk(pid, func(e entry, _ int32) { all = append(all, e) })
	return all, nil
}

// walk visits the menu of a process, with the numbers of its entries.
func (m *fakeMac) walk(pid int, visit func(entry, int32)) {
	ctx, stop := context.WithTimeout(context.Background(), itemTime)
	defer stop()
	menu, err := m.items[pid].Menu(ctx)
	if err != nil {
		return
	}
	y := float64(itemHeight)
	for _, e := range menu.Children {
		if !e.Visible {
			continue
		}
		visit(m.entry(e, 0, rect{100, y, entryWidth, entryHeight}, m.open == pid), e.ID)
		below := y
		for _, child := range e.Children {
			if child.Visible {
				visit(m.entry(child, 1, rect{100 + entryWidth, below, entryWidth, entryHeight}, m.open == pid && m.unfolds == e.ID), child.ID)
				below += entryHeight
			}
		}
		y += entryHeight
	}
}

func (m *fakeMac) entry(e testdesk.Entry, depth int, place rect, shown bool) entry {
	made := entry{Depth: depth, Title: e.Text(), Enabled: e.Enabled, Frame: place}
	if e.Separator() {
		made.Title = ""
	}
	if e.Checked {
		made.Mark = "✓"
	}
	if !shown {
		made.Frame.Height = 0
	}
	return made
}

// move moves the mouse to a point, or presses or releases its button there.
func (m *fakeMac) move(do action, at point) error {
	m.mouse = at
	if do == down && at.Y < itemHeight {
		for pid := range m.items {
			if m.runs(pid) {
				m.open = pid
			}
		}
		return nil
	}
	if m.open == 0 {
		return nil
	}
	under := int32(-1)
	m.walk(m.open, func(e entry, id int32) {
		if e.Frame.contains(at) {
			under = id
			if e.Depth == 0 {
				m.unfolds = id
			}
		}
	})
	if do != down || under < 0 {
		return nil
	}
	ctx, stop := context.WithTimeout(context.Background(), itemTime)
	defer stop()
	pid := m.open
	m.open = 0
	return m.items[pid].Click(ctx, under)
}

func (m *fakeMac) runs(pid int) bool {
	_, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
	return err == nil
}

// shot writes a picture of the item, or of an empty screen if there is none.
func (m *fakeMac) shot(file string) error {
	var picture image.Image = image.NewGray(image.Rect(0, 0, itemWidth, itemHeight))
	for pid, item := range m.items {
		if icon := item.Icon().Image(); icon != nil && m.runs(pid) {
			picture = icon
		}
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return png.Encode(f, picture)
}

// remote is the screen as the helper's process sees it.
type remote struct{ socket string }

func (s remote) ask(q Question) (r Reply, err error) {
	client, err := rpc.Dial("unix", s.socket)
	if err != nil {
		return r, err
	}
	defer client.Close()
	if err = client.Call("Mac.Ask", q, &r); err != nil && err.Error() == errNone.Error() {
		err = errNone // rpc transmits only the text of an error
	}
	return r, err
}

func (s remote) Trusted() error {
	if _, err := os.Stat(filepath.Join(filepath.Dir(s.socket), "untrusted")); err == nil {
		return errors.New("this process may not click")
	}
	return nil
}
func (s remote) Displays() ([]rect, error) { return []rect{{0, 0, 1024, 768}}, nil }
func (s remote) Item(pid int) (rect, error) {
	if err := s.Trusted(); err != nil {
		return rect{}, err
	}
	r, err := s.ask(Question{Verb: "item", PID: pid})
	return r.Frame, err
}
func (s remote) ItemMenu(pid int) ([]entry, error) {
	r, err := s.ask(Question{Verb: "menu", PID: pid})
	return r.Entries, err
}
func (s remote) MenuAt(int, point) ([]entry, error) { return nil, errNone }
func (s remote) Pointer() (point, error) {
	r, err := s.ask(Question{Verb: "pointer"})
	return r.At, err
}
func (s remote) Mouse(do action, at point) error {
	_, err := s.ask(Question{Verb: "mouse", Do: do, At: at})
	return err
}
func (s remote) Escape() error {
	_, err := s.ask(Question{Verb: "escape"})
	return err
}
