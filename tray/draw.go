package tray

import "strings"

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

// place is one item of the real menu with what was last sent to it.
type place struct {
	entry    entry
	drawn    Item
	children []place
}

// draw sends what changed. Every setter costs two or three D-Bus signals, so they are compared first; and an invisible
// item is left alone, since a new title would show it on Windows.
func draw(places []place, items []Item, escape func(string) string) {
	for i := range places {
		places[i].draw(items[i], escape)
	}
}

func (p *place) draw(item Item, escape func(string) string) {
	if item.Separator {
		return
	}
	if !item.Visible {
		if p.drawn.Visible {
			p.entry.Hide()
			p.drawn.Visible = false
		}
		return
	}
	if item.Title != p.drawn.Title {
		p.entry.SetTitle(escape(item.Title))
	}
	if item.Enabled != p.drawn.Enabled {
		p.enable(item.Enabled)
	}
	if item.Checked != p.drawn.Checked {
		p.check(item.Checked)
	}
	if !p.drawn.Visible {
		p.entry.Show()
	}
	p.drawn = item
	draw(p.children, item.Children, escape)
}

func (p *place) check(on bool) {
	if on {
		p.entry.Check()
	} else {
		p.entry.Uncheck()
	}
}

func (p *place) enable(on bool) {
	if on {
		p.entry.Enable()
	} else {
		p.entry.Disable()
	}
}

// menuText makes a title show as it is: "_" marks a mnemonic in the menus of Linux desktops, "&" on Windows. systray
// drops, or dies of, what is no UTF-8 or has a NUL.
func menuText(goos string) func(string) string {
	replace := func(s string) string { return s }
	switch goos {
	case "windows":
		replace = strings.NewReplacer("&", "&&").Replace
	case "darwin":
	default:
		replace = strings.NewReplacer("_", "__").Replace
	}
	return func(s string) string {
		return replace(strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", ""))
	}
}

// tooltipText has no character that is markup to a panel that reads tooltips as such (Waybar) and no escape that shows in
// one that does not.
var tooltipText = strings.NewReplacer("<", "‹", ">", "›", "&", "+", "\x00", "")
