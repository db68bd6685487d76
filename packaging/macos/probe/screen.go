package main

import "errors"

// A screen does what a hand and an eye can do at a Mac. All coordinates are points, from the top left corner of the main display.
// No method waits for something to change.
type screen interface {
	// Trusted returns an error that names the permission that this process lacks.
	Trusted() error
	// Displays returns the frames of the active displays.
	Displays() ([]rect, error)
	// Item returns the frame of the status item of a process, even if it is hidden, or errNone if there is no item.
	Item(pid int) (rect, error)
	// ItemMenu returns the entries of the menu that hangs on the status item, open or not, or errNone if there is no menu.
	ItemMenu(pid int) ([]entry, error)
	// MenuAt returns the entries of the menu of this process that covers a point, or errNone if something else is there.
	MenuAt(pid int, at point) ([]entry, error)
	// Pointer returns the position of the mouse.
	Pointer() (point, error)
	// Mouse moves the mouse to a point, or presses or releases its left button there.
	Mouse(do action, at point) error
	// Escape presses and releases the Escape key.
	Escape() error
}

// errNone means that the item, the menu or the entry is not on the screen.
var errNone = errors.New("not on the screen")

type action int

const (
	move action = iota
	down
	up
)

type point struct{ X, Y float64 }

type rect struct{ X, Y, Width, Height float64 }

func (r rect) centre() point { return point{r.X + r.Width/2, r.Y + r.Height/2} }

// contains excludes the right and the lower edge, so that no point is in two neighbours.
func (r rect) contains(p point) bool {
	return p.X >= r.X && p.X < r.X+r.Width && p.Y >= r.Y && p.Y < r.Y+r.Height
}

// An entry is one line of a menu, or of a submenu if Depth is not 0. The entries of a submenu follow the one they belong to.
type entry struct {
	Depth   int
	Title   string // empty for a separator
	Mark    string // a check mark, if any
	Enabled bool
	Frame   rect // has no height while hidden or in a closed menu
}

func (e entry) shown() bool { return e.Frame.Height > 0 }
