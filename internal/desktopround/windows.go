//go:build linux

package main

import (
	"bufio"
	"bytes"
	"image"
	"strconv"
	"strings"
)

// leastWindow tells a window from the tiny ones that toolkits keep about.
const leastWindow = 12

// windows are the places of the visible top-level windows of a class. Menus
// and notifications are such; none is no error, and xdotool calls it one.
func (d *desktop) windows(class string) (places []image.Rectangle) {
	out, _ := d.run(mouse, "search", "--onlyvisible", "--maxdepth", "1", "--class", class, "getwindowgeometry", "--shell", "%@")
	at := map[string]int{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), "=")
		at[key], _ = strconv.Atoi(value)
		if key != "SCREEN" { // the last line of a window
			continue
		}
		place := image.Rect(0, 0, at["WIDTH"], at["HEIGHT"]).Add(image.Pt(at["X"], at["Y"]))
		if place.Dx() >= leastWindow && place.Dy() >= leastWindow {
			places = append(places, place)
		}
	}
	return places
}
