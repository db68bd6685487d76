//go:build linux

package testdesk

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"time"
)

// Icon is an icon that an item had at some time.
type Icon struct {
	// Received is the time at which the last NewIcon signal before the icon was
	// read from the socket. Without such a signal it is the time of the reply that
	// had the icon.
	Received time.Time
	Pixmaps  []Pixmap
}

// Pixmap is one size of an icon as sent over the bus: rows of ARGB, four bytes
// a pixel.
type Pixmap struct {
	Width, Height int32
	ARGB          []byte
}

// Image decodes the first pixmap; systray sends only one. It returns nil if there
// is none or if it is empty: systray registers with a pixmap of 0x0 when it has no
// icon yet. Image decodes straight alpha, as hosts do. (systray sends premultiplied
// bytes, so partly transparent pixels turn out dark, here and on the user's screen.)
func (i Icon) Image() *image.NRGBA {
	if len(i.Pixmaps) == 0 || i.Pixmaps[0].Width == 0 {
		return nil
	}
	p := i.Pixmaps[0]
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
	m := i.Image()
	return m != nil && m.Bounds().Size() == want.Bounds().Size() && bytes.Equal(pixels(m), pixels(want))
}

// pixels returns premultiplied pixels, row by row.
func pixels(m image.Image) []byte {
	plain := image.NewRGBA(image.Rectangle{Max: m.Bounds().Size()})
	draw.Draw(plain, plain.Bounds(), m, m.Bounds().Min, draw.Src)
	return plain.Pix
}

// String returns the size, for error messages.
func (i Icon) String() string {
	m := i.Image()
	if m == nil {
		return "no icon"
	}
	return fmt.Sprintf("icon of %v", m.Bounds().Size())
}
