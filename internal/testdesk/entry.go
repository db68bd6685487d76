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
	ID          int32
	Label       string // as sent: an underscore marks the next letter, two are one
	Enabled     bool
	Visible     bool
	Type        string // "standard" or "separator"
	ToggleType  string // "", "checkmark" or "radio"
	ToggleState int32  // 1 is on
	Submenu     bool   // says that it has children, whether they came or not
	Children    []Entry
}

// Layout is an entry on the wire: (ia{sv}av).
type Layout struct {
	ID         int32
	Properties properties
	Children   []dbus.Variant
}

// Entry fills in the defaults of the protocol: a property that is not sent
// has them.
func (l Layout) Entry() (Entry, error) {
	e := Entry{ID: l.ID, Enabled: true, Visible: true, Type: "standard", ToggleState: -1}
	l.Properties.fill("label", &e.Label)
	l.Properties.fill("enabled", &e.Enabled)
	l.Properties.fill("visible", &e.Visible)
	l.Properties.fill("type", &e.Type)
	l.Properties.fill("toggle-type", &e.ToggleType)
	l.Properties.fill("toggle-state", &e.ToggleState)
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

// Separator says whether the entry is a line.
func (e Entry) Separator() bool { return e.Type == "separator" }

// Checked says whether the entry has a tick.
func (e Entry) Checked() bool { return e.ToggleType != "" && e.ToggleState == 1 }

// Text is the label as a person reads it, without mnemonic underscores.
func (e Entry) Text() string {
	const twin = "\x00" // cannot be in a D-Bus string
	text := strings.ReplaceAll(e.Label, "__", twin)
	return strings.ReplaceAll(strings.ReplaceAll(text, "_", ""), twin, "_")
}

// Whole says whether every submenu has come. systray cuts its first answer
// off below the first level and tells only 150 ms later that there is more.
func (e Entry) Whole() bool {
	for below := range e.All() {
		if below.Submenu && len(below.Children) == 0 {
			return false
		}
	}
	return true
}

// All walks the tree from the top, hidden entries too.
func (e Entry) All() iter.Seq[Entry] {
	return func(yield func(Entry) bool) { e.walk(yield, func(Entry) bool { return true }) }
}

// Shown walks what a person can get to: no hidden entry, nothing below one.
func (e Entry) Shown() iter.Seq[Entry] {
	return func(yield func(Entry) bool) { e.walk(yield, func(e Entry) bool { return e.Visible }) }
}

func (e Entry) walk(yield, enter func(Entry) bool) bool {
	if !enter(e) {
		return true
	}
	if !yield(e) {
		return false
	}
	for _, child := range e.Children {
		if !child.walk(yield, enter) {
			return false
		}
	}
	return true
}

// FindShown returns the entry with this text that a person can get to, or else
// the first whose text begins with it.
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

// String draws the menu as it is shown, one line each, for messages and for
// comparison with a golden text.
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
	case e.Checked():
		return "[x] " + e.Text()
	case e.ToggleType != "":
		return "[ ] " + e.Text()
	}
	return e.Text()
}
