package tray

import (
	"slices"
	"testing"
)

// calls notes what was sent to a menu.
type calls []string

type fakeEntry struct {
	id  string
	log *calls
}

func (e fakeEntry) note(what string) { *e.log = append(*e.log, e.id+" "+what) }

func (e fakeEntry) SetTitle(s string) { e.note("title " + s) }
func (e fakeEntry) Enable()           { e.note("enable") }
func (e fakeEntry) Disable()          { e.note("disable") }
func (e fakeEntry) Show()             { e.note("show") }
func (e fakeEntry) Hide()             { e.note("hide") }
func (e fakeEntry) Check()            { e.note("check") }
func (e fakeEntry) Uncheck()          { e.note("uncheck") }

func fakePlaces(items []Item, log *calls) []place {
	places := make([]place, len(items))
	for i, item := range items {
		places[i] = place{entry: fakeEntry{item.ID, log}, drawn: Item{Title: item.Title, Enabled: true, Visible: true}, children: fakePlaces(item.Children, log)}
	}
	return places
}

func TestDrawSendsOnlyWhatChanged(t *testing.T) {
	base := []Item{
		{ID: "a", Title: "A", Enabled: true, Visible: true, Children: []Item{{ID: "b", Title: "B_", Enabled: true, Visible: true}}},
		{ID: "s", Separator: true, Visible: true},
	}
	changed := func(change func(a, b *Item)) []Item {
		items := slices.Clone(base)
		items[0].Children = slices.Clone(base[0].Children)
		change(&items[0], &items[0].Children[0])
		return items
	}
	for _, test := range []struct {
		name  string
		views [][]Item
		want  calls
	}{
		{"nothing", [][]Item{base, base}, nil},
		{"title", [][]Item{changed(func(a, _ *Item) { a.Title = "A2" }), base}, calls{"a title A2", "a title A"}},
		{"child, escaped", [][]Item{changed(func(_, b *Item) { b.Title = "_B" })}, calls{"b title __B"}},
		{"disable", [][]Item{changed(func(a, _ *Item) { a.Enabled = false }), base}, calls{"a disable", "a enable"}},
		{"check", [][]Item{changed(func(_, b *Item) { b.Checked = true }), base}, calls{"b check", "b uncheck"}},
		{"hide", [][]Item{changed(func(_, b *Item) { b.Visible = false }), base}, calls{"b hide", "b show"}},
		{"a hidden item is left alone until it is shown", [][]Item{
			changed(func(_, b *Item) { b.Visible, b.Title = false, "B2" }),
			changed(func(_, b *Item) { b.Visible, b.Title, b.Enabled = false, "B3", false }),
			changed(func(_, b *Item) { b.Title = "B4" }),
		}, calls{"b hide", "b title B4", "b show"}},
		{"so are its children", [][]Item{
			changed(func(a, b *Item) { a.Visible, b.Title = false, "B2" }),
		}, calls{"a hide"}},
	} {
		var got calls
		places := fakePlaces(base, &got)
		for _, v := range test.views {
			draw(places, v, menuText("linux"))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestMenuText(t *testing.T) {
	for _, test := range []struct{ goos, in, want string }{
		{"linux", "mac_a & b", "mac__a & b"},
		{"freebsd", "_", "__"},
		{"windows", "mac_a & b", "mac_a && b"},
		{"darwin", "mac_a & b", "mac_a & b"},
		{"linux", "a\xffb\x00c", "a\ufffdbc"},
	} {
		if got := menuText(test.goos)(test.in); got != test.want {
			t.Errorf("%s: %q gives %q, want %q", test.goos, test.in, got, test.want)
		}
	}
}

func TestTooltipHasNoMarkup(t *testing.T) {
	if got, want := tooltipText.Replace("<b>a & b</b>\x00"), "‹b›a + b‹/b›"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
