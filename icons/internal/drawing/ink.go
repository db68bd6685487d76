package drawing

import (
	"image"
	"image/color"
)

// inks holds the colours of a drawing's parts.
type inks [parts]color.NRGBA

// rgb returns the opaque colour 0xRRGGBB.
func rgb(v uint32) color.NRGBA {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
}

// black paints a macOS template, to which the system gives its colour.
var black = inks{rgb(0), rgb(0), rgb(0)}

// soft paints the parts over each other, with smooth edges.
func (c *canvas) soft(k inks) *image.NRGBA {
	return c.paint(k, func(a uint8) uint8 { return a })
}

// hard paints every pixel either fully or not at all. systray gives Linux
// panels premultiplied colours where they expect straight ones, so a
// half-transparent pixel would look dark.
func (c *canvas) hard(k inks) *image.NRGBA {
	return c.paint(k, func(a uint8) uint8 {
		if a < 0x80 {
			return 0
		}
		return 0xff
	})
}

// paint composes the parts. edge changes the coverage of each pixel.
func (c *canvas) paint(k inks, edge func(uint8) uint8) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, c.size, c.size))
	for p, mask := range c.masks {
		for i, a := range mask.Pix {
			over(m.Pix[4*i:4*i+4:4*i+4], k[p], edge(a))
		}
	}
	return m
}

// over composites colour k with coverage a over one straight-alpha pixel. It
// uses integers, which give the same result on every processor.
func over(px []uint8, k color.NRGBA, a uint8) {
	top := uint32(a) * uint32(k.A)
	below := uint32(px[3]) * 255 * (255*255 - top) / (255 * 255)
	sum := top + below
	if sum == 0 {
		return
	}
	for i, v := range [3]uint8{k.R, k.G, k.B} {
		px[i] = uint8((uint32(v)*top + uint32(px[i])*below + sum/2) / sum)
	}
	px[3] = uint8((sum + 127) / 255)
}
