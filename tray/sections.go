package tray

import (
	"strconv"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// sections returns a submenu for each store, always at the same position.
func sections(in input) []menuItem {
	items := make([]menuItem, len(in.Stores))
	for i, s := range in.Stores {
		items[i] = menuItem{
			ID: strconv.Itoa(i), Title: sectionTitle(s), Enabled: true, Visible: true,
			Children: append(storeLines(in, i), actions(i, s)...),
		}
	}
	return items
}

const (
	// sectionRunes limits the title of a submenu. GTK opens a submenu over its parent if there is no room beside it:
	// title and submenu together must fit a screen that is 1024 pixels wide.
	sectionRunes = 40
	// attentionMark begins the title of a store that needs attention, so that it is found among many.
	attentionMark = "● "
)

// sectionTitle returns "iai-mcp · Held by mac-mini".
func sectionTitle(s storeView) string {
	mark := ""
	if s.Snapshot != (lockcore.Snapshot{}) && words.VerdictOf(s.Snapshot) != words.Fine {
		mark = attentionMark
	}
	return cutEnd(mark+s.Short+" · "+briefOf(s.Snapshot), sectionRunes)
}
