package main

import (
	"errors"
	"fmt"
	"time"
)

const (
	// stepsPerMove lets a menu follow the mouse: it reads mouse-moved events, and may overlook a single jump.
	stepsPerMove = 10
	// stepTime makes a straight move take a tenth of a second, too short for submenus on the way to open.
	stepTime = 10 * time.Millisecond
	// settleTime lets macOS highlight the item or the entry under the mouse before the click.
	settleTime = 150 * time.Millisecond
	// clickTime is the time between down and up, also of a key. Others found it to work; if a status item is held much longer, its menu
	// closes at the release.
	clickTime = 60 * time.Millisecond
	// deliveryTime keeps the process alive until its last event is sent.
	deliveryTime = 50 * time.Millisecond
	// submenuTime bounds how long a submenu may take to open under the mouse. It usually takes a quarter of a second.
	submenuTime = 3 * time.Second
	// lookTime is the pause between two reads of a submenu that opens.
	lookTime = 50 * time.Millisecond
	// aims bounds the attempts to reach an entry: a person who moves the mouse, or a menu that just changed, puts the pointer beside it.
	aims = 3
)

// click clicks the middle of the status item.
func click(s screen, pid int) error {
	item, err := frame(s, pid)
	if err != nil {
		return err
	}
	if err := glide(s, item.centre(), false); err != nil {
		return err
	}
	return clickAt(s, item.centre())
}

// press clicks an entry of the open menu, through the submenus that lead to it.
func press(s screen, pid int, titles []string) error {
	var at point
	for i := range titles {
		var err error
		if at, err = reach(s, pid, titles[:i+1]); err != nil {
			return err
		}
	}
	return clickAt(s, at)
}

// reach moves the mouse onto an entry, and returns the point.
func reach(s screen, pid int, titles []string) (point, error) {
	for tries := 0; ; tries++ {
		e, err := look(s, pid, titles)
		if err != nil {
			return point{}, err
		}
		if at, err := s.Pointer(); err != nil || e.Frame.contains(at) {
			return at, err
		}
		if tries == aims {
			return point{}, fmt.Errorf("the mouse does not stay on the entry %q", titles[len(titles)-1])
		}
		if err := glide(s, e.Frame.centre(), len(titles) > 1); err != nil {
			return point{}, err
		}
	}
}

// look finds an entry in the open menu. It waits for the submenu that the entry is in.
func look(s screen, pid int, titles []string) (entry, error) {
	for begun := time.Now(); ; time.Sleep(lookTime) {
		entries, err := openMenu(s, pid)
		if err != nil {
			return entry{}, err
		}
		e, err := choose(entries, titles)
		if !errors.Is(err, errNone) || len(titles) == 1 || time.Since(begun) > submenuTime {
			return e, err
		}
	}
}

func clickAt(s screen, at point) error {
	if err := s.Mouse(down, at); err != nil {
		return err
	}
	time.Sleep(clickTime)
	err := s.Mouse(up, at)
	time.Sleep(deliveryTime)
	return err
}

// glide moves the mouse as a hand does.
func glide(s screen, to point, sideways bool) error {
	from, err := s.Pointer()
	if err != nil {
		return err
	}
	for _, p := range route(from, to, sideways) {
		if err := s.Mouse(move, p); err != nil {
			return err
		}
		time.Sleep(stepTime)
	}
	time.Sleep(settleTime)
	return nil
}

// route returns a straight line between two points. From an entry into its submenu it goes sideways first, because a slanting line would
// cross other entries and close the submenu.
func route(from, to point, sideways bool) []point {
	if corner := (point{to.X, from.Y}); sideways {
		return append(line(from, corner), line(corner, to)...)
	}
	return line(from, to)
}

func line(from, to point) []point {
	var points []point
	for i := 1; i < stepsPerMove; i++ {
		part := float64(i) / stepsPerMove
		points = append(points, point{from.X + (to.X-from.X)*part, from.Y + (to.Y-from.Y)*part})
	}
	return append(points, to)
}
