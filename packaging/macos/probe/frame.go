package main

import (
	"errors"
	"fmt"
	"math"
)

// barHeight bounds the menu bar, in points. The bar beside a notch is at most 44 high; the rest is for future Macs.
const barHeight = 80

// printFrame prints the smallest frame in whole numbers that encloses the status item: bash has no fractions.
func printFrame(c call, pid int) error {
	f, err := frame(c.screen, pid)
	if err != nil {
		return err
	}
	x, y := math.Floor(f.X), math.Floor(f.Y)
	_, err = fmt.Fprintf(c.out, "%.0f %.0f %.0f %.0f\n", x, y, math.Ceil(f.X+f.Width)-x, math.Ceil(f.Y+f.Height)-y)
	return err
}

// frame returns the frame of a status item that can be seen.
func frame(s screen, pid int) (rect, error) {
	item, err := s.Item(pid)
	if errors.Is(err, errNone) {
		return rect{}, fmt.Errorf("process %d has no status item", pid)
	} else if err != nil {
		return rect{}, fmt.Errorf("the status item of process %d: %w", pid, err)
	}
	displays, err := s.Displays()
	if err != nil {
		return rect{}, err
	}
	return item, onScreen(item, displays)
}

// onScreen returns an error if the item is not at the top of a display. An item that macOS has hidden keeps a size; its place is
// about (-1, height of the display) (jundot/omlx#725, SwiftBar#442). An item behind a notch on macOS 26 cannot be recognised.
func onScreen(item rect, displays []rect) error {
	if item.Width <= 0 || item.Height <= 0 {
		return fmt.Errorf("the status item has no size: macOS does not show it")
	}
	for _, d := range displays {
		if d.contains(item.centre()) && item.centre().Y < d.Y+barHeight {
			return nil
		}
	}
	return fmt.Errorf("the status item at %.0f,%.0f is not at the top of any display: macOS hides it, for lack of room or by a setting",
		item.X, item.Y)
}
