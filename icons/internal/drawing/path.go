package drawing

import "math"

// A point is a position in units of the canvas; y grows downwards.
type point struct{ x, y float64 }

// A path is one closed outline. The rasteriser fills it by the non-zero rule.
type path []point

// A box is a rectangle in units of the canvas: its upper left corner and its extent.
type box struct{ x, y, w, h float64 }

func (b box) right() float64  { return b.x + b.w }
func (b box) bottom() float64 { return b.y + b.h }

func (b box) center() point { return point{b.x + b.w/2, b.y + b.h/2} }

// grow moves every edge outwards by d, or inwards if d is negative.
func (b box) grow(d float64) box {
	return box{b.x - d, b.y - d, b.w + 2*d, b.h + 2*d}
}

// arcSteps is the number of chords in a quarter circle: at a radius of 512 px,
// more than any here, a chord is then less than 0.2 px off.
const arcSteps = 32

// arc returns points on a circle around c, from one angle to another, which are
// in quarter turns: 0 points right, 1 down, 2 left, 3 up.
func arc(c point, r, from, to float64) path {
	n := int(math.Ceil(math.Abs(to-from) * arcSteps))
	p := make(path, 0, n+1)
	for i := range n + 1 {
		turn := from + (to-from)*float64(i)/float64(n)
		sin, cos := math.Sincos(turn * math.Pi / 2)
		p = append(p, point{c.x + r*cos, c.y + r*sin})
	}
	return p
}

// rounded returns a box with corners of radius r.
func rounded(b box, r float64) path {
	r = max(0, min(r, b.w/2, b.h/2))
	x0, y0, x1, y1 := b.x+r, b.y+r, b.right()-r, b.bottom()-r
	p := arc(point{x1, y1}, r, 0, 1)
	p = append(p, arc(point{x0, y1}, r, 1, 2)...)
	p = append(p, arc(point{x0, y0}, r, 2, 3)...)
	return append(p, arc(point{x1, y0}, r, 3, 4)...)
}

// square returns a box with sharp corners.
func square(b box) path {
	return path{{b.x, b.y}, {b.right(), b.y}, {b.right(), b.bottom()}, {b.x, b.bottom()}}
}

func circle(c point, r float64) path { return arc(c, r, 0, 4) }

// band returns the part of a ring between two angles. It is t thick and has the
// outer radius r.
func band(c point, r, t, from, to float64) path {
	return append(arc(c, r, from, to), arc(c, r-t, to, from)...)
}

// arch returns a bent bar, t thick, that fills the box: an upside-down U. The
// right leg ends lift above the left one.
func arch(b box, t, lift float64) path {
	r := b.w / 2
	c := point{b.x + r, b.y + r}
	p := path{{b.x + t, b.bottom()}, {b.x, b.bottom()}}
	p = append(p, arc(c, r, 2, 4)...)
	p = append(p, point{b.right(), b.bottom() - lift}, point{b.right() - t, b.bottom() - lift})
	return append(p, arc(c, r-t, 4, 2)...)
}
