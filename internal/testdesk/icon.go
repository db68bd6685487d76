//go:build linux

package testdesk

import (
	"fmt"
	"image"
	"image/color"
	"time"
)

// Icon is the icon of an item at a time.
type Icon struct {
	// Received is the time at which its NewIcon signal was read from the socket.
	// For the first icon of an item, it is the time of the first reply.
	Received time.Time
	Pixmaps  []Pixmap
}

// Pixmap is one size of an icon as sent over the bus: rows of ARGB, four bytes
// a pixel.
type Pixmap struct {
	Width, Height int32
	ARGB          []byte
}

// Image returns the largest complete pixmap, or nil: systray registers with a
// pixmap of 0x0 when it has no icon yet.
func (i Icon) Image() *image.NRGBA {
	var best Pixmap
	for _, p := range i.Pixmaps {
		if p.complete() && p.Width > best.Width {
			best = p
		}
	}
	if best.Width == 0 {
		return nil
	}
	return best.image()
}

func (p Pixmap) complete() bool {
	return p.Width > 0 && p.Height > 0 && len(p.ARGB) == int(p.Width)*int(p.Height)*4
}

// image decodes the bytes as straight alpha, as hosts do. (systray sends them
// premultiplied, so partly transparent pixels turn out dark, here and on the
// user's screen.)
func (p Pixmap) image() *image.NRGBA {
	w := int(p.Width)
	m := image.NewNRGBA(image.Rect(0, 0, w, int(p.Height)))
	for n := range len(p.ARGB) / 4 {
		b := p.ARGB[n*4:]
		m.SetNRGBA(n%w, n/w, color.NRGBA{A: b[0], R: b[1], G: b[2], B: b[3]})
	}
	return m
}

// Same reports whether the icon has the same pixels as an image. Wholly
// transparent pixels are equal whatever their colour.
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

// String returns the size, for error messages.
func (i Icon) String() string {
	m := i.Image()
	if m == nil {
		return "no icon"
	}
	return fmt.Sprintf("icon of %v", m.Bounds().Size())
}
