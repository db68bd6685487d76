//go:build linux

package testdesk

import (
	"fmt"
	"image"
	"image/color"
	"time"
)

// Icon is what the tray shows, and since when.
type Icon struct {
	// Received is when its NewIcon signal was read from the socket; for the
	// first icon of an item, when the answer to the first question came.
	Received time.Time
	Pixmaps  []Pixmap
}

// Pixmap is one size of an icon as it comes over the bus: ARGB, four bytes a
// pixel, in rows.
type Pixmap struct {
	Width, Height int32
	ARGB          []byte
}

// Image is the largest pixmap that is whole, or nil: systray registers with a
// pixmap of 0x0 when it has no icon yet.
func (i Icon) Image() *image.NRGBA {
	var best Pixmap
	for _, p := range i.Pixmaps {
		if p.whole() && p.Width > best.Width {
			best = p
		}
	}
	if best.Width == 0 {
		return nil
	}
	return best.image()
}

func (p Pixmap) whole() bool {
	return p.Width > 0 && p.Height > 0 && len(p.ARGB) == int(p.Width)*int(p.Height)*4
}

// image takes the bytes as straight alpha, as hosts do. (systray sends them
// premultiplied: partly transparent pixels come out dark. That is what the
// user sees, so that is what we return.)
func (p Pixmap) image() *image.NRGBA {
	w := int(p.Width)
	m := image.NewNRGBA(image.Rect(0, 0, w, int(p.Height)))
	for n := range len(p.ARGB) / 4 {
		b := p.ARGB[n*4:]
		m.SetNRGBA(n%w, n/w, color.NRGBA{A: b[0], R: b[1], G: b[2], B: b[3]})
	}
	return m
}

// Same compares the icon with a picture, pixel by pixel. Wholly transparent
// pixels are equal whatever their colour.
func (i Icon) Same(want image.Image) bool {
	got := i.Image()
	if got == nil || got.Bounds().Size() != want.Bounds().Size() {
		return false
	}
	for y := range got.Bounds().Dy() {
		for x := range got.Bounds().Dx() {
			at := want.Bounds().Min.Add(image.Pt(x, y))
			if !sameColor(got.At(x, y), want.At(at.X, at.Y)) {
				return false
			}
		}
	}
	return true
}

func sameColor(a, b color.Color) bool {
	return color.NRGBA64Model.Convert(a) == color.NRGBA64Model.Convert(b)
}

// String is short enough for an error message: the size, and how much of it
// is painted.
func (i Icon) String() string {
	m := i.Image()
	if m == nil {
		return "no icon"
	}
	painted := 0
	for n := 3; n < len(m.Pix); n += 4 {
		if m.Pix[n] != 0 {
			painted++
		}
	}
	return fmt.Sprintf("icon %v with %d pixels painted", m.Bounds().Size(), painted)
}
