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

// shot takes a screenshot.
func (d *desktop) shot() (image.Image, error) {
	data, err := d.run(grab, "-silent", "-window", "root", "png:-")
	if err != nil {
		return nil, err
	}
	return png.Decode(bytes.NewReader(data))
}

// save writes a picture to the output directory. An empty crop means all of it.
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

// findIcon searches the screen for the pixels of an icon that are not
// transparent, and returns the icon's rectangle.
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

// rgb returns a colour with 8 bits per channel.
func rgb(c color.Color) color.NRGBA { return color.NRGBAModel.Convert(c).(color.NRGBA) }

// difference returns the smallest rectangle within an area that contains all
// differences of two pictures.
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

// leastWindow is the least width and height of a window that a user can see. Toolkits also have tiny windows.
const leastWindow = 12

// windows returns the rectangles of the visible top-level windows of a class, such
// as menus and notifications. xdotool fails if there is none, which is not an error here.
func (d *desktop) windows(class string) (places []image.Rectangle) {
	out, _ := d.run(xdotool, "search", "--onlyvisible", "--maxdepth", "1", "--class", class, "getwindowgeometry", "--shell", "%@")
	at := map[string]int{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), "=")
		at[key], _ = strconv.Atoi(value)
		if key != "SCREEN" { // which is the last line about a window
			continue
		}
		place := image.Rect(0, 0, at["WIDTH"], at["HEIGHT"]).Add(image.Pt(at["X"], at["Y"]))
		if place.Dx() >= leastWindow && place.Dy() >= leastWindow {
			places = append(places, place)
		}
	}
	return places
}
