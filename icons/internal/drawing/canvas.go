package drawing

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"
)

// A part groups shapes that have one ink. A later part lies on top of an
// earlier one.
type part int

const (
	shackle part = iota
	body
	badge
	parts int = iota
)

// A canvas collects shapes. For each part it holds how much of each pixel the
// part covers.
type canvas struct {
	size  int     // in pixels
	unit  float64 // length of a unit of the shapes' coordinates, in pixels
	masks [parts]*image.Alpha
}

func newCanvas(size int, unit float64) *canvas {
	c := &canvas{size: size, unit: unit}
	for i := range c.masks {
		c.masks[i] = image.NewAlpha(image.Rect(0, 0, size, size))
	}
	return c
}

// add adds a shape to a part.
func (c *canvas) add(p part, shape path) {
	stamp := rasterise(shape, c.size, c.unit)
	for i, a := range stamp.Pix {
		was := c.masks[p].Pix[i]
		c.masks[p].Pix[i] = was + scale(a, 255-was)
	}
}

// cut removes a shape from everything drawn so far.
func (c *canvas) cut(shape path) {
	stamp := rasterise(shape, c.size, c.unit)
	for _, mask := range c.masks {
		for i, a := range stamp.Pix {
			mask.Pix[i] = scale(mask.Pix[i], 255-a)
		}
	}
}

// paste lays another canvas of the same size on this one, moved by whole units.
func (c *canvas) paste(other *canvas, dx, dy int) {
	dx, dy = dx*int(c.unit), dy*int(c.unit)
	for p, mask := range other.masks {
		for y := range c.size {
			for x := range c.size {
				a := mask.AlphaAt(x-dx, y-dy).A
				was := c.masks[p].AlphaAt(x, y).A
				c.masks[p].SetAlpha(x, y, color.Alpha{A: was + scale(a, 255-was)})
			}
		}
	}
}

// scale returns a*b, where 255 stands for one.
func scale(a, b uint8) uint8 { return uint8((uint32(a)*uint32(b) + 127) / 255) }

// tile is the largest side that the rasteriser draws in fixed-point numbers.
// For a larger one it uses floats, whose last bit depends on the processor.
const tile = 512

// rasterise returns how much of each pixel a shape covers.
func rasterise(shape path, size int, unit float64) *image.Alpha {
	mask := image.NewAlpha(image.Rect(0, 0, size, size))
	for y := 0; y < size; y += tile {
		for x := 0; x < size; x += tile {
			r := image.Rect(x, y, min(x+tile, size), min(y+tile, size))
			fill(mask, r, shape, unit)
		}
	}
	return mask
}

// fill draws the part of a shape that lies in r.
func fill(mask *image.Alpha, r image.Rectangle, shape path, unit float64) {
	z := vector.NewRasterizer(r.Dx(), r.Dy())
	for i, p := range shape {
		x, y := snap(p.x*unit)-float32(r.Min.X), snap(p.y*unit)-float32(r.Min.Y)
		if i == 0 {
			z.MoveTo(x, y)
			continue
		}
		z.LineTo(x, y)
	}
	z.ClosePath()
	z.Draw(mask, r, image.Opaque, image.Point{})
}

// snapsPerPixel is the number of grid lines in a pixel. All coordinates are
// rounded to this grid. arm64 and others fuse a multiplication and an addition, so the last bits of a float64
// differ between processors; after rounding they do not.
const snapsPerPixel = 64

// snap rounds a coordinate to that grid. A float32 holds the result exactly.
func snap(v float64) float32 {
	return float32(math.Round(v*snapsPerPixel) / snapsPerPixel)
}
