package drawing

import (
	"image"
	"image/color"
)

// appSizes lists the sizes that icon themes, .icns and .ico need.
var appSizes = []int{16, 32, 48, 64, 128, 256, 512, 1024}

// An appInk is a vertical gradient that paints one layer of the app icon.
type appInk struct{ top, bottom color.NRGBA }

// appLayer is one shape of the app icon.
type appLayer struct {
	ink  appInk
	draw func(*canvas)
}

// The two drawings of the app icon have these sides, in units. At sizes in pixels
// that are multiples of them, straight edges lie between whole pixels.
const (
	appUnits   = 32
	smallUnits = 16
)

var (
	tileInk  = appInk{rgb(0x4d9bff), rgb(0x2a3fb5)}
	steelInk = appInk{rgb(0xffffff), rgb(0xc9d3e8)}
	barInk   = appInk{rgb(0x1f2f7d), rgb(0x1f2f7d)}
	goldInk  = appInk{rgb(0xffe27a), rgb(0xff9f1c)}
	faceInk  = appInk{rgb(0x5f2e00), rgb(0x5f2e00)}
)

// appLayers lists the layers of the app icon, in units of 1/32: a friendly
// padlock that hangs on a menu bar.
var appLayers = []appLayer{
	// The tile.
	{tileInk, func(c *canvas) { c.add(body, rounded(box{1, 1, 30, 30}, 7)) }},
	// The shackle, the menu bar, and the shackle's left half again, so that
	// only its right half is behind the bar: the padlock hangs on the bar.
	{steelInk, hook},
	{barInk, func(c *canvas) { c.add(body, square(box{1, 8, 30, 3})) }},
	{steelInk, func(c *canvas) {
		hook(c)
		c.cut(square(box{16, 0, 16, 32}))
	}},
	// The body.
	{goldInk, func(c *canvas) { c.add(body, rounded(box{7, 15, 18, 13}, 3)) }},
	// The face.
	{faceInk, func(c *canvas) {
		c.add(body, circle(point{12.5, 20}, 1.25))
		c.add(body, circle(point{19.5, 20}, 1.25))
		smile := arc(point{16, 21.5}, 3, 0.2, 1.8)
		c.add(body, band(point{16, 21.5}, 3.5, 1, 0.2, 1.8))
		c.add(body, circle(smile[0], 0.5))
		c.add(body, circle(smile[len(smile)-1], 0.5))
	}},
}

// hook draws the shackle of the app icon.
func hook(c *canvas) { c.add(body, arch(box{10, 4, 12, 14}, 2, 0)) }

// smallLayers lists the layers at sizes where a face would be a smudge, in
// units of 1/16: the same tile and padlock with a keyhole.
var smallLayers = []appLayer{
	{tileInk, func(c *canvas) { c.add(body, rounded(box{0, 0, 16, 16}, 3.5)) }},
	{steelInk, func(c *canvas) { c.add(body, arch(box{4, 2, 8, 8}, 2, 0)) }},
	{goldInk, func(c *canvas) { c.add(body, rounded(box{3, 7, 10, 7}, 1.5)) }},
	{faceInk, func(c *canvas) { c.add(body, square(box{7, 9, 2, 3})) }},
}

// app draws the app icon.
func app(size int) *image.NRGBA {
	layers, unit := appLayers, float64(size)/appUnits
	if size <= smallUnits {
		layers, unit = smallLayers, float64(size)/smallUnits
	}
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	for _, l := range layers {
		c := newCanvas(size, unit)
		l.draw(c)
		l.ink.fill(m, c.masks[body])
	}
	return m
}

// fill paints the gradient through the mask.
func (k appInk) fill(m *image.NRGBA, mask *image.Alpha) {
	h := m.Rect.Dy()
	for y := range h {
		ink := color.NRGBA{between(k.top.R, k.bottom.R, y, h), between(k.top.G, k.bottom.G, y, h), between(k.top.B, k.bottom.B, y, h), 0xff}
		for x := range m.Rect.Dx() {
			i := m.PixOffset(x, y)
			over(m.Pix[i:i+4:i+4], ink, mask.AlphaAt(x, y).A)
		}
	}
}

// between returns the colour value at y on the way from a to b in h steps.
func between(a, b uint8, y, h int) uint8 {
	return uint8((int(a)*(h-y) + int(b)*y + h/2) / h)
}
