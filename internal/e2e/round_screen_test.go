//go:build linux

package e2e

import (
	"bufio"
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"lockbar/icons"
)

// shot is what is on the screen now.
func (d *desktop) shot() (image.Image, error) {
	data, err := d.run(grab, "-silent", "-window", "root", "png:-")
	if err != nil {
		return nil, err
	}
	return png.Decode(bytes.NewReader(data))
}

// save leaves a picture in the output directory; an empty crop is all of it.
func (d *desktop) save(name string, picture image.Image, crop image.Rectangle) error {
	if crop.Empty() {
		crop = picture.Bounds()
	}
	crop = crop.Intersect(picture.Bounds())
	part := image.NewRGBA(crop.Sub(crop.Min))
	draw.Draw(part, part.Bounds(), picture, crop.Min, draw.Src)
	file, err := os.Create(filepath.Join(d.options.out, name+".png"))
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(file, part), file.Close())
}

// findIcon searches the screen for an icon, pixel by pixel where the icon is not
// transparent, and returns where it is.
func findIcon(screen image.Image, kind icons.Kind) (image.Rectangle, bool) {
	icon := picture(kind)
	size := icon.Bounds().Size()
	for y := screen.Bounds().Min.Y; y <= screen.Bounds().Max.Y-size.Y; y++ {
		for x := screen.Bounds().Min.X; x <= screen.Bounds().Max.X-size.X; x++ {
			if at := image.Pt(x, y); isAt(screen, icon, at) {
				return image.Rectangle{Min: at, Max: at.Add(size)}, true
			}
		}
	}
	return image.Rectangle{}, false
}

func isAt(screen, icon image.Image, at image.Point) bool {
	for y := range icon.Bounds().Dy() {
		for x := range icon.Bounds().Dx() {
			if want := rgb(icon.At(x, y)); want.A != 0 && rgb(screen.At(at.X+x, at.Y+y)) != want {
				return false
			}
		}
	}
	return true
}

// rgb is a colour with the 8 bits that a screen has.
func rgb(c color.Color) color.NRGBA { return color.NRGBAModel.Convert(c).(color.NRGBA) }

// difference is the smallest rectangle, within an area, outside of which two
// pictures are equal.
func difference(a, b image.Image, area image.Rectangle) (changed image.Rectangle) {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if rgb(a.At(x, y)) != rgb(b.At(x, y)) {
				changed = changed.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return changed
}

func middle(r image.Rectangle) image.Point { return r.Min.Add(r.Max).Div(2) }

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
