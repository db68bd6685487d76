package tray

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
)

// entry is one item of the real menu.
type entry interface {
	SetTitle(string)
	Enable()
	Disable()
	Show()
	Hide()
	Check()
	Uncheck()
}

// binding holds a real entry and the values last sent to it.
type binding struct {
	entry    entry
	drawn    menuItem // without Children, which have separate bindings
	children []slot
	clicked  <-chan struct{}        // nil for an entry that does nothing
	action   atomic.Pointer[action] // what a click does, read by another goroutine; nil until the entry was shown
}

// slot holds the entries of an item: one, or several for an item that acts on a lock or a daemon, of which at most one is visible. An
// entry that was shown for a lock is never shown for another one, so that a click acts on the lock that the entry was shown for, or
// lockcore refuses it, however old the clicked menu is.
//
// If the menu is open, Linux shows a change at once, so a click hits the entry that is under the pointer now. macOS hides an entry at
// once. On Windows an open menu is not changed (see window_windows.go).
type slot []*binding

// lockEntries limits the locks that a slot shows, one after the other, before the menu is rebuilt. It is small, since every panel is
// sent the hidden entries too. It is not one, since a rebuild sends as much as twenty changes, and drops a click on an open menu.
const lockEntries = 4

// entriesOf returns how many entries the slot of this item has: a separator has none to draw.
func entriesOf(item menuItem) int {
	switch {
	case item.Separator:
		return 0
	case item.Action.Do.changesLock(), item.Action.Do == doStopDaemon, item.Action.Do == doAsk:
		return lockEntries
	}
	return 1
}

// draw sends the values that changed. On Linux every setter costs two or three D-Bus signals, so draw compares the values first. It does
// not change an invisible item, since a new title would show it on Windows. It reports false if an item has no entry left: then the menu
// must be rebuilt.
func draw(slots []slot, items []menuItem, escape func(string) string) bool {
	for i, p := range slots {
		if !p.draw(items[i], escape) {
			return false
		}
	}
	return true
}

func (p slot) draw(item menuItem, escape func(string) string) bool {
	at := -1
	if item.Visible && !item.Separator {
		at = slices.IndexFunc(p, func(b *binding) bool { return b.lock() == item.Action.Lock || b.lock() == "" })
		if at < 0 {
			return false
		}
	}
	for i, b := range p {
		if i != at {
			b.hide()
		}
	}
	return at < 0 || p[at].draw(item, escape)
}

// lock returns the Lock of the action for which the entry was shown; empty if it was not shown yet, or if the action has none.
func (b *binding) lock() string { return b.drawn.Action.Lock }

func (b *binding) hide() {
	if b.drawn.Visible {
		b.entry.Hide()
		b.drawn.Visible = false
	}
}

func (b *binding) draw(item menuItem, escape func(string) string) bool {
	if item.Title != b.drawn.Title {
		b.entry.SetTitle(escape(item.Title))
	}
	if item.Enabled != b.drawn.Enabled {
		b.enable(item.Enabled)
	}
	if item.Checked != b.drawn.Checked {
		b.check(item.Checked)
	}
	if a := item.Action; a != b.drawn.Action {
		b.action.Store(&a)
	}
	if !b.drawn.Visible {
		b.entry.Show()
	}
	b.drawn = item
	b.drawn.Children = nil
	return draw(b.children, item.Children, escape)
}

func (b *binding) check(on bool) {
	if on {
		b.entry.Check()
	} else {
		b.entry.Uncheck()
	}
}

func (b *binding) enable(on bool) {
	if on {
		b.entry.Enable()
	} else {
		b.entry.Disable()
	}
}

// menuText returns a function that escapes a title: "_" marks a mnemonic in the menus of Linux desktops, "&" on Windows. The function also
// removes NULs and replaces invalid UTF-8, for which systray drops the text or panics.
func menuText(goos string) func(string) string {
	mark := "_"
	switch goos {
	case "windows":
		mark = "&"
	case "darwin":
		mark = "\x00" // none
	}
	return func(s string) string {
		s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "")
		return strings.ReplaceAll(s, mark, mark+mark)
	}
}

// tooltipText replaces the characters that are markup for some panels (Waybar). It does not escape them, since other panels would
// show the escapes.
var tooltipText = strings.NewReplacer("<", "‹", ">", "›", "&", "+", "\x00", "")

// subjectOf encodes what a menu is about: the state of each store, and the locks, daemons and commands on which its items act.
func subjectOf(v view) string {
	var b strings.Builder
	b.WriteString(v.Tooltip)
	var add func([]menuItem)
	add = func(items []menuItem) {
		for _, item := range items {
			if item.Visible && (item.Children != nil || item.Action.Lock+item.Action.Command != "") {
				fmt.Fprintf(&b, "\n%s %s %s%s", item.ID, item.Title, item.Action.Lock, item.Action.Command)
				add(item.Children)
			}
		}
	}
	add(v.Menu)
	return b.String()
}
