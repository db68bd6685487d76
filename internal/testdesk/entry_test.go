//go:build linux

package testdesk

import (
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"
)

func entry(label string, children ...Entry) Entry {
	return Entry{Label: label, Enabled: true, Visible: true, Submenu: len(children) > 0, Children: children}
}

func TestEntryText(t *testing.T) {
	tests := map[string]string{"Quit": "Quit", "_Quit": "Quit", "a__b": "a_b", "__": "_", "": ""}
	for label, want := range tests {
		if got := entry(label).Text(); got != want {
			t.Errorf("text of %q is %q, want %q", label, got, want)
		}
	}
}

func TestFindShownPrefersTheWholeText(t *testing.T) {
	menu := entry("", entry("Open Store"), entry("More", entry("Open")), entry("Quit Lockbar"))
	tests := map[string]string{"Open": "Open", "Open S": "Open Store", "Quit": "Quit Lockbar", "Nothing": ""}
	for text, want := range tests {
		if got, _ := menu.FindShown(text); got.Label != want {
			t.Errorf("%q found %q, want %q", text, got.Label, want)
		}
	}
}

func TestShownSkipsEntriesBelowAHiddenOne(t *testing.T) {
	hidden := entry("hidden", entry("below"))
	hidden.Visible = false
	var shown []string
	for e := range entry("", hidden, entry("last")).Shown() {
		shown = append(shown, e.Label)
	}
	if want := []string{"", "last"}; !slices.Equal(shown, want) {
		t.Errorf("shown %q, want %q", shown, want)
	}
}

func TestWhole(t *testing.T) {
	empty := Entry{Label: "empty", Visible: true, Submenu: true}
	if entry("", empty).Whole() {
		t.Error("a menu with an empty submenu is whole")
	}
	if !entry("", entry("More", entry("Inner"))).Whole() {
		t.Error("a menu with all its submenus is not whole")
	}
}

func TestLayoutDefaults(t *testing.T) {
	wire := Layout{ID: 3, Properties: map[string]dbus.Variant{"label": dbus.MakeVariant("x")}}
	got, err := wire.Entry()
	if err != nil || !got.Enabled || !got.Visible || got.Type != "standard" || got.Label != "x" {
		t.Errorf("entry is %+v, %v", got, err)
	}
	wire.Children = []dbus.Variant{dbus.MakeVariant("no entry")}
	if _, err := wire.Entry(); err == nil {
		t.Error("a string was decoded as a menu entry")
	}
}
