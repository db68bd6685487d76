package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// printMenu prints the open menu in the form of tray/testdata/*.golden. Accessibility cannot tell an entry without its check mark
// from one that never has any. So printMenu prints no "[ ] ", and every disabled entry without a mark in parentheses.
func printMenu(c call, pid int) error {
	entries, err := openMenu(c.screen, pid)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(c.out, text(entries))
	return err
}

// below lists the distances under the status item, in points, at which openMenu looks for a menu that does not hang on the item: past
// the menu's margin, and within its first, second and third entry.
var below = []float64{10, 20, 40, 60}

// openMenu returns the entries of the open menu that can be seen. A menu may hang on its item while closed; then no entry has a height.
func openMenu(s screen, pid int) ([]entry, error) {
	item, err := frame(s, pid)
	if err != nil {
		return nil, err
	}
	entries, err := s.ItemMenu(pid)
	for i := 0; i < len(below) && !isOpen(entries) && (err == nil || errors.Is(err, errNone)); i++ {
		entries, err = s.MenuAt(pid, point{item.centre().X, item.Y + item.Height + below[i]})
	}
	if err != nil && !errors.Is(err, errNone) {
		return nil, fmt.Errorf("the menu of process %d: %w", pid, err)
	}
	if !isOpen(entries) {
		return nil, fmt.Errorf("no menu of process %d is open", pid)
	}
	return visible(entries), nil
}

// isOpen reports whether the menu with these entries can be seen, its submenus aside.
func isOpen(entries []entry) bool {
	return slices.ContainsFunc(entries, func(e entry) bool { return e.Depth == entries[0].Depth && e.shown() })
}

// visible leaves out the hidden entries of an open menu, with their submenus. In a closed submenu hidden entries cannot be recognised.
func visible(entries []entry) []entry {
	var kept []entry
	for _, family := range families(entries) {
		if family[0].shown() || !isOpen(entries) {
			kept = append(append(kept, family[0]), visible(family[1:])...)
		}
	}
	return kept
}

// families splits a menu into entries, each followed by those of its submenu.
func families(entries []entry) [][]entry {
	var all [][]entry
	for i, e := range entries {
		if e.Depth <= entries[0].Depth {
			all = append(all, nil)
		}
		last := len(all) - 1
		all[last] = append(all[last], entries[i])
	}
	return all
}

func text(entries []entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%s%s\n", strings.Repeat("    ", e.Depth), e)
	}
	return b.String()
}

func (e entry) String() string {
	switch {
	case e.Title == "":
		return "---"
	case e.Mark != "":
		return "[x] " + e.Title // enabled or not
	case !e.Enabled:
		return "(" + e.Title + ")"
	}
	return e.Title
}

// choose returns the entry to press: the entry with the title, or with the last title in the submenu of the others.
func choose(entries []entry, titles []string) (entry, error) {
	var found [][]entry
	for _, family := range families(entries) {
		if family[0].Title == titles[0] {
			found = append(found, family)
		}
	}
	switch {
	case len(found) == 0:
		return entry{}, fmt.Errorf("%w: no entry %q among %s", errNone, titles[0], list(entries))
	case len(found) > 1:
		return entry{}, fmt.Errorf("%d entries are called %q", len(found), titles[0])
	case !found[0][0].Enabled:
		return entry{}, fmt.Errorf("the entry %q is disabled", titles[0])
	case len(titles) > 1:
		return choose(found[0][1:], titles[1:])
	case !found[0][0].shown():
		return entry{}, fmt.Errorf("%w: the entry %q is not shown", errNone, titles[0])
	}
	return found[0][0], nil
}

func list(entries []entry) string {
	var all []string
	for _, family := range families(entries) {
		if family[0].Title != "" {
			all = append(all, fmt.Sprintf("%q", family[0].Title))
		}
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}
