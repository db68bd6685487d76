//go:build linux

package testdesk

import (
	"fmt"
	"iter"
	"strings"

	"github.com/godbus/dbus/v5"
)

// Entry is a menu entry; the root of the tree has ID 0 and no label.
type Entry struct {
	ID       int32
	Label    string // as sent: an underscore marks the mnemonic, two are displayed as one
	Enabled  bool
	Visible  bool
	Type     string // "standard" or "separator"
	Checked  bool   // whether it has a check mark
	Submenu  bool   // whether it should have children, which may arrive later
	Children []Entry
}

// Layout is an entry as it is sent over the bus, with the signature (ia{sv}av).
type Layout struct {
	ID         int32
	Properties properties
	Children   []dbus.Variant
}

// Entry decodes the layout. A property that was not sent has the default of the
// protocol.
func (l Layout) Entry() (Entry, error) {
	e := Entry{ID: l.ID, Enabled: true, Visible: true, Type: "standard"}
	l.Properties.fill("label", &e.Label)
	l.Properties.fill("enabled", &e.Enabled)
	l.Properties.fill("visible", &e.Visible)
	l.Properties.fill("type", &e.Type)
	e.Checked = l.Properties["toggle-type"].Value() == "checkmark" && l.Properties["toggle-state"].Value() == int32(1)
	e.Submenu = l.Properties["children-display"].Value() == "submenu"
	for _, v := range l.Children {
		var child Layout
		if err := v.Store(&child); err != nil {
			return e, fmt.Errorf("menu entry below %d: %w", l.ID, err)
		}
		below, err := child.Entry()
		if err != nil {
			return e, err
		}
		e.Children = append(e.Children, below)
	}
	return e, nil
}

// Separator reports whether the entry is a separator line.
func (e Entry) Separator() bool { return e.Type == "separator" }

// Text returns the label without mnemonic underscores, as it is displayed.
func (e Entry) Text() string {
	const underscore = "\x00" // cannot be in a D-Bus string
	text := strings.ReplaceAll(e.Label, "__", underscore)
	return strings.ReplaceAll(strings.ReplaceAll(text, "_", ""), underscore, "_")
}

// Whole reports whether every submenu that is shown has arrived. systray's first reply
// after a reset of the menu has only the first level; 150 ms later a signal announces
// the rest.
func (e Entry) Whole() bool {
	for below := range e.Shown() {
		if below.Submenu && len(below.Children) == 0 {
			return false
		}
	}
	return true
}

// Shown iterates over the entry and all entries below it. It skips hidden entries and what is below them.
func (e Entry) Shown() iter.Seq[Entry] {
	return func(yield func(Entry) bool) { e.walk(yield) }
}

func (e Entry) walk(yield func(Entry) bool) (goOn bool) {
	if !e.Visible {
		return true
	}
	if !yield(e) {
		return false
	}
	for _, child := range e.Children {
		if !child.walk(yield) {
			return false
		}
	}
	return true
}

// FindShown returns the shown entry with this text, or else the first shown entry
// whose text begins with it.
func (e Entry) FindShown(text string) (best Entry, found bool) {
	for e := range e.Shown() {
		if e.Text() == text {
			return e, true
		}
		if !found && strings.HasPrefix(e.Text(), text) {
			best, found = e, true
		}
	}
	return best, found
}

// String returns the menu as it is shown, one entry per line, for messages.
func (e Entry) String() string {
	var b strings.Builder
	for _, child := range e.Children {
		child.draw(&b, "")
	}
	return b.String()
}

func (e Entry) draw(b *strings.Builder, indent string) {
	if !e.Visible {
		return
	}
	b.WriteString(indent + e.line() + "\n")
	for _, child := range e.Children {
		child.draw(b, indent+"  ")
	}
}

func (e Entry) line() string {
	switch {
	case e.Separator():
		return "---"
	case !e.Enabled:
		return "(" + e.Text() + ")"
	case e.Checked:
		return "[x] " + e.Text()
	}
	return e.Text()
}
